"""The bundle predicts on its own what was stored, and a wrong one is never handed over."""

import io
import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import CleaningOptions, make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.table import read_table
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from app.domain.terms import Part
from tests import factories
from worker.bundles import bundle
from worker.bundles.bundle import BundleError, Contents, built_in
from worker.network import NetworkConfig
from worker.training import Training
from worker.windows import WindowConfig, prepare

pytestmark = pytest.mark.slow
SCORES = {"rmse": 1.0, "mae": 0.5, "mape": 0.1, "skill": -0.2}
TRIAL = {"number": 1, "best_epoch": 2, "metrics": {"validation": SCORES, "test": SCORES}}


def made(content=None, **parameters):
    """A trained network's contents, parameters and weights."""
    content = content or factories.csv_of(200)
    dialect = detect_dialect(content)
    table = read_table(content, dialect)
    series, _ = make_series(table, CleaningOptions())
    chosen = with_defaults({**factories.TINY, **parameters})
    parts = Split().parts(len(series.values))
    window_config = WindowConfig.from_parameters(chosen)
    target_index = series.columns.index(series.target)
    prepared = prepare(series.values, target_index, window_config, parts, series.columns)
    training = Training(NetworkConfig.from_parameters(chosen), prepared, seed=1)
    training.run_epoch()
    weights = training.weights()
    contents = Contents(
        title="A search, trial 1",
        trial={**TRIAL, "parameters": chosen},
        windows=prepared.settings,
        dialect={**dialect.document(), "columns": table.columns},
        series=series,
        test=parts[Part.TEST],
        predicted=training.predict(weights, prepared.test),
    )
    training.close()
    return contents, chosen, weights


def zipped(contents, parameters, weights):
    return bundle.make(contents, built_in(parameters, len(contents.series.columns), weights))


def german(content):
    """The same CSV with semicolons, decimal commas and German dates."""
    lines = content.decode().strip().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    dated = [
        [".".join(reversed(row[0].split("-"))), *(cell.replace(".", ",") for cell in row[1:])]
        for row in rows
    ]
    return "\n".join([lines[0].replace(",", ";"), *(";".join(row) for row in dated)]).encode()


@pytest.mark.parametrize(
    "case",
    [
        {},
        {"target": "difference", "scaling": "standard"},
        {
            "target": "log_return",
            "recurrent_layers": 2,
            "units_2": 2,
            "dense_layers": 1,
            "dense_units_1": 3,
        },
        {"cell": "gru", "stateful": True, "batch_size": 8},
    ],
)
def test_a_bundle_is_made_checked_and_predicts_on_its_own(tmp_path, case):
    contents, parameters, weights = made(**case)
    archive = zipfile.ZipFile(io.BytesIO(zipped(contents, parameters, weights)))
    archive.extractall(tmp_path)
    assert "does not beat" in (tmp_path / "README.md").read_text()
    (tmp_path / "new.csv").write_bytes(factories.csv_of(200))
    command = [sys.executable, "-I", "predict.py", "new.csv", "--output", "out.csv"]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    predicted = [
        float(line.split(",")[-1]) for line in (tmp_path / "out.csv").read_text().splitlines()[1:]
    ]
    np.testing.assert_allclose(predicted[-21:-1], contents.predicted, rtol=1e-5)
    assert np.isfinite(predicted[-1])


def test_a_bundle_reads_csvs_written_like_the_one_it_was_trained_on():
    contents, parameters, weights = made(german(factories.csv_of(200)))
    assert contents.dialect["separator"] == ";"
    archive = zipfile.ZipFile(io.BytesIO(zipped(contents, parameters, weights)))
    assert archive.read("test_vectors.csv").decode().splitlines()[0] == "Date;Open;Close;Volume"
    assert json.loads(archive.read("settings.json"))["windows"]["target"] == "Close"


def nasdaq(content):
    """Remarks above, dollars, thousands signs, millions, American dates, newest first, a name that stands twice."""
    rows = [line.split(",") for line in content.decode().strip().splitlines()[1:]]
    dated = [
        f'{day[5:7]}/{day[8:]}/{day[:4]},"$1,{float(first) % 100 + 100:.4f}",${last},{volume}.5M'
        for day, first, last, volume in rows
    ]
    return "\n".join(["Prices of X", "", "Date,Close,Close,Volume", *reversed(dated)]).encode()


def yahoo(content):
    """Midnights with an offset."""
    lines = content.decode().strip().splitlines()
    return "\n".join(
        [lines[0], *(f"{line[:10]} 00:00:00-05:00{line[10:]}" for line in lines[1:])]
    ).encode()


def candles(content):
    """Milliseconds since 1970, tabs, no header, UTF-16."""
    rows = [line.split(",") for line in content.decode().strip().splitlines()[1:]]
    stamped = [[str(np.datetime64(row[0], "ms").astype(int)), *row[1:]] for row in rows]
    return "\n".join("\t".join(row) for row in stamped).encode("utf-16")


@pytest.mark.parametrize("written", [nasdaq, yahoo, candles])
def test_a_bundle_predicts_from_the_very_csv_its_dataset_was_made_of(tmp_path, written):
    content = written(factories.csv_of(200))
    contents, parameters, weights = made(content)
    zipfile.ZipFile(io.BytesIO(zipped(contents, parameters, weights))).extractall(tmp_path)
    (tmp_path / "new.csv").write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-I", "predict.py", "new.csv"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "predictions.csv").read_text().splitlines()
    predicted = [float(line.split(",")[-1]) for line in lines[1:]]
    np.testing.assert_allclose(predicted[-21:-1], contents.predicted, rtol=1e-5)
    assert lines[-2].startswith("2020-07-18,")


def test_a_bundle_refuses_another_csv_in_words(tmp_path):
    contents, parameters, weights = made()
    zipfile.ZipFile(io.BytesIO(zipped(contents, parameters, weights))).extractall(tmp_path)
    for content, words in (
        (b"a,b\n1,2\n", 'no column "Date"'),
        (b"Date,Open\n2020-01-01,2\n", "lacks the columns"),
    ):
        (tmp_path / "new.csv").write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-I", "predict.py", "new.csv"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 1
        assert words in done.stderr


def test_a_bundle_whose_predictions_differ_is_refused_in_words():
    contents, parameters, weights = made()
    weights[0] = weights[0] * 1.01
    with pytest.raises(BundleError, match="differ from the stored forecast"):
        zipped(contents, parameters, weights)

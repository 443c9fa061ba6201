"""The bundle predicts on its own what was stored, and a wrong one is never handed over."""

import io
import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from app.domain.terms import Part
from tests import factories
from worker.bundles.bundle import BundleError, make_bundle
from worker.bundles.contents import BundleContents
from worker.bundles.members import NetworkMember
from worker.bundles.model_files import built_in_model_writer
from worker.extra_inputs import KnownAhead
from worker.network import NetworkConfig
from worker.training import Training
from worker.windows import WindowConfig, prepare

pytestmark = pytest.mark.slow
SCORES = {"rmse": 1.0, "mae": 0.5, "mape": 0.1, "skill": -0.2}
TRIAL = {"number": 1, "best_epoch": 2, "metrics": {"validation": SCORES, "test": SCORES}}


def train(content=None, horizon=1, **changes):
    """Train a network for an epoch; the contents of its bundle."""
    content = content or factories.random_walk_csv(200)
    dialect = detect_dialect(content)
    table = read_table(content, dialect)
    series, _ = make_series(table, CleaningOptions())
    parameters = with_defaults({**factories.TINY, **changes})
    parts = Split().parts(len(series.values))
    target_index = series.columns.index(series.target)
    window_config = WindowConfig.from_parameters(parameters, horizon)
    prepared = prepare(
        series.values,
        target_index,
        window_config,
        parts,
        series.columns,
        dates=series.dates,
        season_lengths=(7.0,),
        known_ahead=KnownAhead.of(series),
    )
    config = NetworkConfig.from_parameters(parameters, horizon)
    training = Training(config, prepared, seed=1)
    training.run_epoch()
    weights = training.weights()
    predicted = training.predict(weights, np.append(prepared.test, len(series.values)))
    inputs = prepared.inputs.shape[1]
    member = NetworkMember(
        name="trial 1",
        weight=1.0,
        windows=prepared.settings,
        write_model=built_in_model_writer(config, inputs, weights),
    )
    contents = BundleContents(
        title="A search, trial 1",
        record={**TRIAL, "parameters": parameters, "future": predicted[-1].tolist()},
        members=(member,),
        dialect={**dialect.document(), "columns": table.columns},
        series=series,
        test_rows=parts[Part.TEST],
        predicted=predicted[: len(prepared.test)],
        bands={"80": [1.0] * horizon, "95": [2.0] * (horizon - 1) + [None]},
    )
    training.close()
    return contents


def unpack(folder, content):
    zipfile.ZipFile(io.BytesIO(content)).extractall(folder)


@pytest.fixture
def run_predict(tmp_path, warm_python):
    """Run the bundle in a folder as its owner would, with nothing of ours on its path."""

    def run(*arguments):
        return warm_python.run([sys.executable, "-I", "predict.py", *arguments], cwd=tmp_path)

    return run


def predictions_in(file):
    lines = file.read_text().splitlines()[1:]
    return [float(line.split(",")[-1]) for line in lines]


def german(content):
    """The same CSV with semicolons, decimal commas and German dates."""
    header, *lines = content.decode().strip().splitlines()
    written = [header.replace(",", ";")]
    for line in lines:
        date, *numbers = line.split(",")
        german_date = ".".join(reversed(date.split("-")))
        written.append(";".join([german_date, *(number.replace(".", ",") for number in numbers)]))
    return "\n".join(written).encode()


@pytest.mark.parametrize(
    "changes",
    [
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
def test_a_bundle_is_made_checked_and_predicts_on_its_own(tmp_path, run_predict, changes):
    contents = train(**changes)

    unpack(tmp_path, make_bundle(contents))
    (tmp_path / "new.csv").write_bytes(factories.random_walk_csv(200))
    completed = run_predict("new.csv", "--output", "out.csv")

    assert completed.returncode == 0, completed.stderr
    assert "does not beat" in (tmp_path / "README.md").read_text()
    predicted = predictions_in(tmp_path / "out.csv")
    np.testing.assert_allclose(predicted[-21:-1], contents.predicted[:, 0], rtol=1e-5)
    assert np.isfinite(predicted[-1])
    future = pd.read_csv(tmp_path / "future.csv")
    assert future["date"].tolist() == ["2020-07-19"]
    assert future["predicted"].tolist() == predicted[-1:]
    assert future["upper_80"].tolist() == [predicted[-1] + 1.0]
    assert future["lower_95"].isna().all()


@pytest.mark.parametrize("target", ["level", "log_return"])
def test_a_bundle_of_several_rows_predicts_what_comes_next_with_bands(
    tmp_path, run_predict, target
):
    contents = train(horizon=6, target=target, season_lags="season", calendar="cyclic")

    unpack(tmp_path, make_bundle(contents))
    (tmp_path / "new.csv").write_bytes(factories.random_walk_csv(200))
    completed = run_predict("new.csv")

    assert completed.returncode == 0, completed.stderr
    assert "Next 6 rows of Close:" in completed.stdout
    table = pd.read_csv(tmp_path / "predictions.csv")
    np.testing.assert_allclose(table["predicted"][-21:-6], contents.predicted[:, 0], rtol=1e-5)
    future = pd.read_csv(tmp_path / "future.csv")
    assert future["date"].tolist() == [f"2020-07-{day}" for day in range(19, 25)]
    np.testing.assert_allclose(future["predicted"], contents.record["future"], rtol=1e-5)
    np.testing.assert_allclose(future["upper_95"] - future["predicted"], [2.0] * 5 + [np.nan])
    assert "at each of its 6 steps" in (tmp_path / "README.md").read_text()


def with_rows_to_forecast(content, n_rows):
    """The CSV with its last closes left empty; the other columns are known ahead."""
    header, *lines = content.decode().strip().splitlines()
    place = header.split(",").index("Close")
    for index in range(len(lines) - n_rows, len(lines)):
        cells = lines[index].split(",")
        cells[place] = ""
        lines[index] = ",".join(cells)
    return "\n".join([header, *lines]).encode()


def test_a_bundle_reads_what_is_known_ahead_and_asks_for_it(tmp_path, run_predict):
    content = with_rows_to_forecast(factories.random_walk_csv(203), 3)
    contents = train(content, horizon=3)

    unpack(tmp_path, make_bundle(contents))
    (tmp_path / "new.csv").write_bytes(content)
    completed = run_predict("new.csv")
    (tmp_path / "short.csv").write_bytes(with_rows_to_forecast(factories.random_walk_csv(201), 1))
    refused = run_predict("short.csv")

    assert contents.settings["known_ahead"] == ["Open", "Volume"]
    assert completed.returncode == 0, completed.stderr
    assert "were left out" not in completed.stderr
    future = pd.read_csv(tmp_path / "future.csv")
    assert future["date"].tolist() == ["2020-07-19", "2020-07-20", "2020-07-21"]
    np.testing.assert_allclose(future["predicted"], contents.record["future"], rtol=1e-5)
    assert refused.returncode == 1
    assert (
        "The forecast of the next 3 rows reads Open and Volume in them, and the CSV gives 1 of"
        " these rows: put the next 3 rows at its end, with Open and Volume filled in and Close"
        " left empty."
    ) in refused.stderr
    assert "in which Open and Volume are filled in" in (tmp_path / "README.md").read_text()


def test_a_bundle_reads_csvs_written_like_the_one_it_was_trained_on(tmp_path, run_predict):
    content = german(factories.random_walk_csv(200))
    contents = train(content)

    unpack(tmp_path, make_bundle(contents))
    (tmp_path / "new.csv").write_bytes(content)
    completed = run_predict("new.csv", "--output", "out.csv")

    assert contents.dialect["separator"] == ";"
    assert completed.returncode == 0, completed.stderr
    predicted = predictions_in(tmp_path / "out.csv")
    np.testing.assert_allclose(predicted[-21:-1], contents.predicted[:, 0], rtol=1e-5)
    assert json.loads((tmp_path / "settings.json").read_text())["target"] == "Close"


def nasdaq(content):
    """Remarks above, dollars, thousands, American dates, newest first, a name that stands twice."""
    rows = [line.split(",") for line in content.decode().strip().splitlines()[1:]]
    written = []
    for date, first, last, volume in rows:
        american_date = f"{date[5:7]}/{date[8:]}/{date[:4]}"
        price = float(first) % 100 + 100
        written.append(f'{american_date},"$1,{price:.4f}",${last},{volume}.5M')
    return "\n".join(["Prices of X", "", "Date,Close,Close,Volume", *reversed(written)]).encode()


def candles(content):
    """Milliseconds since 1970, tabs, no header, UTF-16."""
    rows = [line.split(",") for line in content.decode().strip().splitlines()[1:]]
    written = []
    for date, *numbers in rows:
        milliseconds = np.datetime64(date, "ms").astype(int)
        written.append("\t".join([str(milliseconds), *numbers]))
    return "\n".join(written).encode("utf-16")


@pytest.mark.parametrize("rewrite", [nasdaq, candles])
def test_a_bundle_predicts_from_the_very_csv_its_dataset_was_made_of(
    tmp_path, run_predict, rewrite
):
    content = rewrite(factories.random_walk_csv(200))
    contents = train(content)

    unpack(tmp_path, make_bundle(contents))
    (tmp_path / "new.csv").write_bytes(content)
    completed = run_predict("new.csv")

    assert completed.returncode == 0, completed.stderr
    predicted = predictions_in(tmp_path / "predictions.csv")
    np.testing.assert_allclose(predicted[-21:-1], contents.predicted[:, 0], rtol=1e-5)
    assert (tmp_path / "predictions.csv").read_text().splitlines()[-2].startswith("2020-07-18,")


def test_a_bundle_refuses_another_csv_in_words(tmp_path, run_predict):
    contents = train()
    unpack(tmp_path, make_bundle(contents))

    for content, words in (
        (b"a,b\n1,2\n", 'Column "Date" not found'),
        (b"Date,Open\n2020-01-01,2\n", "lacks the columns"),
    ):
        (tmp_path / "new.csv").write_bytes(content)
        completed = run_predict("new.csv")

        assert completed.returncode == 1
        assert words in completed.stderr


def test_a_bundle_whose_predictions_differ_is_refused_in_words():
    contents = train()
    contents = replace(contents, predicted=contents.predicted * 1.0001)

    with pytest.raises(BundleError, match="differ from the stored forecast"):
        make_bundle(contents)

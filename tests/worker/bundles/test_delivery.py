"""A bundle of several members predicts their mean, and a wrong one is never handed over."""

import io
import json
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import Series
from app.domain.csv_reading.table import read_table
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from app.domain.terms import Part
from tests import factories
from worker.baselines.ridge_fit import fit_ridge
from worker.baselines.statistical_fit import ArimaOrders, fit_arima, fit_ets, fit_theta
from worker.bundles.bundle import BundleError
from worker.bundles.delivery import DeliverySource, bundle_delivery
from worker.bundles.members import BaselineMember, NetworkMember
from worker.bundles.model_files import built_in_model_writer
from worker.custom.windows import prepare_series
from worker.network import NetworkConfig
from worker.training import Training

pytestmark = pytest.mark.slow
CSV = factories.random_walk_csv(400)
SEASONS = (7.0,)
SCORES = {"rmse": 1.0, "mae": 0.5, "mape": 0.1, "skill": 0.2}
BANDS = {"80": [1.0], "95": [2.0]}
METRICS = {"validation": SCORES, "test": SCORES}


def read_csv():
    dialect = detect_dialect(CSV)
    table = read_table(CSV, dialect)
    series, _ = make_series(table, CleaningOptions())
    return series, {**dialect.document(), "columns": table.columns}


SERIES, DIALECT = read_csv()
PARTS = Split().parts(len(SERIES.values))
TEST_ROWS = np.arange(PARTS[Part.TEST].start, PARTS[Part.TEST].stop)


def network_member():
    """A network that sees the calendar and the season before, and its forecast of the test part."""
    parameters = with_defaults(
        {**factories.TINY, "calendar": "cyclic", "season_lags": "season", "target": "difference"}
    )
    prepared = prepare_series(SERIES, parameters, PARTS, None, SEASONS)
    config = NetworkConfig.from_parameters(parameters)
    training = Training(config, prepared, seed=1)
    training.run_epoch()
    weights = training.weights()
    forecast = training.predict(weights, TEST_ROWS)
    training.close()
    write_model = built_in_model_writer(config, prepared.inputs.shape[1], weights)
    return NetworkMember("trial 3", 0.5, prepared.settings, write_model), forecast


def baseline_members():
    """The ridge and the seasonal naive forecast, with their forecasts of the test part."""
    values = SERIES.target_values
    model = fit_ridge(values, SERIES.dates, PARTS, SEASONS).model
    ridge = BaselineMember("ridge", 0.3, model.to_document())
    season = BaselineMember("seasonal_naive", 0.2, {"season": 7})
    forecasts = [
        model.predict(values, SERIES.dates, TEST_ROWS)[:, np.newaxis],
        values[TEST_ROWS - 7, np.newaxis],
    ]
    return [ridge, season], forecasts


def recursion_members():
    """Theta, ETS and ARIMA, fitted on all but the test rows, with the mean of their forecasts."""
    values = SERIES.target_values
    test_rows = PARTS[Part.TEST]
    fitted_values = values[: test_rows.start]
    orders = ArimaOrders((1, 0, 0, 0, 1, 1, 0), has_mean=False, has_drift=False)
    models = {
        "theta": fit_theta(fitted_values, 7),
        "ets": fit_ets(fitted_values, 7, "MNAN")[0],
        "arima": fit_arima(fitted_values, 1, [7], orders)[0],
    }
    last_row = test_rows.start - 1
    members = []
    forecasts = []
    for name, model in models.items():
        document = {
            "model": model.to_document(),
            "last_date": str(SERIES.dates[last_row].astype("datetime64[us]")),
            "last_value": float(values[last_row]),
        }
        members.append(BaselineMember(name, 1 / 3, document))
        forecasts.append(model.forecast(values[test_rows.start :])[:-1])
    return members, np.mean(forecasts, axis=0)


@pytest.fixture(scope="module")
def delivery():
    """Three members and their source."""
    network, network_forecast = network_member()
    baselines, baseline_forecasts = baseline_members()
    members = [network, *baselines]
    forecasts = [network_forecast, *baseline_forecasts]
    predicted = np.sum(
        [member.weight * forecast for member, forecast in zip(members, forecasts, strict=True)],
        axis=0,
    )
    source = DeliverySource(
        title="A search, the mean of three",
        series=SERIES,
        parts=PARTS,
        predicted=predicted,
        bands=BANDS,
        dialect=DIALECT,
        record={"metrics": METRICS},
    )
    return members, source


@pytest.fixture
def run_predict(tmp_path, warm_python):
    def run(*arguments):
        return warm_python.run([sys.executable, "-I", "predict.py", *arguments], cwd=tmp_path)

    return run


def test_a_bundle_of_several_members_predicts_their_mean(tmp_path, run_predict, delivery):
    members, source = delivery

    content = bundle_delivery(members, source)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    (tmp_path / "new.csv").write_bytes(CSV)
    completed = run_predict("new.csv")

    assert completed.returncode == 0, completed.stderr
    table = pd.read_csv(tmp_path / "predictions.csv")
    rows = len(TEST_ROWS)
    np.testing.assert_allclose(
        table["predicted"][-rows - 1 : -1], source.predicted[:, 0], rtol=1e-5
    )
    mean = 0.5 * table["trial 3"] + 0.3 * table["ridge"] + 0.2 * table["seasonal_naive"]
    np.testing.assert_allclose(table["predicted"], mean)
    assert table["date"].iloc[-1] == "next"
    assert np.isfinite(table["predicted"].iloc[-1])
    assert (tmp_path / "members" / "trial-3" / "model.keras").is_file()
    assert "| trial 3 | 0.50 |" in (tmp_path / "README.md").read_text()


def test_a_bundle_without_a_network_needs_no_tensorflow(tmp_path, delivery):
    _, source = delivery
    (ridge, _), (forecast, _) = baseline_members()
    alone = replace(ridge, weight=1.0)

    content = bundle_delivery([alone], replace(source, predicted=forecast))
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)

    assert "tensorflow" not in (tmp_path / "requirements.txt").read_text()
    settings = json.loads((tmp_path / "settings.json").read_text())
    assert settings["members"][0]["kind"] == "ridge"


def test_a_bundle_with_a_wrong_weight_is_refused(delivery, warm_python):
    _, source = delivery
    (ridge, season), (forecast, _) = baseline_members()
    members = [replace(ridge, weight=0.9), replace(season, weight=0.1)]

    with pytest.raises(BundleError, match="differ from the stored forecast"):
        bundle_delivery(members, replace(source, predicted=forecast))


def test_a_bundle_of_recursions_goes_on_from_the_last_row_they_were_fitted_on(
    tmp_path, run_predict, delivery
):
    _, source = delivery
    members, mean = recursion_members()

    content = bundle_delivery(members, replace(source, predicted=mean))
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    (tmp_path / "new.csv").write_bytes(CSV)
    head, *lines = CSV.splitlines(keepends=True)
    (tmp_path / "late.csv").write_bytes(b"".join([head, *lines[PARTS[Part.TEST].start :]]))
    completed = run_predict("new.csv")
    refused = run_predict("late.csv")

    assert completed.returncode == 0, completed.stderr
    table = pd.read_csv(tmp_path / "predictions.csv")
    np.testing.assert_allclose(table["predicted"][:-1], mean[:, 0], rtol=1e-9)
    assert np.isfinite(table["predicted"].iloc[-1])
    last_date = str(pd.Timestamp(SERIES.dates[PARTS[Part.TEST].start - 1]))
    assert f"It also needs the row of {last_date}" in (tmp_path / "README.md").read_text()
    assert f"goes on from {last_date}, the last row it was fitted on" in refused.stderr


def test_rows_without_dates_have_to_be_those_of_the_training_csv(tmp_path, run_predict):
    values = SERIES.target_values
    dates = np.arange(len(values)).astype("datetime64[D]")
    n_fitted = PARTS[Part.TEST].start
    model = fit_theta(values[:n_fitted], 1)
    document = {
        "model": model.to_document(),
        "last_date": str(dates[n_fitted - 1].astype("datetime64[us]")),
        "last_value": float(values[n_fitted - 1]),
    }
    source = DeliverySource(
        title="Numbered rows",
        series=Series(dates, ("Close",), values[:, np.newaxis], "Close"),
        parts=PARTS,
        predicted=model.forecast(values[n_fitted:])[:-1],
        bands=BANDS,
        dialect=Dialect().document(),
        record={"metrics": METRICS},
    )

    content = bundle_delivery([BaselineMember("theta", 1.0, document)], source)
    zipfile.ZipFile(io.BytesIO(content)).extractall(tmp_path)
    pd.DataFrame({"Close": values}).to_csv(tmp_path / "whole.csv", index=False)
    pd.DataFrame({"Close": values[5:]}).to_csv(tmp_path / "part.csv", index=False)
    completed = run_predict("whole.csv")
    refused = run_predict("part.csv")

    assert completed.returncode == 0, completed.stderr
    table = pd.read_csv(tmp_path / "predictions.csv")
    np.testing.assert_allclose(table["predicted"][:-1], source.predicted[:, 0], rtol=1e-9)
    assert "must begin with the first row of the CSV this model was trained on" in refused.stderr

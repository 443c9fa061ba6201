"""What is handed over of forecasts of several rows: every origin is scored, some are stored."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from app.domain import horizons
from app.domain.baselines import naive_steps, score_rows, seasonal_naive_steps
from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.domain.ensembles import Choice, Taken
from app.domain.horizons import origins, stored_origins
from app.domain.objectives import Yardstick
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from app.domain.terms import Part
from app.queue.delivery_jobs import CandidateBaseline, CandidateTrial, DeliveryJob
from tests import factories
from worker import serialization
from worker.baselines.ridge_fit import fit_ridge
from worker.custom.windows import prepare_series
from worker.delivery import making
from worker.delivery.baseline_members import refit_baseline
from worker.network import NetworkConfig
from worker.training import Training

HORIZON = 3
CSV = factories.random_walk_csv(200)
DIALECT = detect_dialect(CSV)
TABLE = read_table(CSV, DIALECT)
SERIES, _ = make_series(TABLE, CleaningOptions())
VALUES = SERIES.target_values
PARTS = Split().parts(len(VALUES))
TEST_ORIGINS = origins(PARTS[Part.TEST], HORIZON)
PARAMETERS = with_defaults({**factories.TINY, "target": "difference"})


def baseline(name, **settings):
    rows = stored_origins(PARTS[Part.VALIDATION], HORIZON)
    return CandidateBaseline(name, settings, naive_steps(VALUES, rows, HORIZON))


@pytest.fixture
def job():
    """Without trials, and with the baselines that need no library."""
    ridge = fit_ridge(VALUES, SERIES.dates, PARTS, (7.0,)).settings
    return DeliveryJob(
        experiment_id=1,
        experiment_name="a search",
        seed=1,
        series=SERIES,
        parts=PARTS,
        season_lengths=(7.0,),
        horizon=HORIZON,
        yardstick=Yardstick.of_objective("rmse", None),
        dialect={**DIALECT.document(), "columns": TABLE.columns},
        seconds_used=10.0,
        trials=(),
        baselines=(
            baseline("naive"),
            baseline("seasonal_naive", season=2),
            baseline("drift"),
            baseline("ridge", **ridge),
        ),
    )


def train_candidate():
    """A trained candidate with its stored forecasts, and its weights as they are kept."""
    prepared = prepare_series(SERIES, PARAMETERS, PARTS, None, (7.0,), HORIZON)
    config = NetworkConfig.from_parameters(PARAMETERS, HORIZON)
    training = Training(config, prepared, seed=1)
    training.run_epoch()
    weights = training.weights()
    stored = {}
    for part in (Part.VALIDATION, Part.TEST):
        rows = np.array(stored_origins(PARTS[part], HORIZON))
        stored[part] = training.predict(weights, rows)
    training.close()
    candidate = CandidateTrial(
        trial_id=7,
        number=1,
        parameters=PARAMETERS,
        best_epoch=1,
        epoch_seconds=0.1,
        validation=stored[Part.VALIDATION],
        test=stored[Part.TEST],
        record={"number": 1},
    )
    return candidate, serialization.pack_weights(weights)


def test_baselines_forecast_every_step_from_every_origin_and_of_the_rows_to_come(job):
    fitted = {member.name: refit_baseline(job, member) for member in job.baselines}

    season = seasonal_naive_steps(VALUES, TEST_ORIGINS, 2, HORIZON)
    np.testing.assert_array_equal(fitted["seasonal_naive"].test, season)
    assert fitted["seasonal_naive"].future.tolist() == [VALUES[-2], VALUES[-1], VALUES[-2]]
    assert np.ptp(np.diff(fitted["drift"].future)) < 1e-9
    assert {member.test.shape for member in fitted.values()} == {(len(TEST_ORIGINS), HORIZON)}
    assert np.isfinite(fitted["ridge"].future).all()


def test_the_choice_is_made_over_the_origins_and_steps_that_are_stored(job, monkeypatch):
    monkeypatch.setattr(horizons, "MAX_STORED_VALUES", 5 * HORIZON)
    thinned = tuple(replace(one, validation=one.validation[::4]) for one in job.baselines)
    trial_rows = stored_origins(PARTS[Part.VALIDATION], HORIZON)
    actual = VALUES[horizons.step_rows(trial_rows, HORIZON)]
    trial = CandidateTrial(7, 1, PARAMETERS, 1, 0.1, actual + 0.01, actual, {})

    choice = making.choose_members(replace(job, baselines=thinned, trials=(trial,)))

    assert choice.weights == {"trial 1": 1}
    assert choice.error == pytest.approx(0.01)


@pytest.mark.slow
@pytest.mark.parametrize("time_left", [60.0, 0.0])
def test_a_mean_of_several_rows_is_scored_from_all_origins_and_packed_from_the_stored_ones(
    job, monkeypatch, warm_python, time_left
):
    monkeypatch.setattr(horizons, "MAX_STORED_VALUES", 5 * HORIZON)
    trial, model = train_candidate()
    every_4th = tuple(replace(one, validation=one.validation[::4]) for one in job.baselines)
    choice = Choice(Taken.ENSEMBLE, {"trial 1": 0.5, "ridge": 0.5}, 1.0, 1.0, None, None)
    monkeypatch.setattr(making, "choose_members", lambda job: choice)
    monkeypatch.setattr(making, "explain", lambda choice, left, *_: "Both.")
    monkeypatch.setattr(making, "MIN_SECONDS", time_left)
    monkeypatch.setattr(making, "MAX_SECONDS", time_left)

    outcome = making.make_delivery(
        replace(job, trials=(trial,), baselines=every_4th), lambda trial_id: model
    )

    assert outcome.problem is None
    assert outcome.is_retrained == (time_left > 0)
    test = outcome.forecasts[Part.TEST]
    assert test.shape == (len(TEST_ORIGINS), HORIZON)
    assert outcome.scores[Part.TEST] == score_rows(VALUES, TEST_ORIGINS, test)
    assert outcome.forecasts[Part.VALIDATION].shape == (len(trial.validation), HORIZON)
    assert outcome.future.shape == (HORIZON,)
    with zipfile.ZipFile(io.BytesIO(outcome.bundle)) as bundle:
        vectors = json.loads(bundle.read("test_vectors.json"))
        settings = json.loads(bundle.read("settings.json"))
    np.testing.assert_array_equal(vectors["predicted"], test[:: vectors["interval"]])
    assert (vectors["interval"], settings["horizon"]) == (4, HORIZON)
    assert min(settings["bands"]["80"]) > 0

"""A delivery of real networks on a real database: chosen, trained once more, packed, stored."""

import io
import json
import time
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from sqlalchemy import select

from app.db.models import Baseline, Delivery, Experiment
from app.domain.ensembles import Choice, Taken
from app.domain.metrics import root_mean_square
from app.domain.terms import Part
from app.queue import artifacts, boards, claims, deliveries, delivery_jobs, lifecycle
from app.services import best_models
from tests import factories
from worker.baselines.board import FORECASTERS
from worker.delivery import baseline_members, making, networks
from worker.runs import board_run, delivering, lease, runner

pytestmark = pytest.mark.slow
WEIGHTS = {"trial 1": 0.5, "trial 2": 0.25, "ridge": 0.125, "theta": 0.125}


@pytest.fixture
def claim(settings, database, monkeypatch):
    """The claimed delivery of a search whose two trials have been trained."""
    for name in ("ets", "arima"):
        monkeypatch.delitem(FORECASTERS, name)
    with database.write() as session:
        experiment = factories.experiment(
            session, requests_board=True, deliver="ensemble", max_trials=2
        )
        for number in (1, 2):
            factories.trial(session, experiment, number, units_1=1 + number)
        board = boards.claim(session)
    board_run.run_board(settings.url, board.row_id, board.token)
    for _ in range(2):
        with database.write() as session:
            training = claims.claim(session, "test")
        runner.run(settings.url, training, settings.data)
    with database.write() as session:
        lifecycle.close_finished(session)
    with database.write() as session:
        made = deliveries.claim(session)
    yield made
    lease.database_at.cache_clear()


@pytest.fixture
def chooses_a_mean(monkeypatch):
    choice = Choice(Taken.ENSEMBLE, WEIGHTS, 1.0, 1.0, None, None)
    monkeypatch.setattr(making, "choose_members", lambda job: choice)
    monkeypatch.setattr(making, "explain", lambda choice, left, *_: f"Left: {left}.")


def read_job(database, claim):
    with database.read() as session:
        return delivery_jobs.load(session, claim.experiment_id, claim.token)


def test_a_mean_is_trained_once_more_packed_and_stored(
    settings, database, claim, chooses_a_mean, warm_python
) -> None:
    delivering.deliver(settings.url, claim.experiment_id, claim.token)

    with database.read() as session:
        experiment = session.get_one(Experiment, claim.experiment_id)
        delivery = session.get_one(Delivery, claim.experiment_id)
        assert (delivery.problem, delivery.is_retrained) == (None, True)
        assert {member["name"]: member["weight"] for member in delivery.members} == WEIGHTS
        view = best_models.read_forecast(session, experiment, Part.TEST)
        download = best_models.find_download(session, experiment, 30.0)
        rmse = root_mean_square(view.predicted - view.actual)
        assert rmse == pytest.approx(delivery.test_rmse)
        assert view.predicted.tolist() != best_trial_forecast(session, experiment)
    with zipfile.ZipFile(io.BytesIO(best_models.require_content(download))) as bundle:
        packed = json.loads(bundle.read("settings.json"))
        assert {member["name"]: member["weight"] for member in packed["members"]} == WEIGHTS


def best_trial_forecast(session, experiment):
    trial = artifacts.best_trial(session, experiment.id)
    return best_models.trials.forecast(session, trial, Part.TEST).predicted.tolist()


def test_without_time_members_are_left_as_they_were_trained(
    settings, database, claim, chooses_a_mean, monkeypatch
) -> None:
    monkeypatch.setattr(making, "MIN_SECONDS", 0.0)
    monkeypatch.setattr(making, "MAX_SECONDS", 0.0)
    monkeypatch.setattr(making, "pack", lambda job, delivery: b"PK")

    delivering.deliver(settings.url, claim.experiment_id, claim.token)

    with database.read() as session:
        delivery = session.get_one(Delivery, claim.experiment_id)
        assert not delivery.is_retrained
        assert delivery.reason == "Left: ['trial 1', 'trial 2']."
        assert {member["epochs"] for member in delivery.members} == {None}


def test_a_network_is_trained_once_more_on_all_rows_but_the_test_part(database, claim) -> None:
    job = read_job(database, claim)
    trial = job.trials[0]

    network = networks.retrain(job, trial, time.monotonic() + 60)

    assert network is not None
    assert network.epochs == trial.best_epoch
    assert network.prepared.train.max() >= job.parts[Part.VALIDATION].stop - 16
    assert network.prepared.train.max() < job.parts[Part.TEST].start
    assert np.isfinite(network.test).all()
    assert len(network.test) == len(job.parts[Part.TEST])


def test_a_baseline_that_cannot_be_fitted_again_goes_on_as_it_was(
    database, claim, monkeypatch
) -> None:
    def fail(name, settings, values):
        raise ValueError("It did not converge.")

    job = read_job(database, claim)
    theta = next(baseline for baseline in job.baselines if baseline.name == "theta")
    monkeypatch.setattr(baseline_members, "refit", fail)

    fitted = baseline_members.refit_baseline(job, theta)

    earlier = theta.settings["fitted"]["model"]
    test_rows = job.parts[Part.TEST]
    assert fitted.document["model"]["alpha"] == earlier["alpha"]
    assert earlier["next_row"] == len(job.parts[Part.TRAIN])
    assert fitted.document["model"]["next_row"] == test_rows.start
    assert fitted.document["last_value"] == job.series.target_values[test_rows.start - 1]
    assert fitted.test.shape == (len(test_rows), 1)


def test_every_baseline_is_fitted_again_to_forecast_several_rows(database, claim) -> None:
    job = read_job(database, claim)

    for baseline in job.baselines:
        one_ahead = baseline_members.refit_baseline(job, baseline)
        fitted = baseline_members.refit_baseline(replace(job, horizon=3), baseline)

        assert fitted.test.shape == (len(job.parts[Part.TEST]) - 2, 3)
        np.testing.assert_allclose(fitted.test[:, 0], one_ahead.test[:-2, 0])
        np.testing.assert_allclose(fitted.future[0], one_ahead.future[0])


def test_a_baseline_of_an_earlier_board_is_no_candidate(database, claim) -> None:
    with database.write() as session:
        theta = session.scalars(select(Baseline).where(Baseline.name == "theta")).one()
        theta.settings = {"season": 1}

    job = read_job(database, claim)

    assert "theta" not in {baseline.name for baseline in job.baselines}
    assert "ridge" in {baseline.name for baseline in job.baselines}

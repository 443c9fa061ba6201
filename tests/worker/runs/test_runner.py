"""Runs of real networks on a real database: what a trial gets is what it would have had alone."""

import numpy as np
import pytest
from sqlalchemy import select, update

from app.db.models import Artifact, Epoch, Experiment, LogLine, Training, Trial
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import ArtifactKind, ExperimentState, Keep, Part, TrialState
from app.queue import claims, lifecycle, storage
from app.services import trials
from tests import factories
from worker import serialization
from worker.runs import runner


@pytest.fixture
def work(settings, database):
    """Claims and runs until the queue is empty."""

    def run() -> int:
        runs = 0
        while True:
            with database.write() as session:
                claim = claims.claim(session, "test")
            if claim is None:
                return runs
            runner.run(settings.url, claim)
            runs += 1

    yield run
    runner.database_at.cache_clear()


def queue_trials(database, *points, experiment=None, **changes):
    """An experiment with these points as queued trials; their ids."""
    with database.write() as session:
        made = (
            session.get(Experiment, experiment)
            if experiment
            else factories.experiment(session, **changes)
        )
        start = len(session.scalars(select(Trial.id).where(Trial.experiment_id == made.id)).all())
        ids = [
            factories.trial(session, made, number, **point).id
            for number, point in enumerate(points, start=start + 1)
        ]
        return made.id, ids


def result(database, trial_id):
    """Everything a trial was given."""
    with database.read() as session:
        trial = session.get(Trial, trial_id)
        model = session.scalars(
            select(Artifact.content).where(
                Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
            )
        ).one_or_none()
        return {
            "state": trial.state,
            "error": trial.error,
            "objective": trial.objective,
            "best_epoch": trial.best_epoch,
            "epochs": trial.epochs_trained,
            "test_rmse": trial.test_rmse,
            "forecast": trials.forecast(session, trial, Part.TEST).predicted.tolist()
            if model
            else None,
            "weights": [array.tolist() for array in serialization.unpack_weights(model)]
            if model
            else None,
        }


def test_a_trial_is_trained_judged_and_leaves_epochs_forecasts_and_a_model(database, work):
    _experiment_id, (trial_id,) = queue_trials(database, {"epochs": 3})
    work()
    found = result(database, trial_id)
    assert found["state"] == TrialState.COMPLETED
    assert found["epochs"] == 3
    with database.read() as session:
        trial = session.get(Trial, trial_id)
        epochs = trials.epochs(session, trial)
        view = trials.forecast(session, trial, Part.VALIDATION)
        rmse = float(np.sqrt(np.mean((view.predicted - view.actual) ** 2)))
        naive = float(np.sqrt(np.mean((view.naive - view.actual) ** 2)))
        assert [epoch.number for epoch in epochs] == [1, 2, 3]
        assert trial.objective == pytest.approx(rmse, rel=1e-9)
        assert trial.objective == pytest.approx(min(epoch.objective for epoch in epochs), rel=1e-5)
        assert trial.validation_skill == pytest.approx(1 - rmse / naive)
        assert len(view.actual) == 12


def test_trials_that_share_a_training_get_what_they_would_have_had_alone(database, work):
    points = [{"epochs": 2}, {"epochs": 5}, {"epochs": 9, "patience": 2}]
    _, together = queue_trials(database, *points, seed=3)
    assert work() == 1
    for shared, point in zip(together, points, strict=True):
        with (
            database.write() as session
        ):  # forget what was trained: the next trial trains on its own
            session.execute(update(Training).values(fingerprint=Training.fingerprint + "x"))
        _, (alone,) = queue_trials(database, point, seed=3)
        work()
        assert result(database, alone) == result(database, shared)


def test_parameters_that_were_trained_before_are_read_off_at_once(database, work):
    _, (first,) = queue_trials(database, {"epochs": 4})
    work()
    _, (again,) = queue_trials(database, {"epochs": 4})
    work()
    assert result(database, again) == result(database, first)
    with database.read() as session:
        assert session.get(Trial, again).source_trial_id == first
        assert len(session.scalars(select(Epoch)).all()) == 4


def test_ten_epochs_and_ten_more_are_twenty_when_the_checkpoint_was_dropped_too(database, work):
    point = {"shuffle": True, "dropout_1": 0.3}
    made, (first,) = queue_trials(database, point | {"epochs": 10})
    work()
    before = result(database, first)
    with database.write() as session:
        assert storage.tidy(session, Keep.BEST, [made]) == 1
    _, (longer,) = queue_trials(database, point | {"epochs": 20})
    work()
    with database.write() as session:
        lines = [line.message for line in trials.log(session, session.get(Trial, longer))]
        session.execute(update(Training).values(fingerprint=Training.fingerprint + "x"))
    _, (alone,) = queue_trials(database, point | {"epochs": 20})
    work()
    assert not any("Resumed" in line for line in lines)
    assert result(database, longer) == result(database, alone)
    assert curves(database, longer) == curves(database, alone)
    assert result(database, first) == before


def test_ten_epochs_and_ten_more_are_twenty(database, work):
    point = {"shuffle": True, "dropout_1": 0.3, "input_dropout_1": 0.1}
    queue_trials(database, point | {"epochs": 10})
    work()
    _, (longer,) = queue_trials(database, point | {"epochs": 20})
    work()
    with database.write() as session:
        lines = [line.message for line in trials.log(session, session.get(Trial, longer))]
        session.execute(update(Training).values(fingerprint=Training.fingerprint + "x"))
    _, (alone,) = queue_trials(database, point | {"epochs": 20})
    work()
    assert any("Resumed at epoch 10" in line for line in lines)
    continued, whole = result(database, longer), result(database, alone)
    assert continued["objective"] == pytest.approx(whole["objective"], rel=1e-6)
    assert continued["best_epoch"] == whole["best_epoch"]
    np.testing.assert_allclose(curves(database, longer), curves(database, alone), rtol=1e-6)


def curves(database, trial_id):
    """Train and validation loss of each epoch."""
    with database.read() as session:
        return [
            (epoch.train_loss, epoch.val_loss)
            for epoch in trials.epochs(session, session.get(Trial, trial_id))
        ]


def test_fewer_epochs_than_were_trained_are_answered_as_if_trained_alone(database, work):
    _, (long,) = queue_trials(database, {"epochs": 6})
    work()
    _, (short,) = queue_trials(database, {"epochs": 2})
    work()
    found = result(database, short)
    assert found["epochs"] == 2
    assert found["best_epoch"] <= 2
    with database.read() as session:
        values = [epoch.objective for epoch in trials.epochs(session, session.get(Trial, long))][:2]
    assert found["objective"] == pytest.approx(min(values), rel=1e-5)


def test_a_loss_that_is_no_number_fails_the_trial_and_says_at_which_epoch(database, work):
    _, ids = queue_trials(
        database, {"learning_rate": 1.0, "optimizer": "sgd", "epochs": 40}, {"epochs": 1}
    )
    with database.write() as session:  # an absurd rate, past what the form would let through
        bad = session.get(Trial, ids[0])
        bad.parameters = {**bad.parameters, "learning_rate": 1e30}
    work()
    assert result(database, ids[0])["state"] == TrialState.FAILED
    assert "diverged at epoch" in result(database, ids[0])["error"]
    assert result(database, ids[1])["state"] == TrialState.COMPLETED


def test_a_trial_that_raises_fails_with_its_reason_and_traceback(database, work):
    _, ids = queue_trials(database, {"epochs": 1}, {"epochs": 1, "units_1": 4})
    with database.write() as session:
        bad = session.get(Trial, ids[0])
        bad.parameters = {**bad.parameters, "optimizer": "no such optimizer"}
    work()
    with database.read() as session:
        failed = session.get(Trial, ids[0])
        assert failed.state == TrialState.FAILED
        assert "no such optimizer" in failed.error
        assert "Traceback" in failed.traceback
    assert result(database, ids[1])["state"] == TrialState.COMPLETED


def test_a_run_that_lost_its_lease_changes_nothing(settings, database):
    _, (trial_id,) = queue_trials(database, {"epochs": 2})
    with database.write() as session:
        claim = claims.claim(session, "frozen")
        claims.release(session, [claim.token], "taken away")
    runner.run(settings.url, claim)
    assert result(database, trial_id)["state"] == TrialState.QUEUED
    with database.read() as session:
        assert session.scalars(select(Epoch)).all() == []


def test_a_trial_stopped_by_hand_keeps_its_best_epoch_so_far(database, work, monkeypatch):
    _, (trial_id,) = queue_trials(database, {"epochs": 50})
    record = runner.recording.record_epoch

    def stop_after_two(session, token, training_id, epoch):
        if epoch.number == 2:
            trials.stop(session, session.get(Trial, trial_id))
        return record(session, token, training_id, epoch)

    monkeypatch.setattr(runner.recording, "record_epoch", stop_after_two)
    work()
    found = result(database, trial_id)
    assert (found["state"], found["epochs"]) == (TrialState.STOPPED, 2)
    assert found["objective"] is not None
    with database.read() as session:
        assert session.scalars(select(Training.checkpoint_epoch)).one() == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"stateful": True, "batch_size": 8},
        {"cell": "gru"},
        {"target": "log_return"},
        {"shuffle": True},
    ],
)
def test_every_kind_of_network_runs_to_its_end(database, work, changes):
    _, (trial_id,) = queue_trials(database, {"epochs": 2, **changes})
    work()
    assert result(database, trial_id)["state"] == TrialState.COMPLETED


def test_logs_say_who_took_a_trial_and_how_it_ended(database, work):
    _, (trial_id,) = queue_trials(database, {"epochs": 1})
    work()
    with database.read() as session:
        lines = list(session.scalars(select(LogLine.message).where(LogLine.trial_id == trial_id)))
    assert lines[0] == "Taken by worker test"
    assert "completed" in lines[-1]


def test_parameters_are_stored_complete(database):
    _, (trial_id,) = queue_trials(database, {"epochs": 1})
    with database.read() as session:
        parameters = session.get(Trial, trial_id).parameters
    assert parameters == with_defaults(parameters)


def halved(database, work, pruning):
    """What became of nine trials of nine epochs under a rule that prunes and promotes."""
    space = {**factories.TINY, "units_1": {"choice": list(range(2, 12))}, "epochs": 9}
    points = [{"units_1": units, "epochs": 9} for units in range(2, 11)]
    experiment_id, ids = queue_trials(database, *points, pruning=pruning, max_trials=9, space=space)
    for _ in range(20):
        work()
        with database.write() as session:
            lifecycle.settle(session)
            if session.get(Experiment, experiment_id).state == ExperimentState.COMPLETED:
                break
    return [result(database, trial_id) for trial_id in ids]


def test_successive_halving_trains_little_of_the_bad_and_all_of_the_good(settings, database, work):
    found = halved(database, work, "asha")
    assert {one["state"] for one in found} == {TrialState.COMPLETED, TrialState.PRUNED}
    assert all(
        "where the best" in one["error"] for one in found if one["state"] == TrialState.PRUNED
    )
    whole = [one for one in found if one["state"] == TrialState.COMPLETED]
    assert [one["epochs"] for one in whole] == [9] * len(whole)
    assert sum(one["epochs"] for one in found) < 9 * 9 / 2
    assert (
        3 <= len([one for one in found if one["epochs"] >= 3]) <= 5
    )  # asynchronous: an early one may slip through


def test_hyperband_looks_at_each_bracket_from_its_own_rung_on(settings, database, work):
    found = halved(
        database, work, "hyperband"
    )  # bracket 1 has trials 1, 3, 5, 7, 9; 2 has 2, 6; 3 has 4, 8
    first, second, third = found[::2], found[1:6:4], found[3::4]
    assert [(one["state"], one["epochs"]) for one in third] == [(TrialState.COMPLETED, 9)] * 2
    assert {one["epochs"] for one in second} <= {3, 9}
    assert {one["epochs"] for one in first} >= {1}
    assert all(
        "of bracket 1 at epoch" in one["error"]
        for one in first
        if one["state"] == TrialState.PRUNED
    )
    assert all(
        "of bracket 2 at epoch 3" in one["error"]
        for one in second
        if one["state"] == TrialState.PRUNED
    )

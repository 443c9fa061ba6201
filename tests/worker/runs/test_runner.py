"""Runs of real networks on a real database: a trial gets what it would have got alone."""

import numpy as np
import pytest
from sqlalchemy import select, update

from app.db.models import Artifact, Epoch, Experiment, LogLine, Training, Trial
from app.domain.csv_reading.series import Series
from app.domain.search_space.parameters import with_defaults
from app.domain.terms import ArtifactKind, ExperimentState, Keep, Part, TrialState
from app.queue import claims, lifecycle, recording, storage
from app.queue.readability import find_damage
from app.services import experiments, trials
from tests import factories
from worker import serialization
from worker.runs import runner
from worker.runs.lease import Lease


@pytest.fixture
def work(settings, database):
    """Claims and runs until the queue is empty; how many runs there were."""

    def run() -> int:
        runs = 0
        while True:
            with database.write() as session:
                claim = claims.claim(session, "test")
            if claim is None:
                return runs
            runner.run(settings.url, claim, settings.data)
            runs += 1

    yield run
    runner.database_at(settings.url).close()
    runner.database_at.cache_clear()


def queue_trials(database, *points, **changes):
    """A new experiment with these points as queued trials: its id and theirs."""
    with database.write() as session:
        experiment = factories.experiment(session, **changes)
        trial_ids = []
        for number, point in enumerate(points, start=1):
            trial_ids.append(factories.trial(session, experiment, number, **point).id)
        return experiment.id, trial_ids


def queue_trial(database, point, **changes):
    """A new experiment with one queued trial; the id of the trial."""
    _, (trial_id,) = queue_trials(database, point, **changes)
    return trial_id


def forget_trainings(database):
    """The next trials are trained on their own, whatever was trained before."""
    with database.write() as session:
        session.execute(update(Training).values(fingerprint=Training.fingerprint + "x"))


def set_parameters(database, trial_id, **parameters):
    """Give a queued trial what no form would let through."""
    with database.write() as session:
        trial = session.get(Trial, trial_id)
        trial.parameters = {**trial.parameters, **parameters}


def result(database, trial_id):
    """Everything a trial has got."""
    with database.read() as session:
        trial = session.get(Trial, trial_id)
        query = select(Artifact.content).where(
            Artifact.trial_id == trial_id, Artifact.kind == ArtifactKind.MODEL
        )
        model = session.scalars(query).one_or_none()
        values = {
            "state": trial.state,
            "error": trial.error,
            "objective": trial.objective,
            "best_epoch": trial.best_epoch,
            "epochs": trial.epochs_trained,
            "test_rmse": trial.test_rmse,
            "forecast": None,
            "weights": None,
        }
        if model:
            forecast = trials.forecast(session, trial, Part.TEST)
            weights = serialization.unpack_weights(model)
            values["forecast"] = forecast.predicted.tolist()
            values["weights"] = [array.tolist() for array in weights]
        return values


def losses(database, trial_id):
    """Train and validation loss of each epoch."""
    with database.read() as session:
        epochs = trials.epochs(session, session.get(Trial, trial_id))
        return [(epoch.train_loss, epoch.val_loss) for epoch in epochs]


def log_lines(database, trial_id):
    with database.read() as session:
        query = select(LogLine.message).where(LogLine.trial_id == trial_id)
        return list(session.scalars(query))


def test_a_trial_is_trained_evaluated_and_leaves_epochs_forecasts_and_a_model(database, work):
    trial_id = queue_trial(database, {"epochs": 3})

    work()

    trained = result(database, trial_id)
    assert trained["state"] == TrialState.COMPLETED
    assert trained["epochs"] == 3
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


def test_trials_that_share_a_training_get_what_they_would_have_got_alone(database, work):
    points = [{"epochs": 2}, {"epochs": 5}, {"epochs": 9, "patience": 2}]
    _, shared_ids = queue_trials(database, *points, seed=3)

    assert work() == 1

    for shared_id, point in zip(shared_ids, points, strict=True):
        forget_trainings(database)
        alone_id = queue_trial(database, point, seed=3)
        work()
        assert result(database, alone_id) == result(database, shared_id)


def test_the_result_of_parameters_that_were_trained_before_is_copied_at_once(database, work):
    first = queue_trial(database, {"epochs": 4})
    work()
    again = queue_trial(database, {"epochs": 4})

    work()

    assert result(database, again) == result(database, first)
    with database.read() as session:
        assert session.get(Trial, again).source_trial_id == first
        assert len(session.scalars(select(Epoch)).all()) == 4


@pytest.mark.each_database
@pytest.mark.parametrize("keep", [Keep.ALL, Keep.BEST])
def test_a_trial_whose_source_is_deleted_before_it_is_copied_is_trained(
    database, work, monkeypatch, keep
):
    first = queue_trial(database, {"epochs": 4})
    work()
    trained = result(database, first)
    again = queue_trial(database, {"epochs": 4})
    load_job = Lease.load_job

    def load_and_delete_source(lease):
        with database.write() as session:
            storage.tidy(session, keep)
        job = load_job(lease)
        assert first in job.source_trials.values()
        with database.write() as session:
            experiments.delete(session, session.get_one(Trial, first).experiment)
        return job

    monkeypatch.setattr(Lease, "load_job", load_and_delete_source)
    work()

    assert result(database, again) == trained
    with database.read() as session:
        assert session.get_one(Trial, again).source_trial_id is None


def test_ten_epochs_and_ten_more_are_twenty_when_the_checkpoint_was_dropped_too(database, work):
    point = {"shuffle": True, "dropout_1": 0.3}
    experiment_id, (first,) = queue_trials(database, point | {"epochs": 10})
    work()
    first_result = result(database, first)
    with database.write() as session:
        assert storage.tidy(session, Keep.BEST, [experiment_id]) == 1

    longer = queue_trial(database, point | {"epochs": 20})
    work()

    forget_trainings(database)
    alone = queue_trial(database, point | {"epochs": 20})
    work()
    assert not any("Resumed" in line for line in log_lines(database, longer))
    assert result(database, longer) == result(database, alone)
    assert losses(database, longer) == losses(database, alone)
    assert result(database, first) == first_result


def test_ten_epochs_and_ten_more_are_twenty(database, work):
    point = {"shuffle": True, "dropout_1": 0.3, "input_dropout_1": 0.1}
    queue_trial(database, point | {"epochs": 10})
    work()

    longer = queue_trial(database, point | {"epochs": 20})
    work()

    forget_trainings(database)
    alone = queue_trial(database, point | {"epochs": 20})
    work()
    continued = result(database, longer)
    whole = result(database, alone)
    assert any("Resumed at epoch 10" in line for line in log_lines(database, longer))
    assert continued["objective"] == pytest.approx(whole["objective"], rel=1e-6)
    assert continued["best_epoch"] == whole["best_epoch"]
    np.testing.assert_allclose(losses(database, longer), losses(database, alone), rtol=1e-6)


def test_fewer_epochs_than_were_trained_are_answered_as_if_trained_alone(database, work):
    long = queue_trial(database, {"epochs": 6})
    work()
    short = queue_trial(database, {"epochs": 2})

    work()

    answered = result(database, short)
    assert answered["epochs"] == 2
    assert answered["best_epoch"] <= 2
    with database.read() as session:
        epochs = trials.epochs(session, session.get(Trial, long))
        values = [epoch.objective for epoch in epochs][:2]
    assert answered["objective"] == pytest.approx(min(values), rel=1e-5)


def test_a_loss_that_is_not_a_number_fails_the_trial_and_says_at_which_epoch(database, work):
    diverging = {"learning_rate": 1.0, "optimizer": "sgd", "epochs": 40}
    _, (bad, good) = queue_trials(database, diverging, {"epochs": 1})
    set_parameters(database, bad, learning_rate=1e30)

    work()

    failed = result(database, bad)
    assert failed["state"] == TrialState.FAILED
    assert "diverged at epoch" in failed["error"]
    assert result(database, good)["state"] == TrialState.COMPLETED


def test_a_trial_that_raises_fails_with_its_reason_and_traceback(database, work):
    _, (bad, good) = queue_trials(database, {"epochs": 1}, {"epochs": 1, "units_1": 4})
    set_parameters(database, bad, optimizer="no such optimizer")

    work()

    with database.read() as session:
        failed = session.get(Trial, bad)
        assert failed.state == TrialState.FAILED
        assert "no such optimizer" in failed.error
        assert "Traceback" in failed.traceback
    assert result(database, good)["state"] == TrialState.COMPLETED


def test_a_run_that_lost_its_lease_changes_nothing(settings, database):
    trial_id = queue_trial(database, {"epochs": 2})
    with database.write() as session:
        claim = claims.claim(session, "frozen")
        claims.release(session, [claim.token], "taken away")

    runner.run(settings.url, claim, settings.data)

    assert result(database, trial_id)["state"] == TrialState.QUEUED
    with database.read() as session:
        assert session.scalars(select(Epoch)).all() == []


def test_a_trial_stopped_by_hand_keeps_its_best_epoch_so_far(database, work, monkeypatch):
    trial_id = queue_trial(database, {"epochs": 50})
    record_epoch = recording.record_epoch

    def stop_after_two(session, token, training_id, epoch):
        if epoch.number == 2:
            trials.stop(session, session.get(Trial, trial_id))
        return record_epoch(session, token, training_id, epoch)

    monkeypatch.setattr(recording, "record_epoch", stop_after_two)

    work()

    stopped = result(database, trial_id)
    assert (stopped["state"], stopped["epochs"]) == (TrialState.STOPPED, 2)
    assert stopped["objective"] is not None
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
    trial_id = queue_trial(database, {"epochs": 2, **changes})

    work()

    assert result(database, trial_id)["state"] == TrialState.COMPLETED


def test_logs_say_who_took_a_trial_and_how_it_ended(database, work):
    trial_id = queue_trial(database, {"epochs": 1})

    work()

    lines = log_lines(database, trial_id)
    assert lines[0] == "Taken by worker test"
    assert "completed" in lines[-1]


def test_parameters_are_stored_complete(database):
    trial_id = queue_trial(database, {"epochs": 1})

    with database.read() as session:
        parameters = session.get(Trial, trial_id).parameters

    assert parameters == with_defaults(parameters)


def run_pruned_search(database, work, pruning):
    """The results of nine trials of nine epochs under a rule that prunes and promotes."""
    space = {**factories.TINY, "units_1": {"choice": list(range(2, 12))}, "epochs": 9}
    points = [{"units_1": units, "epochs": 9} for units in range(2, 11)]
    experiment_id, trial_ids = queue_trials(
        database, *points, pruning=pruning, max_trials=9, space=space
    )
    for _ in range(20):
        work()
        with database.write() as session:
            lifecycle.close_finished(session)
            if session.get(Experiment, experiment_id).state == ExperimentState.COMPLETED:
                break
    return [result(database, trial_id) for trial_id in trial_ids]


def in_state(results, state):
    return [trial for trial in results if trial["state"] == state]


def test_successive_halving_trains_little_of_the_bad_and_all_of_the_good(settings, database, work):
    results = run_pruned_search(database, work, "asha")

    completed = in_state(results, TrialState.COMPLETED)
    pruned = in_state(results, TrialState.PRUNED)
    past_first_rung = [trial for trial in results if trial["epochs"] >= 3]
    assert {trial["state"] for trial in results} == {TrialState.COMPLETED, TrialState.PRUNED}
    assert all("where the best" in trial["error"] for trial in pruned)
    assert [trial["epochs"] for trial in completed] == [9] * len(completed)
    assert sum(trial["epochs"] for trial in results) < 9 * 9 / 2
    assert 3 <= len(past_first_rung) <= 5  # asynchronous: an early one may slip through


def test_hyperband_compares_each_bracket_from_its_own_rung_on(settings, database, work):
    results = run_pruned_search(database, work, "hyperband")

    # Bracket 1 has trials 1, 3, 5, 7, 9; bracket 2 has 2 and 6; bracket 3 has 4 and 8.
    first = results[::2]
    second = results[1:6:4]
    third = results[3::4]
    assert [(trial["state"], trial["epochs"]) for trial in third] == [(TrialState.COMPLETED, 9)] * 2
    assert {trial["epochs"] for trial in second} <= {3, 9}
    assert {trial["epochs"] for trial in first} >= {1}
    for trial in in_state(first, TrialState.PRUNED):
        assert "of bracket 1 at epoch" in trial["error"]
    for trial in in_state(second, TrialState.PRUNED):
        assert "of bracket 2 at epoch 3" in trial["error"]


@pytest.mark.slow
def test_a_training_of_an_earlier_version_does_not_answer_for_its_mae(database, work):
    first = queue_trial(database, {"epochs": 3})
    work()
    by_rmse = result(database, first)
    with database.write() as session:
        session.execute(update(Epoch).values(mae=None))
    by_mae = queue_trial(database, {"epochs": 3}, objective="mae")
    work()
    by_mase = queue_trial(database, {"epochs": 3}, objective="mase")
    work()
    with database.write() as session:
        session.get_one(Trial, by_mase).experiment.dataset.season_lengths = [7.0]
    by_other_mase = queue_trial(database, {"epochs": 3}, objective="mase")
    copied = queue_trial(database, {"epochs": 3})

    work()

    with database.read() as session:
        mae, mase = (session.get_one(Trial, trial_id) for trial_id in (by_mae, by_mase))
        other = session.get_one(Trial, by_other_mase)
        assert other.objective == other.validation_mae / other.experiment.objective_scale
        assert other.objective != mase.objective
        assert session.get_one(Trial, copied).source_trial_id == first
        assert session.get_one(Trial, copied).more_scores is None  # computed anew when read
        maes = session.scalars(select(Epoch.mae).order_by(Epoch.number)).all()
        assert len(maes) == 3
        assert mae.source_trial_id is None
        assert mae.objective == mae.validation_mae == pytest.approx(min(maes), rel=1e-5)
        assert mae.best_epoch == mase.best_epoch == 1 + np.argmin(maes)
        scale = mase.experiment.objective_scale
        values = Series.from_bytes(mase.experiment.dataset.series).target_values
        assert scale == pytest.approx(np.mean(np.abs(np.diff(values[:96]))))
        assert mase.objective == mase.validation_mae / scale
        assert mase.objective == pytest.approx(mase.more_scores["validation"]["mase"])
        assert mase.objective_se == pytest.approx(mae.objective_se / scale)
    assert result(database, first) == by_rmse


@pytest.mark.slow
def test_a_trial_forecasts_several_rows_ahead(database, work):
    trial_id = queue_trial(database, {"epochs": 2, "target": "difference"}, horizon=4)

    work()

    with database.read() as session:
        trial = session.get(Trial, trial_id)
        actual, predicted = trials.forecast_steps(session, trial, Part.VALIDATION)
        assert trial.state == TrialState.COMPLETED
        assert predicted.shape == (12 - 3, 4)
        rmse = np.sqrt(np.mean((predicted - actual) ** 2))
        assert trial.objective == pytest.approx(rmse, rel=1e-6)
        assert trial.objective_se > 0
        assert find_damage(session, trial.experiment_id) is None

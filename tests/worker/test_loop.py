"""The worker's loop on a real database with real slots."""

import io
import json
import threading
import time
import zipfile
from contextlib import closing

import pytest
from sqlalchemy import select

from app.db.models import Board, Experiment, LogLine, Training, Trial, Worker
from app.domain.baselines import BASELINES
from app.domain.failure_causes import FailureCause
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, reduction, storage
from app.services import experiment_control, overviews
from tests import factories
from tests.worker.slots import slot_functions
from worker.loop import Loop
from worker.runs.tasks import warm_up
from worker.slots.errors import RunKilled
from worker.slots.pool import SlotPool

pytestmark = pytest.mark.slow
TIMEOUT = 120.0


class LastingPool(SlotPool):
    """Two slots that outlive the worker: only a run that it leaves takes its slot along."""

    def shutdown(self, wait=True, *, cancel_futures=True) -> None:
        for future in tuple(self._runs):
            if not future.cancel():
                self.kill_run(future, RunKilled(FailureCause.HUNG, "its worker has left"))

    def close(self) -> None:
        super().shutdown()


@pytest.fixture(scope="module")
def pool():
    """Slots for all workers of this file, since each takes seconds of processor to start."""
    with closing(LastingPool(2, 500, warm_up)) as pool:
        yield pool


@pytest.fixture
def run_until(settings, database, pool):
    """A worker with two slots, in a thread; `run_until(condition)` waits for the condition."""
    settings.slots = 2
    settings.heartbeat_seconds = 0.5
    messages: list[str] = []
    loop = Loop(settings, database, pool, messages.append)
    thread = threading.Thread(target=loop.run)
    thread.start()

    def wait(condition) -> list[str]:
        deadline = time.monotonic() + TIMEOUT
        while not condition():
            assert time.monotonic() < deadline, messages
            assert thread.is_alive(), messages
            time.sleep(0.05)
        return messages

    yield wait
    loop.stopping.set()
    thread.join(timeout=30)


def state_of(database, experiment_id):
    with database.read() as session:
        return session.get(Experiment, experiment_id).state


def is_handed_over(database, experiment_id):
    """Whether the experiment is completed and its best model's bundle is made."""
    with database.read() as session:
        experiment = session.get(Experiment, experiment_id)
        if experiment.state != ExperimentState.COMPLETED:
            return False
        return artifacts.best_model(session, experiment).is_ready


@pytest.mark.parametrize("strategy", ["random", "grid", "tpe", "gp", "manual"])
def test_a_search_runs_to_its_end_with_every_strategy(database, run_until, strategy):
    is_manual = strategy == "manual"
    points = [{"units_1": 2}, {"units_1": 4}] if is_manual else []
    searched = {"units_1": {"choice": [2, 3, 4]}, "scaling": {"choice": ["minmax", "standard"]}}
    space = {**factories.TINY, **({} if is_manual else searched)}
    with database.write() as session:
        experiment_id = factories.experiment(
            session, strategy=strategy, max_trials=9, space=space, points=points
        ).id

    run_until(lambda: state_of(database, experiment_id) == ExperimentState.COMPLETED)

    with database.read() as session:
        trials = session.query(Trial).order_by(Trial.number).all()
        assert [trial.number for trial in trials] == list(range(1, len(trials) + 1))
        assert len(trials) == (2 if is_manual else 6)
        assert {trial.state for trial in trials} == {TrialState.COMPLETED}
        assert len({str(trial.parameters) for trial in trials}) == len(trials)


def test_reduction_stores_what_it_saw_and_draws_nothing_it_dropped(database, run_until):
    space = {
        **factories.TINY,
        "learning_rate": {"choice": [0.01, 0.003, 1e-7]},
        "units_1": {"integer": [3, 10]},
    }
    options = {"reduction_interval": 4, "reduction_threshold": 0.05}
    with database.write() as session:
        experiment_id = factories.experiment(
            session, strategy="reduction", max_trials=18, space=space, **options
        ).id

    run_until(lambda: state_of(database, experiment_id) == ExperimentState.COMPLETED)

    with database.read() as session:
        steps = reduction.load_state(session, experiment_id).steps
        trials = session.query(Trial).order_by(Trial.number).all()
    assert [step.n_finished for step in steps] == [4, 8, 12, 16][: len(steps)]
    cuts = [step for step in steps if step.is_cut]
    assert cuts
    drawn_after = {}
    for cut in cuts:
        first_affected = cut.n_finished + 2  # two trials were queued ahead
        drawn_after[cut.n_finished] = [
            trial.parameters for trial in trials if trial.number > first_affected
        ]
    assert drawn_after[cuts[0].n_finished]
    for cut in cuts:
        name = cut.evidence.parameter
        drawn_values = {parameters[name] for parameters in drawn_after[cut.n_finished]}
        assert not set(cut.evidence.dropped) & drawn_values


def test_the_baselines_of_an_experiment_are_computed(database, run_until):
    with database.write() as session:
        board_id = factories.experiment(session, requests_board=True, max_trials=1).board_id

    def is_computed():
        with database.read() as session:
            return session.get_one(Board, board_id).finished_at is not None

    run_until(is_computed)

    with database.read() as session:
        board = session.get_one(Board, board_id)
        assert {baseline.name for baseline in board.baselines} == set(BASELINES)
        problems = {b.name: b.problem for b in board.baselines if b.problem is not None}
        assert problems == {"seasonal_naive": "This series has no season that is known."}
        assert (board.problem, board.lease_token) == (None, None)


@pytest.mark.each_database
def test_when_a_search_ends_the_best_model_is_packed_and_checked(database, run_until):
    with database.write() as session:
        experiment_id = factories.experiment(session, max_trials=2).id

    run_until(lambda: is_handed_over(database, experiment_id))

    with database.read() as session:
        best_model = artifacts.best_model(session, session.get(Experiment, experiment_id))
        assert artifacts.read_content(session, best_model.bundle).startswith(b"PK")

    def is_size_noted():
        with database.read() as session:
            stored = storage.measure(session, experiment_id)
            noted_bytes = session.get(Experiment, experiment_id).stored_bytes
            return stored.bundles and noted_bytes == stored.total

    run_until(is_size_noted)
    with database.read() as session:
        query = select(Training.id).where(Training.checkpoint.is_not(None))
        best_training = best_model.trial.training_id
        assert list(session.scalars(query)) == [best_training], "the best trial's alone"


def test_a_search_out_of_time_hands_over_its_pruned_trial_where_that_is_the_best(
    database, run_until, client
):
    good = {"target": "difference", "epochs": 3000}  # begins near "naive (last value)"
    bad = {"learning_rate": 1e-8, "epochs": 3000, "time_steps": 20}  # hardly learns
    points = [good, *({**bad, "units_1": units} for units in range(40, 70))]
    with database.write() as session:
        experiment_id = factories.experiment(
            session,
            strategy="manual",
            pruning="asha",
            max_trials=len(points),
            time_budget_seconds=600,
            space=factories.TINY,
            points=points,
        ).id

    def spend_budget_beside_a_pruned_best():
        query = select(Trial).where(Trial.objective.is_not(None)).order_by(Trial.objective)
        with database.write() as session:
            best = session.scalars(query.limit(1)).first()
            others_run = overviews.running_trials(session, [experiment_id])
            if best is None or best.state != TrialState.PRUNED or not others_run:
                return False
            session.get_one(Experiment, experiment_id).time_budget_seconds = 0.001
            return True

    run_until(spend_budget_beside_a_pruned_best)
    run_until(lambda: is_handed_over(database, experiment_id))
    content = client.get(f"/api/experiments/{experiment_id}/best-model").content

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("trial.json"))
        downloaded = json.loads(archive.read(name))
    with database.read() as session:
        trials = session.query(Trial).all()
        evaluated = [trial for trial in trials if artifacts.read_model(session, trial.id)]
        best = min(evaluated, key=lambda trial: trial.objective)
        # asha may have promoted it in between, and the end of the budget stopped it
        assert best.state in (TrialState.PRUNED, TrialState.STOPPED)
        assert len(evaluated) > 1
        assert (downloaded["number"], downloaded["objective"]) == (best.number, best.objective)
        assert "time budget is used up" in session.get_one(Experiment, experiment_id).reason


def test_the_end_of_a_time_budget_finishes_the_best_trial(database, run_until):
    space = {**factories.TINY, "learning_rate": {"loguniform": [0.001, 0.1]}, "epochs": 9}
    with database.write() as session:
        experiment_id = factories.experiment(
            session, pruning="asha", max_trials=999, time_budget_seconds=8, space=space
        ).id

    run_until(lambda: is_handed_over(database, experiment_id))

    with database.read() as session:
        states = {trial.state for trial in session.query(Trial)}
        assert artifacts.best_trial(session, experiment_id).state == TrialState.COMPLETED
        assert TrialState.PRUNED in states
        assert "time budget is used up" in session.get_one(Experiment, experiment_id).reason


def test_a_stopped_search_ends_and_a_resumed_one_goes_on(database, run_until):
    space = {**factories.TINY, "units_1": {"choice": [2, 3, 4]}, "epochs": 3000}
    with database.write() as session:
        experiment_id = factories.experiment(session, max_trials=3, space=space).id

    def some_trial_trains():
        with database.read() as session:
            return any(trial.epochs_trained > 2 for trial in session.query(Trial))

    run_until(some_trial_trains)
    with database.write() as session:
        experiment_control.stop(session, session.get(Experiment, experiment_id))
    run_until(lambda: state_of(database, experiment_id) == ExperimentState.STOPPED)
    with database.read() as session:
        stopped_trials = session.query(Trial).filter_by(state=TrialState.STOPPED)
        epochs_when_stopped = {trial.id: trial.epochs_trained for trial in stopped_trials}
    assert epochs_when_stopped

    with database.write() as session:
        experiment_control.resume(session, session.get(Experiment, experiment_id))

    def all_trained_further():
        with database.read() as session:
            return all(
                session.get(Trial, trial_id).epochs_trained > epochs
                for trial_id, epochs in epochs_when_stopped.items()
            )

    run_until(all_trained_further)


def test_a_strategy_that_raises_ends_its_search_and_says_why(database, run_until):
    with database.write() as session:
        experiment = factories.experiment(session)
        experiment.strategy = "no such strategy"
        experiment_id = experiment.id

    run_until(lambda: state_of(database, experiment_id) == ExperimentState.FAILED)

    with database.read() as session:
        assert "no such strategy" in session.get(Experiment, experiment_id).reason


def test_a_worker_claims_nothing_while_no_slot_can_be_started_and_says_why(settings, database):
    with database.write() as session:
        factories.experiment(session, max_trials=1)
    pool = SlotPool(2, 25, slot_functions.exit_early)
    loop = Loop(settings, database, pool, say=lambda _: None)
    wait_until(lambda: "2 of 2" in pool.trouble)

    for _ in range(3):
        loop._run_round_safely()
    loop.stopping.set()
    loop.run()

    with database.read() as session:
        assert session.query(Trial).count() == 0
        assert "the process ended with exit code 3" in session.query(Worker).one().trouble


def test_a_run_that_no_slot_begins_is_given_back(settings, database, monkeypatch):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment)
    pool = SlotPool(1, 25, slot_functions.exit_early)
    loop = Loop(settings, database, pool, say=lambda _: None)
    monkeypatch.setattr(SlotPool, "ready_count", 1)  # as if its slot had ended just then
    loop.run_round()
    with database.read() as session:
        state_when_claimed = session.query(Trial).one().state
    monkeypatch.setattr(SlotPool, "ready_count", 0)
    settings.hung_seconds = 0.01
    time.sleep(0.02)

    loop.run_round()

    assert state_when_claimed == TrialState.RUNNING
    assert loop.tasks == []
    with database.read() as session:
        assert session.query(Trial).one().state == TrialState.QUEUED
        messages = [line.message for line in session.query(LogLine)]
    assert "No slot could be started for it: back in the queue" in messages
    pool.shutdown()


def wait_until(condition) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_worker_says_that_it_is_there(database, run_until):
    def is_registered():
        with database.read() as session:
            return session.query(Worker).count() == 1

    run_until(is_registered)

    with database.read() as session:
        assert session.query(Worker).one().slots == 2

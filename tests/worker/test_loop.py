"""The worker's loop on a real database with real slots: it asks, trains, closes, and hands over the bundle."""

import io
import json
import threading
import time
import zipfile

import pytest
from sqlalchemy import select

from app.db.models import Experiment, Training, Trial, Worker
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, reduction, storage
from app.services import experiments
from tests import factories
from worker.loop import Loop
from worker.runs.tasks import warm_up
from worker.slots.pool import SlotPool

pytestmark = pytest.mark.slow
PATIENCE = 120.0


@pytest.fixture
def work(settings, database):
    """A worker with two slots, in a thread; `work(condition)` waits until the condition holds."""
    settings.slots, settings.heartbeat_seconds = 2, 0.5
    settings.__dict__.pop("slot_count", None)
    said: list[str] = []
    loop = Loop(settings, database, SlotPool(2, 25, warm_up), said.append)
    thread = threading.Thread(target=loop.run)
    thread.start()

    def until(condition) -> list[str]:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, said
            assert thread.is_alive(), said
            time.sleep(0.05)
        return said

    yield until
    loop.stopping.set()
    thread.join(timeout=30)


def state_of(database, experiment_id):
    with database.read() as session:
        return session.get(Experiment, experiment_id).state


@pytest.mark.parametrize("strategy", ["random", "grid", "tpe", "gp", "manual"])
def test_a_search_runs_to_its_end_with_every_strategy(database, work, strategy):
    points = [{"units_1": 2}, {"units_1": 4}] if strategy == "manual" else []
    space = dict(factories.TINY)
    space |= (
        {}
        if strategy == "manual"
        else {"units_1": {"choice": [2, 3, 4]}, "scaling": {"choice": ["minmax", "standard"]}}
    )
    with database.write() as session:
        made = factories.experiment(
            session, strategy=strategy, max_trials=9, space=space, points=points
        ).id
    work(lambda: state_of(database, made) == ExperimentState.COMPLETED)
    with database.read() as session:
        trials = session.query(Trial).order_by(Trial.number).all()
        assert [trial.number for trial in trials] == list(range(1, len(trials) + 1))
        assert len(trials) == (2 if strategy == "manual" else 6)
        assert {trial.state for trial in trials} == {TrialState.COMPLETED}
        assert len({str(trial.parameters) for trial in trials}) == len(trials)


def test_reduction_stores_what_it_saw_and_draws_nothing_it_dropped(database, work):
    space = {
        **factories.TINY,
        "learning_rate": {"choice": [0.01, 0.003, 1e-7]},
        "units_1": {"integer": [3, 10]},
    }
    asked = {"reduction_interval": 4, "reduction_threshold": 0.05}
    with database.write() as session:
        made = factories.experiment(
            session, strategy="reduction", max_trials=18, space=space, **asked
        ).id
    work(lambda: state_of(database, made) == ExperimentState.COMPLETED)
    with database.read() as session:
        steps = reduction.load_state(session, made).steps
        trials = session.query(Trial).order_by(Trial.number).all()
    assert [step.n_finished for step in steps] == [4, 8, 12, 16][: len(steps)]
    cuts = [step for step in steps if step.is_cut]
    assert cuts
    after = {
        step.n_finished: [row.parameters for row in trials if row.number > step.n_finished + 2]
        for step in cuts
    }  # two ahead
    assert after[cuts[0].n_finished]
    for step in cuts:
        kept = [parameters[step.evidence.parameter] for parameters in after[step.n_finished]]
        assert not set(step.evidence.dropped) & set(kept)


@pytest.mark.each_database
def test_when_a_search_ends_the_best_model_is_packed_and_checked(database, work):
    with database.write() as session:
        made = factories.experiment(session, max_trials=2).id

    def ready():
        with database.read() as session:
            experiment = session.get(Experiment, made)
            return (
                experiment.state == ExperimentState.COMPLETED
                and artifacts.best_model(session, experiment).is_ready
            )

    work(ready)
    with database.read() as session:
        found = artifacts.best_model(session, session.get(Experiment, made))
        assert artifacts.content(session, found.bundle).startswith(b"PK")

    def noted():
        with database.read() as session:
            kept = storage.stored(session, made)
            return kept.bundles and session.get(Experiment, made).stored_bytes == kept.total

    work(noted)
    with database.read() as session:
        query = select(Training.id).where(Training.checkpoint.is_not(None))
        assert list(session.scalars(query)) == [found.trial.training_id], "the best trial's alone"


def test_a_search_out_of_time_hands_over_its_pruned_trial_where_that_is_the_best(
    database, work, client
):
    good = {"target": "difference", "epochs": 3000}  # begins near "tomorrow = today"
    bad = {"learning_rate": 1e-8, "epochs": 3000, "time_steps": 20}  # hardly learns
    points = [good, *({**bad, "units_1": units} for units in range(40, 70))]
    with database.write() as session:
        changes = {"strategy": "manual", "max_trials": len(points), "time_budget_seconds": 600}
        made = factories.experiment(
            session, pruning="asha", space=factories.TINY, points=points, **changes
        ).id

    def spend_budget_beside_a_pruned_best():
        with database.write() as session:
            with_objective = (
                select(Trial).where(Trial.objective.is_not(None)).order_by(Trial.objective)
            )
            lowest = session.scalars(with_objective.limit(1)).first()
            others_run = experiments.running_trials(session, made)
            if lowest is None or lowest.state != TrialState.PRUNED or not others_run:
                return False
            session.get_one(Experiment, made).time_budget_seconds = 0.001
            return True

    def ready():
        with database.read() as session:
            experiment = session.get_one(Experiment, made)
            return (
                experiment.state == ExperimentState.COMPLETED
                and artifacts.best_model(session, experiment).is_ready
            )

    work(spend_budget_beside_a_pruned_best)
    work(ready)
    content = client.get(f"/api/experiments/{made}/best-model").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("trial.json"))
        downloaded = json.loads(archive.read(name))

    with database.read() as session:
        evaluated = [
            trial for trial in session.query(Trial) if artifacts.model_of(session, trial.id)
        ]
        lowest = min(evaluated, key=lambda trial: trial.objective)
        assert lowest.state == TrialState.PRUNED
        assert len(evaluated) > 1
        assert (downloaded["number"], downloaded["objective"]) == (lowest.number, lowest.objective)
        assert "time budget is used up" in session.get_one(Experiment, made).reason


def test_a_stopped_search_ends_and_a_resumed_one_goes_on(database, work):
    with database.write() as session:
        space = {**factories.TINY, "units_1": {"choice": [2, 3, 4]}, "epochs": 3000}
        made = factories.experiment(session, max_trials=3, space=space).id

    def running():
        with database.read() as session:
            return any(trial.epochs_trained > 2 for trial in session.query(Trial))

    work(running)
    with database.write() as session:
        experiments.stop(session, session.get(Experiment, made))
    work(lambda: state_of(database, made) == ExperimentState.STOPPED)
    with database.read() as session:
        stopped = {
            trial.id: trial.epochs_trained
            for trial in session.query(Trial).filter_by(state=TrialState.STOPPED)
        }
    assert stopped
    with database.write() as session:
        experiments.resume(session, session.get(Experiment, made))

    def further():
        with database.read() as session:
            return all(
                session.get(Trial, trial).epochs_trained > epochs
                for trial, epochs in stopped.items()
            )

    work(further)


def test_a_strategy_that_raises_ends_its_search_and_says_why(database, work):
    with database.write() as session:
        made = factories.experiment(session)
        made.strategy = "no such strategy"
        experiment_id = made.id
    work(lambda: state_of(database, experiment_id) == ExperimentState.FAILED)
    with database.read() as session:
        assert "no such strategy" in session.get(Experiment, experiment_id).reason


def test_a_worker_says_that_it_is_there(database, work):
    def seen():
        with database.read() as session:
            return session.query(Worker).count() == 1

    work(seen)
    with database.read() as session:
        assert session.query(Worker).one().slots == 2

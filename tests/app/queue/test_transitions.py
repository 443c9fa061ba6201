"""States change by one conditional UPDATE, in one module, and only as the tables say."""

import ast
from pathlib import Path

import pytest
from sqlalchemy import update

from app.db.models import Experiment, Trial
from app.domain.states import EXPERIMENT_TRANSITIONS, TRIAL_TRANSITIONS
from app.domain.terms import ExperimentState, TrialState
from app.queue import claims, lifecycle
from app.queue.transitions import change_experiment, change_trials
from app.services import experiment_control, trials
from tests import factories

ROOT = Path(__file__).parents[3]
WRITER = ROOT / "app/queue/transitions.py"
SOURCES = sorted(
    path for room in ("app", "worker") for path in (ROOT / room).rglob("*.py") if path != WRITER
)
TRIAL_CHANGES = [transition for transition in TRIAL_TRANSITIONS if transition.sources]
EXPERIMENT_CHANGES = [transition for transition in EXPERIMENT_TRANSITIONS if transition.sources]


def written_states(path: Path) -> list[int]:
    """The lines of a module that give a row that exists another state."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute) and node.attr == "state":
            is_written = isinstance(node.ctx, ast.Store)
        elif isinstance(node, ast.Call):
            is_written = writes_state(node)
        else:
            is_written = False
        if is_written:
            lines.append(node.lineno)
    return lines


def writes_state(call: ast.Call) -> bool:
    """`values(state=…)`, `values({"state": …})`, `setattr(row, "state", …)`."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name not in ("values", "setattr"):
        return False
    constants = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return "state" in constants or any(keyword.arg == "state" for keyword in call.keywords)


def test_nothing_else_writes_a_state():
    lines = {str(path.relative_to(ROOT)): written_states(path) for path in SOURCES}

    assert lines
    assert {path: found for path, found in lines.items() if found} == {}


@pytest.mark.parametrize(
    "statement",
    [
        "trial.state = 1",
        "trial.state, trial.error = 1, 2",
        "trial.state: str = 1",
        "update(Trial).values(state=1)",
        'update(Trial).values({"state": 1})',
        'setattr(trial, "state", 1)',
    ],
)
def test_a_written_state_is_noticed(tmp_path, statement):
    path = tmp_path / "module.py"
    path.write_text(statement)

    assert written_states(path) == [1]


@pytest.fixture
def experiment_in(database):
    """An experiment that is in a certain state; its id."""

    def make(state: ExperimentState) -> int:
        with database.write() as session:
            made = factories.experiment(session)
            session.execute(update(Experiment).where(Experiment.id == made.id).values(state=state))
            return made.id

    return make


@pytest.mark.parametrize("state", ExperimentState)
@pytest.mark.parametrize("transition", EXPERIMENT_CHANGES, ids=lambda transition: transition.name)
def test_an_experiment_changes_only_from_a_source(database, experiment_in, transition, state):
    experiment_id = experiment_in(state)

    with database.write() as session:
        has_changed = change_experiment(session, transition, experiment_id, reason="why")

    with database.read() as session:
        stored = session.get_one(Experiment, experiment_id)
    assert has_changed == (state in transition.sources)
    assert stored.state == (transition.target if has_changed else state)
    assert stored.reason == ("why" if has_changed else None)


@pytest.mark.parametrize("transition", TRIAL_CHANGES, ids=lambda transition: transition.name)
def test_trials_change_only_from_a_source(database, transition):
    states = dict(enumerate(TrialState, start=1))
    with database.write() as session:
        experiment = factories.experiment(session)
        for number, state in states.items():
            trial = factories.trial(session, experiment, number, units_1=number)
            session.execute(update(Trial).where(Trial.id == trial.id).values(state=state))

    with database.write() as session:
        changed = change_trials(session, transition, Trial.experiment_id == experiment.id)

    with database.read() as session:
        stored = {trial.id: trial.state for trial in session.query(Trial)}
    assert {states[trial_id] for trial_id in changed} == transition.sources
    assert stored == states | dict.fromkeys(changed, transition.target)


def test_a_change_is_seen_by_the_session_that_made_it(database):
    with database.write() as session:
        trial = factories.trial(session, factories.experiment(session))

        trials.stop(session, trial)

        assert (trial.state, trial.error) == (
            TrialState.WITHDRAWN,
            "Withdrawn by you before it began.",
        )


@pytest.fixture
def paused_with_a_running_trial(database, experiment_in) -> int:
    """A paused experiment, one trial of which still runs; its id."""
    experiment_id = experiment_in(ExperimentState.QUEUED)
    with database.write() as session:
        experiment = session.get_one(Experiment, experiment_id)
        factories.trial(session, experiment)
        claims.claim(session, "worker")
    with database.write() as session:
        session.execute(update(Experiment).values(state=ExperimentState.PAUSED))
    return experiment_id


def test_a_paused_experiment_that_is_stopped_waits_for_its_running_trials(
    database, paused_with_a_running_trial, client
):
    with database.write() as session:
        experiment_control.stop(session, session.get_one(Experiment, paused_with_a_running_trial))

    with database.read() as session:
        stopping = session.get_one(Experiment, paused_with_a_running_trial)
        assert lifecycle.is_stopping(stopping)
    assert "Stopping: running trials end" in client.get(f"/experiments/{stopping.id}").text

    with database.write() as session:
        token = session.query(Trial.lease_token).scalar()
        claims.release(session, [token], "The worker was stopped")
        assert lifecycle.is_due(session)
        lifecycle.close_finished(session)
        stopped = session.get_one(Experiment, paused_with_a_running_trial)
    assert (stopped.state, stopped.reason) == (
        ExperimentState.STOPPED,
        "Stopped by you after 0 of 3 trials.",
    )


def test_a_paused_experiment_that_is_being_stopped_can_be_resumed(
    database, paused_with_a_running_trial
):
    with database.write() as session:
        experiment = session.get_one(Experiment, paused_with_a_running_trial)
        experiment_control.stop(session, experiment)

        experiment_control.resume(session, experiment)

    with database.read() as session:
        resumed = session.get_one(Experiment, paused_with_a_running_trial)
    assert (resumed.state, resumed.stop_requested_at) == (ExperimentState.QUEUED, None)

"""Searches that are ended or deleted while their strategy thinks."""

import pytest

from app.db.models import Experiment, Trial
from app.domain.terms import ExperimentState, TrialState
from app.queue import lifecycle
from app.services import experiment_control, experiments
from tests import factories
from worker import suggestions
from worker.suggestions import Suggestions

pytestmark = pytest.mark.each_database

SPACE = {**factories.TINY, "units_1": {"integer": [2, 99]}}
REDUCTION = {"strategy": "reduction", "reduction_interval": 4, "reduction_threshold": 0.01}


def close(session, experiment):
    experiment.time_budget_seconds = 1
    experiment.seconds_used = 2
    session.flush()
    lifecycle.close_finished(session)


def fail(session, experiment):
    lifecycle.close_failed(session, experiment.id, "It failed elsewhere.")


def stop(session, experiment):
    experiment_control.stop(session, experiment)


def delete(session, experiment):
    experiments.delete(session, experiment)


@pytest.fixture
def make_search(database):
    """Makes a search that is at number 3, after two completed trials; its id."""

    def make(**changes) -> int:
        request = {"space": SPACE, "max_trials": 20, "strategy": "random", **changes}
        with database.write() as session:
            experiment = factories.experiment(session, **request)
            for number in range(1, 10):
                factories.completed_trial(
                    session, experiment, number, objective=number, units_1=number + 1
                )
            return experiment.id

    return make


@pytest.fixture
def while_thinking(database, monkeypatch):
    """Does something to an experiment each time before its strategy has answered."""
    suggest = suggestions.suggest

    def interleave(experiment_id, change, answer=suggest):
        def think(*arguments):
            with database.write() as session:
                experiment = session.get(Experiment, experiment_id)
                if experiment is not None:
                    change(session, experiment)
            return answer(*arguments)

        monkeypatch.setattr(suggestions, "suggest", think)

    return interleave


def propose(database) -> list[str]:
    """Asks every search until no trial comes any more; what the worker said."""
    messages: list[str] = []
    asking = Suggestions(database, messages.append)
    for _ in range(5):
        if not asking.propose():
            return messages
    raise AssertionError("the worker would ask for ever")


@pytest.mark.parametrize("strategy", ["random", "grid", "tpe"])
@pytest.mark.parametrize("change", [close, fail, stop])
def test_a_search_that_ends_while_it_is_asked_gets_no_trial(
    database, make_search, while_thinking, change, strategy
):
    experiment_id = make_search(strategy=strategy)
    while_thinking(experiment_id, change)

    assert propose(database) == []

    with database.read() as session:
        states = {trial.state for trial in session.query(Trial)}
        experiment = session.get_one(Experiment, experiment_id)
        assert states == {TrialState.COMPLETED}
        assert experiment.state in (
            ExperimentState.COMPLETED,
            ExperimentState.FAILED,
            ExperimentState.STOPPED,
        )


def answer_nothing(*_arguments):
    return None


def raise_error(*_arguments):
    raise ValueError("no idea")


@pytest.mark.parametrize("answer", [suggestions.suggest, answer_nothing, raise_error])
@pytest.mark.parametrize("changes", [{}, REDUCTION], ids=["random", "reduction"])
def test_a_search_that_is_deleted_while_it_is_asked_does_not_disturb_the_worker(
    database, make_search, while_thinking, answer, changes
):
    experiment_id = make_search(**changes)
    while_thinking(experiment_id, delete, answer)

    messages = propose(database)

    assert len(messages) == (answer is raise_error)
    with database.read() as session:
        assert session.query(Experiment).count() == 0


def test_a_search_that_is_deleted_before_its_steps_are_stored_does_not_disturb_the_worker(
    database, make_search, monkeypatch
):
    experiment_id = make_search(**REDUCTION)
    take_due_steps = suggestions.take_due_steps

    def delete_and_take(*arguments):
        with database.write() as session:
            experiments.delete(session, session.get_one(Experiment, experiment_id))
        return take_due_steps(*arguments)

    monkeypatch.setattr(suggestions, "take_due_steps", delete_and_take)

    assert propose(database) == []


def test_a_search_that_is_deleted_before_it_is_read_does_not_disturb_the_worker(
    database, make_search, monkeypatch
):
    experiment_id = make_search()
    needing_trials = suggestions.proposals.needing_trials

    def find_and_delete(session):
        found = needing_trials(session)
        with database.write() as writer:
            experiment = writer.get(Experiment, experiment_id)
            if experiment is not None:
                experiments.delete(writer, experiment)
        return found

    monkeypatch.setattr(suggestions.proposals, "needing_trials", find_and_delete)

    assert propose(database) == []


def test_another_search_gets_its_trials_after_one_was_deleted(
    database, make_search, while_thinking
):
    deleted_id = make_search()
    other_id = make_search()
    while_thinking(deleted_id, delete)
    asking = Suggestions(database, print)

    assert asking.propose()
    assert asking.propose()

    with database.read() as session:
        queued = session.query(Trial).filter_by(state=TrialState.QUEUED)
        assert {trial.experiment_id for trial in queued} == {other_id}

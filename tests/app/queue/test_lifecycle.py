"""When a search is over, failed or paused."""

import pytest

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import claims, lifecycle, proposals
from app.services import experiment_control
from tests import factories


@pytest.fixture
def search(database):
    """A search of five trials, of which those with a cause have ended; its id."""

    def make(*causes: FailureCause | None, max_trials: int = 5) -> int:
        with database.write() as session:
            made = factories.experiment(session, max_trials=max_trials)
            made.state = ExperimentState.RUNNING
            for number, cause in enumerate(causes, start=1):
                if cause is None:
                    factories.completed_trial(session, made, number, units_1=number)
                else:
                    trial = factories.trial(session, made, number, units_1=number)
                    trial.state, trial.failure_cause, trial.error = (
                        TrialState.FAILED,
                        cause,
                        "It failed.",
                    )
        with database.write() as session:
            lifecycle.settle(session)
        return made.id

    return make


def found(database, experiment_id):
    with database.read() as session:
        return session.get(Experiment, experiment_id)


def test_three_failures_of_one_cause_at_the_start_pause_a_search_and_say_why(
    database, search, client
):
    made = search(*[FailureCause.DIVERGED] * 3)
    paused = found(database, made)
    assert (paused.state, paused.finished_at) == (ExperimentState.PAUSED, None)
    assert (
        "the first 3 trials failed, all of one cause: diverged. Lower learning_rate"
        in paused.reason
    )
    assert client.get(f"/api/experiments/{made}").json()["reason"] == paused.reason
    page = client.get(f"/experiments/{made}").text
    assert "Paused: the first 3 trials failed" in page
    assert f'action="/experiments/{made}/resume"' in page
    with database.write() as session:
        factories.trial(session, session.get(Experiment, made), 4, units_1=9)
        assert claims.claim(session, "worker") is None
        assert proposals.wanting(session) == []


@pytest.mark.parametrize(
    "causes",
    [
        pytest.param((FailureCause.DIVERGED, FailureCause.DIVERGED), id="two"),
        pytest.param(
            (FailureCause.DIVERGED, FailureCause.DIVERGED, FailureCause.HUNG), id="not of one cause"
        ),
        pytest.param(
            (FailureCause.DIVERGED, None, FailureCause.DIVERGED, FailureCause.DIVERGED),
            id="not at the start",
        ),
        pytest.param((FailureCause.DOES_NOT_FIT,) * 3, id="never trained"),
    ],
)
def test_other_failures_do_not_pause_a_search(database, search, causes):
    assert found(database, search(*causes)).state == ExperimentState.RUNNING


def test_a_resumed_search_is_not_paused_again(database, search, client):
    made = search(*[FailureCause.DIVERGED] * 3)
    assert client.post(f"/api/experiments/{made}/resume").status_code == 200
    with database.write() as session:
        lifecycle.settle(session)
    resumed = found(database, made)
    assert (resumed.state, resumed.reason) == (ExperimentState.QUEUED, None)


def test_a_paused_search_can_be_stopped(database, search):
    made = search(*[FailureCause.HUNG] * 3)
    with database.write() as session:
        experiment_control.stop(session, session.get(Experiment, made))
    assert found(database, made).state == ExperimentState.STOPPED
    with database.write() as session, pytest.raises(Conflict):
        experiment_control.stop(session, session.get(Experiment, made))


def test_a_search_whose_trials_all_failed_has_failed_and_says_of_what(database, search):
    ended = found(
        database,
        search(FailureCause.DIVERGED, FailureCause.DIVERGED, FailureCause.HUNG, max_trials=3),
    )
    assert ended.state == ExperimentState.FAILED
    assert ended.reason == "Every trial failed (3: 2 × diverged, 1 × hung), so there is no model."
    assert ended.finished_at is not None


def test_a_search_with_one_good_trial_is_completed(database, search):
    assert (
        found(database, search(FailureCause.HUNG, None, max_trials=2)).state
        == ExperimentState.COMPLETED
    )


def test_a_spent_time_budget_on_failures_alone_fails_the_search(database, search):
    made = search(FailureCause.HUNG)
    with database.write() as session:
        session.get(Experiment, made).time_budget_seconds = 1
        session.get(Experiment, made).seconds_used = 2
    with database.write() as session:
        lifecycle.settle(session)
        assert session.query(Trial).count() == 1
    assert found(database, made).state == ExperimentState.FAILED

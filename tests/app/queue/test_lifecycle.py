"""When a search is over, failed or paused."""

import pytest

from app.db.models import Experiment, Trial
from app.domain.failure_causes import FailureCause
from app.domain.runs import TrialOutcome
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import claims, lifecycle, proposals, recording
from app.services import experiment_control
from tests import factories

DIVERGED = FailureCause.DIVERGED
HUNG = FailureCause.HUNG
STOPPED = TrialOutcome(TrialState.STOPPED, error="Stopped")


@pytest.fixture
def search(database):
    """Makes a search of which one trial for each cause has ended (None: completed); its id."""

    def make(*causes: FailureCause | None, max_trials: int = 5) -> int:
        with database.write() as session:
            experiment = factories.experiment(session, max_trials=max_trials)
            experiment.state = ExperimentState.RUNNING
            for number, cause in enumerate(causes, start=1):
                if cause is None:
                    factories.completed_trial(session, experiment, number, units_1=number)
                else:
                    trial = factories.trial(session, experiment, number, units_1=number)
                    trial.state = TrialState.FAILED
                    trial.failure_cause = cause
                    trial.error = "It failed."
        with database.write() as session:
            lifecycle.close_finished(session)
        return experiment.id

    return make


def read_experiment(database, experiment_id):
    with database.read() as session:
        return session.get(Experiment, experiment_id)


def test_an_experiment_whose_trials_have_all_ended_is_completed(database, queued):
    for _ in range(3):
        with database.write() as session:
            claim = claims.claim(session, "worker")
            recording.finish(session, claim.token, claim.trial_ids[0], STOPPED)

    with database.write() as session:
        lifecycle.close_finished(session)

    experiment = read_experiment(database, queued)
    assert experiment.state == ExperimentState.COMPLETED
    assert experiment.reason == "All 3 trials have ended."


def test_a_stopped_and_resumed_experiment_continues_what_its_stop_interrupted(database, queued):
    with database.write() as session:
        claim = claims.claim(session, "worker")
        experiment_control.stop(session, session.get(Experiment, queued))
        recording.finish(session, claim.token, claim.trial_ids[0], STOPPED)
        lifecycle.close_finished(session)
    assert read_experiment(database, queued).state == ExperimentState.STOPPED

    with database.write() as session:
        experiment_control.resume(session, session.get(Experiment, queued))

    with database.write() as session:
        assert session.get(Trial, claim.trial_ids[0]).state == TrialState.QUEUED
        assert claims.claim(session, "worker") is not None


def test_three_failures_of_one_cause_at_the_start_pause_a_search_and_say_why(
    database, search, client
):
    experiment_id = search(DIVERGED, DIVERGED, DIVERGED)

    paused = read_experiment(database, experiment_id)
    described = client.get(f"/api/experiments/{experiment_id}").json()
    page = client.get(f"/experiments/{experiment_id}").text
    reason = "the first 3 trials failed, all of one cause: diverged. Lower learning_rate"
    assert (paused.state, paused.finished_at) == (ExperimentState.PAUSED, None)
    assert reason in paused.reason
    assert described["reason"] == paused.reason
    assert "Paused: the first 3 trials failed" in page
    assert f'action="/experiments/{experiment_id}/resume"' in page


def test_a_paused_search_starts_no_trials(database, search):
    experiment_id = search(DIVERGED, DIVERGED, DIVERGED)

    with database.write() as session:
        factories.trial(session, session.get(Experiment, experiment_id), 4, units_1=9)

        assert claims.claim(session, "worker") is None
        assert proposals.needing_trials(session) == []


@pytest.mark.parametrize(
    "causes",
    [
        pytest.param((DIVERGED, DIVERGED), id="two"),
        pytest.param((DIVERGED, DIVERGED, HUNG), id="not of one cause"),
        pytest.param((DIVERGED, None, DIVERGED, DIVERGED), id="not at the start"),
        pytest.param((FailureCause.DOES_NOT_FIT,) * 3, id="never trained"),
    ],
)
def test_other_failures_do_not_pause_a_search(database, search, causes):
    experiment_id = search(*causes)

    assert read_experiment(database, experiment_id).state == ExperimentState.RUNNING


def test_a_resumed_search_is_not_paused_again(database, search, client):
    experiment_id = search(DIVERGED, DIVERGED, DIVERGED)
    assert client.post(f"/api/experiments/{experiment_id}/resume").status_code == 200

    with database.write() as session:
        lifecycle.close_finished(session)

    resumed = read_experiment(database, experiment_id)
    assert (resumed.state, resumed.reason) == (ExperimentState.QUEUED, None)


def test_a_paused_search_can_be_stopped(database, search):
    experiment_id = search(HUNG, HUNG, HUNG)

    with database.write() as session:
        experiment_control.stop(session, session.get(Experiment, experiment_id))

    assert read_experiment(database, experiment_id).state == ExperimentState.STOPPED
    with database.write() as session, pytest.raises(Conflict):
        experiment_control.stop(session, session.get(Experiment, experiment_id))


def test_a_search_whose_trials_all_failed_has_failed_and_says_of_what(database, search):
    experiment_id = search(DIVERGED, DIVERGED, HUNG, max_trials=3)

    failed = read_experiment(database, experiment_id)
    assert failed.state == ExperimentState.FAILED
    assert failed.reason == "Every trial failed (3: 2 × diverged, 1 × hung), so there is no model."
    assert failed.finished_at is not None


def test_a_search_with_one_good_trial_is_completed(database, search):
    experiment_id = search(HUNG, None, max_trials=2)

    assert read_experiment(database, experiment_id).state == ExperimentState.COMPLETED


def test_a_spent_time_budget_on_failures_alone_fails_the_search(database, search):
    experiment_id = search(HUNG)
    with database.write() as session:
        experiment = session.get(Experiment, experiment_id)
        experiment.time_budget_seconds = 1
        experiment.seconds_used = 2

    with database.write() as session:
        lifecycle.close_finished(session)
        assert session.query(Trial).count() == 1

    assert read_experiment(database, experiment_id).state == ExperimentState.FAILED

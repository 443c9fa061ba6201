"""A used-up time budget: no work is started in vain, and with more time a search goes on."""

import pytest

from app.db.models import Experiment, Trial
from app.domain.runs import TrialOutcome
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import budget, claims, lifecycle, recording
from app.schemas import MAX_BUDGET_SECONDS
from app.services import experiment_control, trials
from tests import factories
from tests.clock import now

OUT_OF_TIME = TrialOutcome(TrialState.STOPPED, 1, error="out of time")


def end_by_budget(session):
    """A search that its time budget ended: one trial in its training, one before it started."""
    experiment = factories.experiment(session, time_budget_seconds=10, max_trials=2)
    for number in (1, 2):
        factories.trial(session, experiment, number, units_1=number)
    claim = claims.claim(session, "worker")
    experiment.seconds_used = 12
    session.flush()
    recording.finish(session, claim.token, claim.trial_ids[0], OUT_OF_TIME)
    lifecycle.close_finished(session)
    session.refresh(experiment)
    assert experiment.state == ExperimentState.COMPLETED
    assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]
    return experiment


def trial_states(session):
    return [trial.state for trial in session.query(Trial).order_by(Trial.number)]


@pytest.mark.parametrize(
    "ask",
    [
        lambda session, experiment: trials.retry(session, session.query(Trial).first()),
        lambda session, experiment: experiment_control.add_trials(session, experiment, 3),
    ],
    ids=["retry", "more trials"],
)
def test_what_would_be_ended_at_once_is_not_started(database, ask):
    words = "time budget of this experiment is used up: give it more time first"
    with database.write() as session:
        experiment = end_by_budget(session)

        with pytest.raises(Conflict, match=words):
            ask(session, experiment)

        assert experiment.max_trials == 2
        assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]


def test_a_search_is_not_resumed_without_more_time(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        experiment.state = ExperimentState.STOPPED

        with pytest.raises(Conflict, match="more time"):
            experiment_control.resume(session, experiment)

        assert trial_states(session) == [TrialState.STOPPED, TrialState.WITHDRAWN]


def test_with_more_time_a_search_goes_on_with_what_its_budget_had_ended(database):
    with database.write() as session:
        experiment = end_by_budget(session)

        experiment_control.add_time(session, experiment, 60)

        assert experiment.time_budget_seconds == pytest.approx(72, abs=2), (
            "from what was used, not from what was allowed"
        )
        assert (experiment.state, experiment.reason) == (ExperimentState.QUEUED, None)
        assert experiment.finished_at is None
        assert trial_states(session) == [TrialState.QUEUED, TrialState.QUEUED]
        session.flush()
        assert claims.claim(session, "worker") is not None
        session.refresh(experiment)
        assert experiment.state == ExperimentState.RUNNING
        assert not budget.is_spent(experiment)
        lifecycle.close_finished(session)
        assert experiment.state == ExperimentState.RUNNING


def test_more_time_leaves_what_a_person_stopped(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        session.query(Trial).filter_by(number=2).one().stop_requested_at = now()

        experiment_control.add_time(session, experiment, 60)

        assert trial_states(session) == [TrialState.QUEUED, TrialState.WITHDRAWN]


def test_more_time_leaves_a_search_that_a_person_stopped(database):
    with database.write() as session:
        experiment = end_by_budget(session)
        experiment.state = ExperimentState.STOPPED
        experiment.reason = "Stopped by you"

        experiment_control.add_time(session, experiment, 60)

        assert experiment.state == ExperimentState.STOPPED


def test_time_is_added_to_a_budget_only_and_within_bounds(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        with pytest.raises(Conflict, match="has no time budget"):
            experiment_control.add_time(session, experiment, 60)

        experiment.time_budget_seconds = 100
        with pytest.raises(Conflict, match="at most 10,000,000 seconds"):
            experiment_control.add_time(session, experiment, MAX_BUDGET_SECONDS)

        experiment_control.add_time(session, experiment, 60)
        assert session.get(Experiment, experiment.id).time_budget_seconds == 160

"""A search whose time budget is used up: nothing is begun for nothing, and with more time it goes on where it was."""

from datetime import timedelta

import pytest

from app.db.models import Experiment, Trial
from app.domain.terms import ExperimentState, TrialState
from app.errors import Conflict
from app.queue import budget, claims, lifecycle, recording
from app.queue.recording import Ending
from app.schemas import MAX_BUDGET_SECONDS
from app.services import experiment_control, trials
from tests import factories
from tests.clock import now


def spent(session):
    """A search that has ended with its time: one trial in the middle of its training, one that never began."""
    made = factories.experiment(session, time_budget_seconds=10, max_trials=2)
    for number in (1, 2):
        factories.trial(session, made, number, units_1=number)
    claim = claims.claim(session, "worker")
    made.resumed_at = now() - timedelta(seconds=12)
    session.flush()
    recording.finish(
        session, claim.token, claim.trial_ids[0], Ending(TrialState.STOPPED, 1, error="out of time")
    )
    lifecycle.settle(session)
    session.refresh(made)
    assert (made.state, {trial.state for trial in session.query(Trial)}) == (
        ExperimentState.COMPLETED,
        {TrialState.STOPPED},
    )
    return made


def test_what_would_be_ended_at_once_is_not_begun(database):
    with database.write() as session:
        made = spent(session)
        for ask in (
            lambda: trials.retry(session, session.query(Trial).first()),
            lambda: experiment_control.add_trials(session, made, 3),
        ):
            with pytest.raises(
                Conflict, match="time budget of this experiment is used up: give it more time first"
            ):
                ask()
        made.state = ExperimentState.STOPPED
        with pytest.raises(Conflict, match="more time"):
            experiment_control.resume(session, made)
        assert made.max_trials == 2
        assert {trial.state for trial in session.query(Trial)} == {TrialState.STOPPED}


def test_with_more_time_a_search_goes_on_with_what_its_budget_had_ended(database):
    with database.write() as session:
        made = spent(session)
        experiment_control.add_time(session, made, 60)
        assert made.time_budget_seconds == pytest.approx(72, abs=2), (
            "from what was used, not from what was allowed"
        )
        assert (made.state, made.reason, made.finished_at) == (ExperimentState.QUEUED, None, None)
        assert {trial.state for trial in session.query(Trial)} == {TrialState.QUEUED}
        session.flush()
        assert claims.claim(session, "worker") is not None
        session.refresh(made)
        assert made.state == ExperimentState.RUNNING
        assert not budget.is_spent(made)
        lifecycle.settle(session)
        assert made.state == ExperimentState.RUNNING


def test_more_time_leaves_what_a_person_stopped(database):
    with database.write() as session:
        made = spent(session)
        session.query(Trial).filter_by(number=2).one().stop_requested_at = now()
        experiment_control.add_time(session, made, 60)
        assert [trial.state for trial in session.query(Trial).order_by(Trial.number)] == [
            TrialState.QUEUED,
            TrialState.STOPPED,
        ]
        made.state, made.reason = ExperimentState.STOPPED, "Stopped by you"
        experiment_control.add_time(session, made, 60)
        assert made.state == ExperimentState.STOPPED


def test_time_is_added_to_a_budget_only_and_within_bounds(database):
    with database.write() as session:
        made = factories.experiment(session)
        with pytest.raises(Conflict, match="has no time budget"):
            experiment_control.add_time(session, made, 60)
        made.time_budget_seconds = 100
        with pytest.raises(Conflict, match="at most 10,000,000 seconds"):
            experiment_control.add_time(session, made, MAX_BUDGET_SECONDS)
        experiment_control.add_time(session, made, 60)
        assert session.get(Experiment, made.id).time_budget_seconds == 160

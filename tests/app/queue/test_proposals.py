"""How what a strategy proposes becomes a trial in the queue."""

from app.domain.terms import ExperimentState, TrialState
from app.queue import claims, proposals
from tests import factories


def test_a_search_whose_time_budget_is_used_up_needs_no_trials(database):
    with database.write() as session:
        experiment = factories.experiment(session, time_budget_seconds=10)
        factories.trial(session, experiment, 1)
        claims.claim(session, "worker")
        experiment.seconds_used = 11
        experiment.state = ExperimentState.RUNNING
        session.flush()

        assert proposals.needing_trials(session) == []


def test_a_number_that_is_taken_is_not_given_twice(database):
    with database.write() as session:
        experiment = factories.experiment(session)
        trial = factories.trial(session, experiment, 1)

        assert proposals.propose(session, experiment, 1, trial.parameters) is None


def test_parameters_that_do_not_fit_the_data_fail_in_words_before_they_are_queued(database):
    with database.write() as session:
        experiment = factories.experiment(session)

        trial = factories.trial(session, experiment, 1, time_steps=500)

        assert trial.state == TrialState.FAILED
        assert "time_steps" in trial.error or "rows" in trial.error

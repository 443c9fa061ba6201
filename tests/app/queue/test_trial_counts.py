"""How many trials of an experiment have ended, were trained or failed."""

from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from app.queue import trial_counts
from app.queue.trial_counts import FailureCount
from tests import factories

WIDE = {**factories.TINY, "units_1": {"integer": [2, 99]}}


def test_only_trials_that_began_and_ended_count_as_trained(database):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=9, space=WIDE)
        factories.completed_trial(session, experiment, 1, units_1=2)
        factories.completed_trial(session, experiment, 2, units_1=3).state = TrialState.RUNNING
        factories.trial(session, experiment, 3, time_steps=500)  # does not fit the data
        factories.trial(session, experiment, 4, units_1=4).state = TrialState.WITHDRAWN
        factories.trial(session, experiment, 5, units_1=5)
        session.flush()

        counts = trial_counts.count_states(session, experiment.id)

        assert trial_counts.count_finished(counts) == 2
        assert trial_counts.count_trained(session, [experiment.id]) == {experiment.id: 1}
        assert counts[TrialState.WITHDRAWN] == 1


def test_an_exhausted_search_plans_the_trials_that_it_has(database):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=9)
        factories.trial(session, experiment)
        counts = trial_counts.count_states(session, experiment.id)
        assert trial_counts.planned_trials(experiment, counts) == 9

        experiment.exhausted = True

        assert trial_counts.planned_trials(experiment, counts) == 1


def test_failures_are_counted_by_cause_the_most_frequent_first(database):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=9, space=WIDE)
        causes = (FailureCause.HUNG, FailureCause.DIVERGED, FailureCause.DIVERGED)
        for number, cause in enumerate(causes, start=1):
            trial = factories.trial(session, experiment, number, units_1=number + 1)
            trial.state = TrialState.FAILED
            trial.failure_cause = cause
            trial.error = f"error {number}"
        session.flush()

        failures = trial_counts.count_failures(session, experiment.id)

    assert failures == [
        FailureCount(FailureCause.DIVERGED, 2, "error 2"),
        FailureCount(FailureCause.HUNG, 1, "error 1"),
    ]

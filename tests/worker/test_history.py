"""What strategies are told: a search's own trials, and before them the results it starts from."""

from app.db.models import Experiment, Trial
from app.domain.terms import TrialState
from app.domain.warm_start import EarlierResult
from app.queue.proposals import TrialRecord
from tests import factories
from worker.history import observe_earlier_results, observe_trial
from worker.strategies import Observation
from worker.suggestions import Suggestions

SPACE = {**factories.TINY, "units_1": {"choice": [2, 3, 4, 5]}}


def test_trials_that_have_not_ended_are_pending():
    for state in (TrialState.QUEUED, TrialState.RUNNING, TrialState.WITHDRAWN):
        observation = observe_trial(TrialRecord(3, {"units_1": 2}, None, state))

        assert observation == Observation(3, {"units_1": 2}, None, "pending")


def test_a_stopped_trial_counts_if_it_has_an_objective():
    with_objective = observe_trial(TrialRecord(3, {"units_1": 2}, 0.5, TrialState.STOPPED))
    without_objective = observe_trial(TrialRecord(4, {"units_1": 2}, None, TrialState.STOPPED))

    assert with_objective.state == "finished"
    assert with_objective.objective == 0.5
    assert without_objective.state == "failed"


def test_earlier_results_are_trials_before_the_first():
    results = [EarlierResult({"units_1": 2}, 3.0), EarlierResult({"units_1": 4}, 1.0)]

    observations = observe_earlier_results(results)

    assert observations == [
        Observation(-1, {"units_1": 2}, 3.0, "finished"),
        Observation(0, {"units_1": 4}, 1.0, "finished"),
    ]
    assert observe_earlier_results([]) == []


def test_a_grid_that_starts_from_results_tries_only_what_is_left(database):
    request = {"space": SPACE, "strategy": "grid", "max_trials": 9}
    with database.write() as session:
        earlier = factories.experiment(session, **request)
        factories.completed_trial(session, earlier, 1, units_1=2)
        factories.completed_trial(session, earlier, 2, units_1=4)
        earlier.exhausted = True
        pasted = "units_1,objective\n5,2"
        experiment_id = factories.experiment(
            session, **request, start_from=[earlier.id], pasted_results=pasted
        ).id
    asking = Suggestions(database, print)

    while asking.propose():
        pass

    with database.read() as session:
        (trial,) = session.query(Trial).where(Trial.experiment_id == experiment_id)
        assert (trial.number, trial.parameters["units_1"]) == (1, 3)
        assert session.get(Experiment, experiment_id).exhausted

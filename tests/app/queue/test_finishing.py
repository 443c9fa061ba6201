"""The last part of a time budget finishes the best trials."""

import pytest

from app.db.models import Epoch, Training, Trial
from app.domain.pruning import PRUNINGS
from app.domain.runs import EpochRecord
from app.domain.terms import ExperimentState, TrialState
from app.queue import artifacts, claims, finishing, proposals, pruning, recording
from tests import factories
from tests.app.queue.searches import EPOCHS, FakeWorker, search

BUDGETS = {"trials": {"max_trials": 8}, "time": {"max_trials": 190, "time_budget_seconds": 50}}


def evaluated_trials(session):
    """From the best to the worst."""
    trials = session.query(Trial).filter(Trial.objective.is_not(None))
    return trials.order_by(Trial.objective, Trial.number).all()


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("pruning", PRUNINGS)
def test_the_best_of_all_is_handed_over_and_trained_in_full(database, pruning, budget):
    with database.write() as session:
        experiment = search(session, pruning=pruning, **BUDGETS[budget])

        FakeWorker(session, experiment).run()

        trials = evaluated_trials(session)
        best = artifacts.best_trial(session, experiment.id)
        states = [trial.state for trial in trials]
        assert experiment.state == ExperimentState.COMPLETED
        assert best.number == trials[0].number
        assert TrialState.COMPLETED in states
        if budget == "trials" or PRUNINGS[pruning].promotes:
            assert best.state == TrialState.COMPLETED


def half_done_search(session, **changes):
    """A search that asha prunes: trial 1 is pruned, 2 completed and 3, the worst, runs."""
    experiment = search(session, pruning="asha", max_trials=9, time_budget_seconds=100, **changes)
    for number, epochs, state in (
        (1, 9, TrialState.PRUNED),
        (2, EPOCHS, TrialState.COMPLETED),
        (3, 9, TrialState.PRUNED),
    ):
        trial = factories.completed_trial(
            session, experiment, number, float(number), units_1=number, epochs=EPOCHS
        )
        trial.state = state
        trial.epochs_trained = epochs
    factories.trial(session, experiment, 4, units_1=4, epochs=EPOCHS)
    experiment.state = ExperimentState.RUNNING
    session.flush()
    return experiment


def test_the_last_part_of_a_time_budget_takes_the_best_pruned_trial_alone(database):
    with database.write() as session:
        experiment = half_done_search(session)
        experiment.seconds_used = 84
        session.flush()
        assert proposals.needing_trials(session) == [experiment.id]

        experiment.seconds_used = 86
        session.flush()
        needing = proposals.needing_trials(session)
        taken = []
        for _ in range(3):
            proposals.promote(session)
            claim = claims.claim(session, "worker")
            taken += [session.get_one(Trial, trial_id).number for trial_id in claim.trial_ids]

        assert needing == []
        assert taken == [1, 3, 4], "then the next best, and then the search goes on"
        assert proposals.needing_trials(session) == [experiment.id]


def test_more_time_is_kept_where_the_best_trial_needs_longer(database):
    with database.write() as session:
        experiment = half_done_search(session)
        best = session.query(Trial).filter_by(number=1).one()
        at_usual_pace = finishing.seconds_kept(session, experiment)

        session.query(Epoch).filter_by(training_id=best.training_id).update({"seconds": 1.0})
        slow = finishing.seconds_kept(session, experiment)
        session.query(Epoch).filter_by(training_id=best.training_id).update({"seconds": 99.0})
        slowest = finishing.seconds_kept(session, experiment)

        assert at_usual_pace == pytest.approx(15.0)
        assert slow == pytest.approx(1.5 * 18, abs=0.5)
        assert slowest == pytest.approx(50.0)


def test_a_worse_running_trial_ends_while_a_better_one_waits(database):
    epoch = EpochRecord(number=4, train_loss=9.0, val_loss=9.0, objective=9.0, seconds=0.1)
    with database.write() as session:
        experiment = half_done_search(session)
        claim = claims.claim(session, "worker")
        session.get_one(Training, claim.training_id).epochs_trained = 3
        before = recording.record_epoch(session, claim.token, claim.training_id, epoch)
        experiment.seconds_used = 86
        session.flush()

        decisions = recording.record_epoch(session, claim.token, claim.training_id, epoch)

        assert before == {}
        (decision,) = decisions.values()
        assert decision.state == TrialState.PRUNED
        assert "trial 1, which is better, waits" in decision.reason


def test_no_rung_ends_one_of_the_best_in_the_last_part(database):
    with database.write() as session:
        experiment = half_done_search(session)
        experiment.seconds_used = 86
        session.flush()
        proposals.promote(session)
        claim = claims.claim(session, "worker")
        epochs = session.query(Epoch).filter_by(training_id=claim.training_id)
        epochs.update({"objective": 5.0})

        reason_of_pruning = pruning.find_reason(session, experiment, claim.training_id, 3)
        reason = finishing.find_reason_to_prune(session, experiment, claim.training_id, 3)

        assert reason_of_pruning is not None
        assert reason is None

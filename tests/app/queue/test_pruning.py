"""Pruning in the database: who is compared with whom, and who goes on after all."""

from datetime import timedelta

from app.db.models import Epoch, Experiment, Trial
from app.domain.terms import ExperimentState, TrialState
from app.queue import claims, lifecycle, proposals, pruning, recording
from tests import factories
from tests.clock import now


def halving(session, **changes):
    space = {**factories.TINY, "units_1": {"choice": list(range(2, 12))}, "epochs": 9}
    return factories.experiment(session, space=space, pruning="asha", max_trials=9, **changes)


def hyperband(session, **changes):
    """Brackets of trials 1 to 9: 0 1 0 2 0 1 0 2 0; bracket 0 is looked at after epochs 1 and 3, 1 after 3, 2 never."""
    made = halving(session, **changes)
    made.pruning = "hyperband"
    return made


def ran(session, made, number, values, state=TrialState.PRUNED):
    """A trial that has run as many epochs as there are values."""
    trial = factories.trial(session, made, number, units_1=number + 1, epochs=9)
    for epoch, value in enumerate(values, start=1):
        row = {"train_loss": value, "val_loss": value, "objective": value, "seconds": 0.1}
        session.add(Epoch(training_id=trial.training_id, number=epoch, **row))
    trial.state, trial.epochs_trained, trial.objective = state, len(values), min(values)
    session.flush()
    return trial


def test_the_longest_training_of_a_search_is_read_off_its_space(database):
    with database.write() as session:
        assert pruning.longest(halving(session)) == 9
        assert (
            pruning.longest(factories.experiment(session, space={"epochs": {"choice": [3, 30, 7]}}))
            == 30
        )
        assert (
            pruning.longest(factories.experiment(session, space={"epochs": {"integer": [3, 40]}}))
            == 40
        )


def test_a_trial_is_compared_with_those_that_came_as_far(database):
    with database.write() as session:
        made = halving(session)
        ran(session, made, 1, [5.0, 4.0, 3.0])
        ran(session, made, 2, [2.0])
        third = ran(session, made, 3, [6.0, 1.0, 7.0])
        assert sorted(pruning.values_at(session, made, 3).values()) == [1.0, 3.0]
        assert sorted(pruning.values_at(session, made, 1).values()) == [2.0, 5.0, 6.0]
        assert "number 3 of 3 trials at epoch 1" in pruning.reason(
            session, made, third.training_id, 1
        )
        assert pruning.reason(session, made, third.training_id, 2) is None


def test_a_pruned_trial_that_proves_good_is_queued_again(database):
    with database.write() as session:
        made = halving(session)
        first = ran(session, made, 1, [2.0])
        ran(session, made, 2, [3.0])
        assert pruning.promote(session, made) == 0
        ran(session, made, 3, [4.0])
        assert pruning.promote(session, made) == 1
    with database.read() as session:
        assert session.get(Trial, first.id).state == TrialState.QUEUED


def test_a_search_is_not_over_while_a_pruned_trial_may_go_on(database):
    with database.write() as session:
        made = halving(session)
        made.max_trials, made.state, made.resumed_at = 3, ExperimentState.RUNNING, now()
        for number, value in enumerate((2.0, 3.0, 4.0), start=1):
            ran(session, made, number, [value])
        lifecycle.settle(session)
        assert session.get(Experiment, made.id).state == ExperimentState.RUNNING
        claim = claims.claim(session, "worker")
        assert len(claim.trial_ids) == 1


def test_a_search_without_anything_left_to_try_trains_its_best_to_the_end(database):
    with database.write() as session:
        made = halving(session)
        first, second = ran(session, made, 1, [3.0]), ran(session, made, 2, [2.0])
        assert (pruning.promote(session, made), pruning.finish(session, made)) == (0, 1)
        session.refresh(second)
        assert (first.state, second.state) == (TrialState.PRUNED, TrialState.QUEUED)
        second.state, second.objective = (
            TrialState.COMPLETED,
            2.5,
        )  # of another objective, say: it need not stay the best
        assert pruning.finish(session, made) == 0
        second.objective = 3.5
        assert pruning.finish(session, made) == 1
        session.refresh(first)
        assert first.state == TrialState.QUEUED


def test_trials_that_share_a_training_go_on_together_in_the_end(database):
    with database.write() as session:
        made = halving(session)
        ran(session, made, 1, [2.0])
        rider = factories.trial(session, made, 2, units_1=2, epochs=5)
        rider.state, rider.epochs_trained, rider.objective = TrialState.PRUNED, 1, 2.0
        session.flush()
        assert pruning.finish(session, made) == 2


def test_a_time_budget_is_used_up_on_what_was_pruned(database):
    with database.write() as session:
        made = halving(session, time_budget_seconds=60)
        made.max_trials, made.state, made.resumed_at = 3, ExperimentState.RUNNING, now()
        best = ran(session, made, 1, [1.0] * 9, TrialState.COMPLETED)
        second = ran(session, made, 2, [2.0])
        proposals.promote(session)
        session.refresh(second)
        assert second.state == TrialState.PRUNED, "a third trial can be tried"
        third = ran(session, made, 3, [3.0, 3.0, 3.0])
        proposals.promote(session)
        session.refresh(second)
        assert [trial.state for trial in (best, second, third)] == [
            TrialState.COMPLETED,
            TrialState.QUEUED,
            TrialState.PRUNED,
        ]
        proposals.promote(session)
        session.refresh(third)
        assert third.state == TrialState.PRUNED, "one waits already"
        made.resumed_at = now() - timedelta(seconds=61)
        session.flush()
        assert claims.claim(session, "worker") is None
        assert (pruning.promote(session, made), pruning.finish(session, made)) == (0, 0)
        lifecycle.settle(session)
        session.refresh(second)
        assert second.state == TrialState.STOPPED
        assert second.error == "Stopped because the time budget is used up."
        assert session.get(Experiment, made.id).state == ExperimentState.COMPLETED


def test_an_epoch_at_a_rung_orders_the_trial_to_be_pruned(database):
    with database.write() as session:
        made = halving(session)
        factories.trial(session, made, 1, epochs=9)
        claim = claims.claim(session, "worker")
        epoch = recording.EpochRecord(
            number=1,
            train_loss=1.0,
            val_loss=1.0,
            objective=1.0,
            seconds=0.1,
        )
        orders = recording.record_epoch(session, claim.token, claim.training_id, epoch)
    assert orders[claim.trial_ids[0]][0] == TrialState.PRUNED
    assert "epoch 1" in orders[claim.trial_ids[0]][1]


def test_hyperband_compares_a_trial_with_those_of_its_bracket_only(database):
    with database.write() as session:
        made = hyperband(session)
        first, second = ran(session, made, 1, [5.0]), ran(session, made, 2, [4.0])
        third = ran(session, made, 3, [6.0])
        assert "number 1 of 2 trials of bracket 1 at epoch 1" in pruning.reason(
            session, made, first.training_id, 1
        )
        assert "number 2 of 2 trials of bracket 1 at epoch 1" in pruning.reason(
            session, made, third.training_id, 1
        )
        assert pruning.reason(session, made, second.training_id, 1) is None


def test_a_later_bracket_is_looked_at_from_its_own_first_rung(database):
    with database.write() as session:
        made = hyperband(session)
        second = ran(session, made, 2, [9.0, 9.0, 9.0])
        fourth = ran(session, made, 4, [9.0, 9.0, 9.0])
        assert "of bracket 2 at epoch 3" in pruning.reason(session, made, second.training_id, 3)
        assert pruning.reason(session, made, fourth.training_id, 3) is None


def test_hyperband_promotes_the_best_of_a_bracket(database):
    with database.write() as session:
        made = hyperband(session)
        first = ran(session, made, 1, [2.0])
        ran(session, made, 2, [3.0, 3.0, 3.0])
        ran(session, made, 3, [4.0])
        assert pruning.promote(session, made) == 0
        ran(session, made, 5, [5.0])
        assert pruning.promote(session, made) == 1
    with database.read() as session:
        assert session.get(Trial, first.id).state == TrialState.QUEUED


def test_trials_that_share_a_training_share_its_bracket(database):
    with database.write() as session:
        made = hyperband(session)
        shared = ran(session, made, 2, [3.0])
        assert (
            factories.trial(session, made, 3, units_1=3, epochs=5).training_id == shared.training_id
        )
        assert pruning.reason(session, made, shared.training_id, 1) is None

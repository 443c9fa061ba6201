"""Pruning in the database: what a trial is compared with, and which pruned trials go on later."""

import pytest

from app.db.models import Epoch, Experiment, Trial
from app.domain.runs import EpochRecord
from app.domain.terms import ExperimentState, TrialState
from app.queue import claims, lifecycle, proposals, pruning, recording
from tests import factories
from tests.clock import now


def halving_search(session, **changes):
    """A search that asha prunes, with up to nine trials of up to nine epochs."""
    space = {**factories.TINY, "units_1": {"choice": list(range(2, 12))}, "epochs": 9}
    return factories.experiment(session, space=space, pruning="asha", max_trials=9, **changes)


def hyperband_search(session, **changes):
    """Trials 1 to 9 are in brackets 0 1 0 2 0 1 0 2 0.

    Bracket 0 compares after epochs 1 and 3, bracket 1 after epoch 3, bracket 2 never.
    """
    experiment = halving_search(session, **changes)
    experiment.pruning = "hyperband"
    return experiment


def add_run_trial(session, experiment, number, values, state=TrialState.PRUNED):
    """A trial that has run as many epochs as there are values."""
    trial = factories.trial(session, experiment, number, units_1=number + 1, epochs=9)
    for epoch, value in enumerate(values, start=1):
        row = {"train_loss": value, "val_loss": value, "objective": value, "seconds": 0.1}
        session.add(Epoch(training_id=trial.training_id, number=epoch, **row))
    trial.state = state
    trial.started_at = now()
    trial.epochs_trained = len(values)
    trial.objective = min(values)
    session.flush()
    return trial


def start(experiment, max_trials):
    experiment.max_trials = max_trials
    experiment.state = ExperimentState.RUNNING


@pytest.mark.parametrize(
    ("epochs", "longest"), [(9, 9), ({"choice": [3, 30, 7]}, 30), ({"integer": [3, 40]}, 40)]
)
def test_the_longest_training_of_a_search_follows_from_its_space(database, epochs, longest):
    with database.write() as session:
        experiment = factories.experiment(session, space={**factories.TINY, "epochs": epochs})

        assert pruning.max_epochs(experiment) == longest


def test_a_trial_is_compared_with_those_that_came_as_far(database):
    with database.write() as session:
        experiment = halving_search(session)
        add_run_trial(session, experiment, 1, [5.0, 4.0, 3.0])
        add_run_trial(session, experiment, 2, [2.0])
        training_id = add_run_trial(session, experiment, 3, [6.0, 1.0, 7.0]).training_id

        values_at_3 = pruning.best_values_at(session, experiment, 3)
        values_at_1 = pruning.best_values_at(session, experiment, 1)
        reason_at_1 = pruning.find_reason(session, experiment, training_id, 1)

        assert sorted(values_at_3.values()) == [1.0, 3.0]
        assert sorted(values_at_1.values()) == [2.0, 5.0, 6.0]
        assert "number 3 of 3 trials at epoch 1" in reason_at_1
        assert pruning.find_reason(session, experiment, training_id, 2) is None


def test_a_pruned_trial_that_proves_good_is_queued_again(database):
    with database.write() as session:
        experiment = halving_search(session)
        first = add_run_trial(session, experiment, 1, [2.0])
        add_run_trial(session, experiment, 2, [3.0])
        assert pruning.promote(session, experiment) == 0

        add_run_trial(session, experiment, 3, [4.0])

        assert pruning.promote(session, experiment) == 1
    with database.read() as session:
        assert session.get(Trial, first.id).state == TrialState.QUEUED


def test_a_search_is_not_over_while_a_pruned_trial_may_go_on(database):
    with database.write() as session:
        experiment = halving_search(session)
        start(experiment, max_trials=3)
        for number, value in enumerate((2.0, 3.0, 4.0), start=1):
            add_run_trial(session, experiment, number, [value])

        lifecycle.close_finished(session)

        assert session.get(Experiment, experiment.id).state == ExperimentState.RUNNING
        assert len(claims.claim(session, "worker").trial_ids) == 1


def test_a_search_without_anything_left_to_try_trains_its_best_to_the_end(database):
    with database.write() as session:
        experiment = halving_search(session)
        first = add_run_trial(session, experiment, 1, [3.0])
        second = add_run_trial(session, experiment, 2, [2.0])
        assert pruning.promote(session, experiment) == 0

        assert pruning.promote_best(session, experiment) == 1

        session.refresh(second)
        assert (first.state, second.state) == (TrialState.PRUNED, TrialState.QUEUED)


@pytest.mark.parametrize(("objective", "promoted"), [(2.5, 0), (3.5, 1)])
def test_the_best_pruned_trial_goes_on_only_if_no_completed_one_is_better(
    database, objective, promoted
):
    with database.write() as session:
        experiment = halving_search(session)
        pruned = add_run_trial(session, experiment, 1, [3.0])
        add_run_trial(session, experiment, 2, [objective], TrialState.COMPLETED)

        assert pruning.promote_best(session, experiment) == promoted

        session.refresh(pruned)
        assert (pruned.state == TrialState.QUEUED) == bool(promoted)


def test_trials_that_share_a_training_go_on_together_in_the_end(database):
    with database.write() as session:
        experiment = halving_search(session)
        add_run_trial(session, experiment, 1, [2.0])
        shared = factories.trial(session, experiment, 2, units_1=2, epochs=5)
        shared.state = TrialState.PRUNED
        shared.epochs_trained = 1
        shared.objective = 2.0
        session.flush()

        assert pruning.promote_best(session, experiment) == 2


def test_a_time_budget_is_used_up_on_pruned_trials(database):
    with database.write() as session:
        experiment = halving_search(session, time_budget_seconds=60)
        start(experiment, max_trials=3)
        best = add_run_trial(session, experiment, 1, [1.0] * 9, TrialState.COMPLETED)
        second = add_run_trial(session, experiment, 2, [2.0])
        proposals.promote(session)
        session.refresh(second)
        assert second.state == TrialState.PRUNED, "a third trial can be tried"

        third = add_run_trial(session, experiment, 3, [3.0, 3.0, 3.0])
        proposals.promote(session)
        session.refresh(second)
        states = [trial.state for trial in (best, second, third)]
        assert states == [TrialState.COMPLETED, TrialState.QUEUED, TrialState.PRUNED]

        proposals.promote(session)
        session.refresh(third)
        assert third.state == TrialState.PRUNED, "one is queued already"


def test_nothing_goes_on_after_the_time_budget(database):
    with database.write() as session:
        experiment = halving_search(session, time_budget_seconds=60)
        start(experiment, max_trials=3)
        add_run_trial(session, experiment, 1, [1.0] * 9, TrialState.COMPLETED)
        queued = add_run_trial(session, experiment, 2, [2.0], TrialState.QUEUED)
        add_run_trial(session, experiment, 3, [3.0, 3.0, 3.0])
        experiment.seconds_used = 61
        session.flush()

        assert claims.claim(session, "worker") is None
        assert pruning.promote(session, experiment) == 0
        assert pruning.promote_best(session, experiment) == 0

        lifecycle.close_finished(session)
        session.refresh(queued)
        assert queued.state == TrialState.STOPPED
        assert queued.error == (
            "Stopped while it waited to go on, because the time budget is used up."
        )
        assert session.get(Experiment, experiment.id).state == ExperimentState.COMPLETED


def test_an_epoch_at_a_rung_may_prune_the_trial(database):
    epoch = EpochRecord(number=1, train_loss=1.0, val_loss=1.0, objective=1.0, seconds=0.1)
    with database.write() as session:
        experiment = halving_search(session)
        factories.trial(session, experiment, 1, epochs=9)
        claim = claims.claim(session, "worker")

        decisions = recording.record_epoch(session, claim.token, claim.training_id, epoch)

    decision = decisions[claim.trial_ids[0]]
    assert decision.state == TrialState.PRUNED
    assert "epoch 1" in decision.reason


def test_a_trial_that_starts_again_is_not_pruned_before_it_has_come_as_far(database):
    with database.write() as session:
        experiment = halving_search(session)
        for number in (1, 2):
            add_run_trial(session, experiment, number, [1.0] * 9, TrialState.COMPLETED)
        trial = add_run_trial(session, experiment, 3, [6.0, 5.0, 4.0], TrialState.RUNNING)
        reasons = [pruning.find_reason(session, experiment, trial.training_id, 1)]
        trial.best_epoch = 2
        session.flush()

        for epoch in (1, 3):
            reasons.append(pruning.find_reason(session, experiment, trial.training_id, epoch))

    assert "number 3 of 3 trials at epoch 1" in reasons[0]
    assert reasons[1] is None
    assert "number 3 of 3 trials at epoch 3" in reasons[2]


def test_hyperband_compares_a_trial_only_with_those_of_its_bracket(database):
    with database.write() as session:
        experiment = hyperband_search(session)
        first = add_run_trial(session, experiment, 1, [5.0])
        second = add_run_trial(session, experiment, 2, [4.0])
        third = add_run_trial(session, experiment, 3, [6.0])

        reasons = [
            pruning.find_reason(session, experiment, trial.training_id, 1)
            for trial in (first, second, third)
        ]

    assert "number 1 of 2 trials of bracket 1 at epoch 1" in reasons[0]
    assert reasons[1] is None
    assert "number 2 of 2 trials of bracket 1 at epoch 1" in reasons[2]


def test_a_later_bracket_compares_from_its_own_first_rung_on(database):
    values = [9.0, 9.0, 9.0]
    with database.write() as session:
        experiment = hyperband_search(session)
        second = add_run_trial(session, experiment, 2, values)
        fourth = add_run_trial(session, experiment, 4, values)

        reason = pruning.find_reason(session, experiment, second.training_id, 3)

        assert "of bracket 2 at epoch 3" in reason
        assert pruning.find_reason(session, experiment, fourth.training_id, 3) is None


def test_hyperband_promotes_the_best_of_a_bracket(database):
    with database.write() as session:
        experiment = hyperband_search(session)
        first = add_run_trial(session, experiment, 1, [2.0])
        add_run_trial(session, experiment, 2, [3.0, 3.0, 3.0])
        add_run_trial(session, experiment, 3, [4.0])
        assert pruning.promote(session, experiment) == 0

        add_run_trial(session, experiment, 5, [5.0])

        assert pruning.promote(session, experiment) == 1
    with database.read() as session:
        assert session.get(Trial, first.id).state == TrialState.QUEUED


def test_trials_that_share_a_training_share_its_bracket(database):
    with database.write() as session:
        experiment = hyperband_search(session)
        first = add_run_trial(session, experiment, 2, [3.0])

        shared = factories.trial(session, experiment, 3, units_1=3, epochs=5)

        assert shared.training_id == first.training_id
        assert pruning.find_reason(session, experiment, first.training_id, 1) is None

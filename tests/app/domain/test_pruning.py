"""Median pruning and asynchronous successive halving, on numbers."""

from app.domain.pruning import is_promoted, looks_at, reason_to_prune, rungs


def test_rungs_are_the_powers_of_the_reduction_below_the_full_length():
    assert rungs(70) == [2, 7, 23]
    assert rungs(9) == [1, 3]
    assert rungs(1) == []


def test_without_pruning_nothing_is_looked_at():
    assert not any(looks_at("none", epoch, 10) for epoch in range(1, 11))
    assert reason_to_prune("none", 5, 9.0, [1.0] * 9) is None


def test_the_median_rule_waits_for_a_few_epochs_and_spares_the_last():
    assert [epoch for epoch in range(1, 9) if looks_at("median", epoch, 8)] == [4, 5, 6, 7]


def test_asha_looks_only_at_rungs():
    assert [epoch for epoch in range(1, 71) if looks_at("asha", epoch, 70)] == [2, 7, 23]


def test_a_trial_worse_than_the_median_is_pruned_with_its_reason():
    others = [float(value) for value in range(1, 10)]
    assert reason_to_prune("median", 12, 5.5, others) == "worse than the median of 9 trials at epoch 12"
    assert reason_to_prune("median", 12, 5.0, others) is None


def test_the_median_rule_waits_for_enough_trials():
    assert reason_to_prune("median", 12, 5.0, [1.0] * 4) is None
    assert reason_to_prune("median", 12, 5.0, [1.0] * 5) is not None


def test_asha_lets_the_best_third_go_on():
    others = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0]
    assert reason_to_prune("asha", 7, 1.0, others) is None
    assert reason_to_prune("asha", 7, 3.5, others) is None
    assert "number 4 of 9 trials at epoch 7" in reason_to_prune("asha", 7, 4.5, others)


def test_the_first_trials_of_a_rung_wait_until_three_have_come():
    assert reason_to_prune("asha", 7, 1.0, []) is not None
    assert reason_to_prune("asha", 7, 1.0, [2.0, 3.0]) is None


def test_a_pruned_trial_is_promoted_when_worse_ones_have_followed():
    assert not is_promoted(1.0, [2.0])
    assert is_promoted(1.0, [2.0, 3.0])
    assert not is_promoted(4.0, [2.0, 3.0])

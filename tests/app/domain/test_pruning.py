"""Median pruning, asynchronous successive halving and Hyperband, on numbers."""

from collections import Counter

import pytest

from app.domain.pruning import (
    PRUNINGS,
    bracket_of,
    compares_at,
    count_brackets,
    expected_epoch_fraction,
    is_promoted,
    reason_to_prune,
    rungs,
)


def compared_epochs(pruning: str, epochs: int, bracket: int = 0) -> list[int]:
    """The epochs after which trials of a bracket are compared."""
    return [epoch for epoch in range(1, epochs + 1) if compares_at(pruning, epoch, epochs, bracket)]


def test_rungs_are_the_powers_of_the_reduction_factor_below_the_full_length():
    assert rungs(70) == [1, 3, 8, 23]
    assert rungs(300) == [4, 11, 33, 100]
    assert rungs(9) == [1, 3]
    assert rungs(1) == []


def test_only_successive_halving_promotes_and_only_hyperband_has_brackets():
    assert [name for name, info in PRUNINGS.items() if info.promotes] == ["asha", "hyperband"]
    assert [name for name, info in PRUNINGS.items() if info.has_brackets] == ["hyperband"]


def test_without_pruning_nothing_is_compared():
    assert compared_epochs("none", 10) == []
    assert reason_to_prune("none", 5, 9.0, [1.0] * 9) is None


def test_the_median_rule_waits_for_a_few_epochs_and_spares_the_last():
    assert compared_epochs("median", 8) == [4, 5, 6, 7]


def test_asha_compares_only_at_rungs():
    assert compared_epochs("asha", 70) == [1, 3, 8, 23]


def test_a_trial_worse_than_the_median_is_pruned_with_its_reason():
    others = [float(value) for value in range(1, 10)]

    reason = reason_to_prune("median", 12, 5.5, others)

    assert reason == "worse than the median of 9 trials at epoch 12"
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
    reason = reason_to_prune("asha", 7, 1.0, [])

    assert reason == "number 1 of 1 trials at epoch 7, where the best one goes on once 3 have come"
    assert "where the best one goes on for now" in reason_to_prune("asha", 7, 2.5, [2.0, 3.0])
    assert reason_to_prune("asha", 7, 1.0, [2.0, 3.0]) is None


def test_a_pruned_trial_is_promoted_when_worse_ones_have_followed():
    assert not is_promoted(1.0, [2.0])
    assert is_promoted(1.0, [2.0, 3.0])
    assert not is_promoted(4.0, [2.0, 3.0])


def test_brackets_of_hyperband_share_the_trials_as_the_paper_says():
    numbers = range(1, 2 * 143 + 1)

    trials_of_bracket = Counter(bracket_of("hyperband", number, 70) for number in numbers)

    assert count_brackets("hyperband", 70) == 5
    assert trials_of_bracket == {0: 162, 1: 68, 2: 30, 3: 16, 4: 10}


def test_a_short_search_has_trials_of_every_bracket():
    assert {bracket_of("hyperband", number, 70) for number in range(1, 14)} == {0, 1, 2, 3, 4}


def test_each_bracket_of_hyperband_begins_a_rung_later():
    compared = [compared_epochs("hyperband", 70, bracket) for bracket in range(5)]

    assert compared == [[1, 3, 8, 23], [3, 8, 23], [8, 23], [23], []]


@pytest.mark.parametrize("epochs", [0, 1, 2, 3, 5, 9, 10_000])
def test_trainings_of_any_length_have_a_bracket_that_is_never_pruned(epochs):
    last = count_brackets("hyperband", epochs) - 1

    assert not any(compares_at("hyperband", epoch, epochs, last) for epoch in range(epochs + 1))
    assert last in {bracket_of("hyperband", number, epochs) for number in range(1, 30)}


@pytest.mark.parametrize("pruning", ["none", "median", "asha"])
def test_without_hyperband_all_trials_are_of_one_bracket(pruning):
    assert {bracket_of(pruning, number, 70) for number in range(1, 60)} == {0}


def test_hyperband_names_the_bracket_a_trial_was_compared_in():
    reason = reason_to_prune("hyperband", 7, 4.5, [2.0, 3.0, 4.0, 5.0, 6.0], 1)

    assert reason == "number 4 of 6 trials of bracket 2 at epoch 7, where the best 2 go on for now"
    assert reason_to_prune("hyperband", 7, 1.0, [2.0, 3.0], 1) is None


def test_hyperband_is_expected_to_train_more_than_asha_and_less_than_everything():
    asha, hyperband, none = (
        expected_epoch_fraction(pruning, 70, 500) for pruning in ("asha", "hyperband", "none")
    )

    assert asha < hyperband < none
    assert expected_epoch_fraction("hyperband", 1, 500) == 1.0


def test_of_a_few_trials_one_at_least_is_expected_to_train_to_the_end():
    nine_trials = 9 * expected_epoch_fraction("asha", 70, 9)

    assert nine_trials == pytest.approx((9 * 1 + 3 * 2 + 5 + 15 + 47) / 70)
    assert expected_epoch_fraction("asha", 70, 1) == 1.0

"""Median pruning and asynchronous successive halving, on curves."""

from app.domain.pruning import best_so_far, decide, is_promoted, rungs


def flat(value, epochs):
    return [value] * epochs


def test_the_best_so_far_ignores_what_is_no_number():
    assert best_so_far([None, 3.0, 5.0, 1.0], 3) == 3.0
    assert best_so_far([None], 1) is None


def test_rungs_are_the_powers_of_the_reduction_below_the_full_length():
    assert rungs(70) == [2, 7, 23]
    assert rungs(9) == [1, 3]
    assert rungs(1) == []


def test_without_pruning_nothing_is_pruned():
    assert decide("none", flat(9.0, 6), [flat(1.0, 6)] * 9, epochs=10) is None


def test_a_trial_worse_than_the_median_is_pruned_with_its_reason():
    others = [flat(float(value), 12) for value in range(1, 10)]
    decision = decide("median", flat(5.5, 12), others, epochs=20)
    assert decision is not None
    assert decision.reason == "worse than the median of 9 trials at epoch 12"


def test_a_trial_at_the_median_goes_on():
    others = [flat(float(value), 12) for value in range(1, 10)]
    assert decide("median", flat(5.0, 12), others, epochs=20) is None


def test_the_median_rule_waits_for_enough_epochs_and_enough_trials():
    others = [flat(1.0, 12)] * 9
    assert decide("median", flat(5.0, 3), others, epochs=20) is None
    assert decide("median", flat(5.0, 12), others[:4], epochs=20) is None


def test_the_median_rule_never_prunes_the_last_epoch():
    assert decide("median", flat(5.0, 20), [flat(1.0, 20)] * 9, epochs=20) is None


def test_asha_looks_only_at_rungs():
    others = [flat(1.0, 30)] * 8
    assert decide("asha", flat(5.0, 8), others, epochs=70) is None
    assert decide("asha", flat(5.0, 7), others, epochs=70) is not None


def test_asha_lets_the_best_third_go_on():
    others = [flat(float(value), 7) for value in (2, 3, 4, 5, 6, 7, 8, 9)]
    assert decide("asha", flat(1.0, 7), others, epochs=70) is None
    assert decide("asha", flat(3.5, 7), others, epochs=70) is None
    assert decide("asha", flat(4.5, 7), others, epochs=70) is not None


def test_the_first_trials_of_a_rung_wait_until_three_have_come():
    assert decide("asha", flat(1.0, 7), [], epochs=70) is not None
    assert decide("asha", flat(1.0, 7), [flat(2.0, 7), flat(3.0, 7)], epochs=70) is None


def test_a_pruned_trial_is_promoted_when_worse_ones_have_followed():
    assert not is_promoted(flat(1.0, 7), [flat(2.0, 7)], epochs=70)
    assert is_promoted(flat(1.0, 7), [flat(2.0, 7), flat(3.0, 7)], epochs=70)
    assert not is_promoted(flat(4.0, 7), [flat(2.0, 7), flat(3.0, 7)], epochs=70)

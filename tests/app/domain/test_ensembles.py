"""Which forecasts are handed over, on errors with known answers."""

import numpy as np

from app.domain.ensembles import Taken, choose, choose_weights, drop_near_copies

ROWS = 200
GENERATOR = np.random.default_rng(7)
NOISE = GENERATOR.normal(size=(6, ROWS))
NAIVE = 5 * NOISE[5]


def test_two_forecasts_that_complement_each_other_are_both_taken() -> None:
    trials = {"trial 1": NOISE[0] + NOISE[1], "trial 2": NOISE[0] - NOISE[1]}

    choice = choose(trials, {"naive": NAIVE})

    assert choice.taken == Taken.ENSEMBLE
    assert set(choice.weights) == {"trial 1", "trial 2"}
    assert sum(choice.weights.values()) == 1
    assert choice.against_single is not None
    assert choice.against_single.name == "trial 1"
    assert choice.rmse < choice.against_single.rmse


def test_near_copies_count_as_one() -> None:
    copies = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(copies, {"naive": NAIVE})

    assert list(drop_near_copies(copies)) == ["trial 1"]
    assert choice.taken == Taken.SINGLE
    assert choice.weights == {"trial 1": 1}


def test_a_gain_within_its_standard_error_takes_the_best_trial() -> None:
    trials = {"trial 1": NOISE[0], "trial 2": NOISE[0] - NOISE[1]}

    choice = choose(trials, {"naive": NAIVE})

    assert choice.taken == Taken.SINGLE
    assert choice.against_single is not None
    assert choice.against_single.gain > 0
    assert not choice.against_single.is_clear


def test_a_ridge_that_beats_every_trial_is_taken_alone() -> None:
    trials = {"trial 1": 3 * NOISE[0], "trial 2": 3 * NOISE[0] + NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "ridge": 0.5 * NOISE[0]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"ridge": 1}


def test_a_ridge_that_complements_a_trial_is_a_member() -> None:
    trials = {"trial 1": NOISE[0] + NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "ridge": NOISE[0] - NOISE[1]})

    assert choice.taken == Taken.ENSEMBLE
    assert set(choice.weights) == {"trial 1", "ridge"}
    assert abs(choice.weights["ridge"] - 0.5) < 0.1


def test_near_copies_of_tomorrow_equals_today_leave_tomorrow_equals_today() -> None:
    trials = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(trials, {"naive": NOISE[0] + 0.04 * NOISE[5], "ridge": NOISE[0]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"naive": 1}


def test_a_comparison_baseline_is_never_taken() -> None:
    choice = choose({"trial 1": NOISE[0]}, {"naive": NAIVE, "ets": 0.1 * NOISE[0]})

    assert choice.weights == {"trial 1": 1}


def test_no_more_than_five_members_are_drawn() -> None:
    many = GENERATOR.normal(size=(12, ROWS))

    weights = choose_weights({f"trial {number}": errors for number, errors in enumerate(many)})

    assert len(weights) == 5

"""Which forecasts are handed over, on errors with known answers."""

import numpy as np

from app.domain.ensembles import Taken, choose, drop_near_copies

ROWS = 200
GENERATOR = np.random.default_rng(7)
NOISE = GENERATOR.normal(size=(8, ROWS))
NAIVE = 5 * NOISE[5]


def test_two_forecasts_that_cannot_be_told_apart_are_both_taken() -> None:
    trials = {"trial 1": NOISE[0] + NOISE[1], "trial 2": NOISE[0] - NOISE[1]}

    choice = choose(trials, {"naive": NAIVE})

    assert choice.taken == Taken.ENSEMBLE
    assert choice.weights == {"trial 1": 0.5, "trial 2": 0.5}
    assert choice.against_best is not None
    assert choice.rmse < choice.against_best.rmse


def test_near_copies_count_as_one() -> None:
    copies = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(copies, {"naive": NAIVE})

    assert list(drop_near_copies(copies)) == ["trial 1"]
    assert choice.taken == Taken.SINGLE
    assert choice.against_best is None


def test_a_forecast_that_is_clearly_worse_is_no_member() -> None:
    trials = {"trial 1": NOISE[0], "trial 2": 1.25 * NOISE[1], "trial 3": 1.02 * NOISE[2]}

    choice = choose(trials, {"naive": NAIVE})

    assert set(choice.weights) == {"trial 1", "trial 3"}


def test_on_few_rows_a_much_larger_error_is_no_member_either() -> None:
    trials = {"trial 1": np.array([1.0, -1.0, 1.0]), "trial 2": np.array([1.4, 1.4, -1.4])}

    choice = choose(trials, {})

    assert choice.weights == {"trial 1": 1}


def test_a_baseline_that_beats_every_trial_is_taken_alone() -> None:
    trials = {"trial 1": 3 * NOISE[0], "trial 2": 3 * NOISE[0] + NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "arima": 0.5 * NOISE[0]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"arima": 1}


def test_a_baseline_that_complements_a_trial_is_a_member() -> None:
    trials = {"trial 1": NOISE[0] + NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "ets": NOISE[0] - NOISE[1]})

    assert choice.weights == {"trial 1": 0.5, "ets": 0.5}


def test_near_copies_of_tomorrow_equals_today_leave_tomorrow_equals_today() -> None:
    trials = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(trials, {"naive": NOISE[0] + 0.04 * NOISE[5], "ridge": NOISE[0]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"naive": 1}


def test_no_more_than_five_forecasts_are_members() -> None:
    alike = NOISE / np.sqrt(np.mean(np.square(NOISE), axis=1, keepdims=True))
    trials = {f"trial {number}": errors for number, errors in enumerate(alike)}

    choice = choose(trials, {"naive": NAIVE})

    assert len(choice.weights) == 5


def test_forecasts_of_several_rows_are_told_apart_by_origins() -> None:
    steps = np.array([1.0, 2.0])
    trials = {"trial 1": np.outer(NOISE[0], steps), "trial 2": np.outer(1.02 * NOISE[1], steps)}

    choice = choose(trials, {"naive": np.outer(NAIVE, steps)})

    assert choice.weights == {"trial 1": 0.5, "trial 2": 0.5}

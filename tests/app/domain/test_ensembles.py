"""Which forecasts are handed over, on errors with known answers."""

import numpy as np
import pytest

from app.domain.ensembles import Taken, choose, cross_fit, find_best_trials, fit_weights

ROWS = 2_000
GENERATOR = np.random.default_rng(7)
NOISE = GENERATOR.normal(size=(60, ROWS))
NAIVE = 5 * NOISE[50]


def test_a_trial_and_a_baseline_that_err_independently_share_the_weight() -> None:
    choice = choose({"trial 1": NOISE[0]}, {"naive": NAIVE, "ets": NOISE[1]})

    assert choice.taken == Taken.ENSEMBLE
    assert choice.weights == pytest.approx({"trial 1": 0.5, "ets": 0.5}, abs=0.05)
    assert choice.best_baseline is not None
    assert choice.error < choice.best_baseline.error


def test_a_baseline_that_knows_more_has_all_the_weight() -> None:
    trials = {"trial 1": 3 * NOISE[0], "trial 2": 3 * NOISE[0] + NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "arima": 0.5 * NOISE[0]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"arima": 1}


def test_a_baseline_is_taken_where_the_mean_is_not_clearly_better() -> None:
    trials = {"trial 1": NOISE[0] + 0.3 * NOISE[1]}

    choice = choose(trials, {"naive": NAIVE, "ridge": NOISE[0] + 0.3 * NOISE[2]})

    assert choice.best_baseline is not None
    clear = choice.best_baseline.is_clear
    few = choose(
        {name: errors[:12] for name, errors in trials.items()},
        {"naive": NAIVE[:12], "ridge": (NOISE[0] + 0.3 * NOISE[2])[:12]},
    )
    assert clear
    assert choice.taken == Taken.ENSEMBLE
    assert few.weights == {"ridge": 1.0}


def test_near_copies_count_as_one() -> None:
    copies = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(copies, {"naive": NAIVE})

    assert choice.taken == Taken.SINGLE
    assert len(choice.weights) == 1


def test_tomorrow_equals_today_is_taken_where_nothing_is_clearly_better() -> None:
    trials = {f"trial {number}": NOISE[0] + 0.05 * NOISE[number] for number in range(1, 5)}

    choice = choose(trials, {"naive": NOISE[0] + 0.04 * NOISE[5]})

    assert choice.taken == Taken.BASELINE
    assert choice.weights == {"naive": 1}


def test_the_best_of_many_trials_is_measured_on_rows_that_did_not_choose_it() -> None:
    few_rows = {f"trial {number}": errors[:20] for number, errors in enumerate(NOISE)}
    best = find_best_trials(few_rows, slice(None))

    chosen = np.mean([few_rows[name] for name in best], axis=0)
    honest = cross_fit(few_rows)

    assert np.std(chosen) < np.std(honest)
    assert np.sqrt(np.mean(honest**2)) == pytest.approx(1 / np.sqrt(3), rel=0.25)


def test_few_rows_leave_the_weights_nearly_equal() -> None:
    scales = np.array([1.0, 1.1, 1.2])
    few = {str(scale): scale * NOISE[index][:10] for index, scale in enumerate(scales)}
    many = {str(scale): scale * NOISE[index] for index, scale in enumerate(scales)}

    assert max(fit_weights(few).values()) < 0.37
    assert max(fit_weights(many).values()) > 0.38


def test_no_more_than_three_trials_are_members() -> None:
    trials = {f"trial {number}": errors for number, errors in enumerate(NOISE)}

    choice = choose(trials, {"naive": NAIVE})

    assert len(choice.weights) == 3
    assert sum(choice.weights.values()) == pytest.approx(1)


def test_forecasts_of_several_rows_are_judged_by_all_steps() -> None:
    steps = np.array([1.0, 2.0])
    trials = {"trial 1": np.outer(NOISE[0], steps)}

    choice = choose(trials, {"naive": np.outer(NAIVE, steps), "ets": np.outer(NOISE[1], steps)})

    assert choice.weights == pytest.approx({"trial 1": 0.5, "ets": 0.5}, abs=0.05)

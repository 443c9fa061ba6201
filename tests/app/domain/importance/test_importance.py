"""Which hyperparameters matter: fractions of the variance, chance, and equally good values."""

from math import log10, nan

import numpy as np
import pytest

from app.domain.importance.importance import (
    MAX_MODELLED_TRIALS,
    MIN_EVALUATED_TRIALS,
    Effect,
    EvaluatedTrial,
    Importance,
    estimate_importance,
    limit_outliers,
    outlier_limit,
    thin_trials,
)
from app.domain.search_space.space import SearchSpace

SPACE = SearchSpace.parse(
    {
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "units_1": {"integer": [8, 64]},
        "cell": {"choice": ["lstm", "gru"]},
        "batch_size": {"choice": [16, 32, 64, 128]},
    }
)


def rate_error(parameters) -> float:
    """Best at a learning rate of 0.003, and with gru."""
    rate = (log10(parameters["learning_rate"]) + 2.5) ** 2
    return 1 + rate + 0.2 * (parameters["cell"] == "lstm")


def evaluate(count: int, function=rate_error, space=SPACE, seed: int = 0) -> list[EvaluatedTrial]:
    generator = np.random.default_rng(seed)
    drawn = [space.sample(generator) for _ in range(count)]
    return [EvaluatedTrial(parameters, function(parameters)) for parameters in drawn]


def effect_of(importance: Importance, name: str) -> Effect:
    return next(effect for effect in importance.effects if effect.name == name)


def test_fractions_add_up_and_the_most_important_comes_first():
    importance = estimate_importance(SPACE, evaluate(60))

    main = sum(effect.fraction for effect in importance.effects)
    pairs = sum(pair.fraction for pair in importance.pairs)
    assert main + pairs + importance.unexplained == pytest.approx(1)
    assert [effect.name for effect in importance.effects][:2] == ["learning_rate", "cell"]
    assert importance.effects[0].fraction > 0.8


def test_fractions_are_those_of_the_whole_space_also_where_trials_crowd_around_the_best():
    everywhere = evaluate(60)
    crowded = sorted(evaluate(400), key=lambda trial: trial.objective)[:40]

    fractions = [
        effect_of(estimate_importance(SPACE, trials), "learning_rate").fraction
        for trials in (everywhere, [*everywhere, *crowded])
    ]

    assert fractions[1] == pytest.approx(fractions[0], abs=0.15)


def test_the_best_value_and_those_as_good_are_named():
    importance = estimate_importance(SPACE, evaluate(60))

    rate = effect_of(importance, "learning_rate")
    cell = effect_of(importance, "cell")
    assert 0.002 < rate.best < 0.005
    assert 0.0005 < rate.equally_good[0] < rate.best < rate.equally_good[-1] < 0.02
    assert (cell.best, cell.equally_good) == ("gru", ("gru",))
    assert effect_of(importance, "batch_size").equally_good == (16, 32, 64, 128)


def test_what_is_expected_around_the_best_trial_follows_the_objective():
    trials = evaluate(60)
    best = min(trials, key=lambda trial: trial.objective).parameters
    limit = outlier_limit([trial.objective for trial in trials])

    rate = effect_of(estimate_importance(SPACE, trials), "learning_rate")

    true = [rate_error({**best, "learning_rate": value}) for value in rate.values]
    within_limit = [index for index, value in enumerate(true) if value < limit]
    expected = [rate.expected[index] for index in within_limit]
    assert expected == pytest.approx([true[index] for index in within_limit], abs=0.1)


@pytest.mark.parametrize("count", [20, 80])
def test_chance_alone_is_seldom_taken_for_an_effect(count):
    alarms = []
    for seed in range(20):
        generator = np.random.default_rng([seed, 7])
        trials = evaluate(count, lambda _, draw=generator: float(draw.normal()), seed=seed)
        importance = estimate_importance(SPACE, trials)
        alarms += [effect.is_clear for effect in importance.effects]

    assert np.mean(alarms) < 0.12


def test_the_end_that_is_best_is_reported():
    trials = evaluate(40, lambda parameters: 10.0 - parameters["units_1"] / 8)

    importance = estimate_importance(SPACE, trials)

    assert effect_of(importance, "units_1").end == "high"


def test_an_end_beyond_which_nothing_is_allowed_is_not_reported():
    space = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.5]}, "units_1": {"integer": [8, 64]}}
    )
    trials = evaluate(40, lambda parameters: 1.0 + parameters["dropout_1"], space)

    dropout = effect_of(estimate_importance(space, trials), "dropout_1")

    assert (dropout.best, dropout.end) == (0.0, None)  # no dropout is less than none


def test_a_trial_that_diverged_counts_as_the_worst():
    trials = [
        EvaluatedTrial(
            row, None if row["learning_rate"] > 0.02 else 1.0 + 0.01 * (row["cell"] == "gru")
        )
        for row, _ in evaluate(50)
    ]

    importance = estimate_importance(SPACE, trials)

    assert importance.effects[0].name == "learning_rate"
    assert effect_of(importance, "learning_rate").equally_good[-1] < 0.05


def test_what_is_far_worse_than_usual_counts_as_no_worse_than_a_limit():
    assert limit_outliers([1.0, 2.0, 3.0, 1e9, None, nan]).tolist() == [1, 2, 3, 7, 7, 7]


def test_where_half_of_all_trials_are_the_best_the_others_count_as_they_are():
    assert limit_outliers([1.0, 1.0, 1.0, 2.0, 5.0]).tolist() == [1, 1, 1, 2, 5]


def test_a_few_trials_have_no_importance():
    assert estimate_importance(SPACE, evaluate(MIN_EVALUATED_TRIALS - 1)) is None


def test_trials_that_are_all_equal_have_no_importance():
    diverged = [EvaluatedTrial(row, None) for row, _ in evaluate(40)]

    assert estimate_importance(SPACE, evaluate(40, lambda _: 2.5)) is None
    assert estimate_importance(SPACE, diverged) is None


def test_a_space_without_anything_to_search_has_no_importance():
    fixed = SearchSpace.parse({"units_1": 8})

    assert estimate_importance(fixed, evaluate(40, rate_error, SPACE)) is None


def test_a_conditional_hyperparameter_is_judged_where_it_is_active():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [4, 8, 16]}}
    )
    trials = evaluate(
        60, lambda row: 2.0 if row["recurrent_layers"] == 1 else 1 + row["units_2"] / 8, space
    )

    units = effect_of(estimate_importance(space, trials), "units_2")

    assert units.best == 4
    assert units.is_clear


def test_a_single_hyperparameter_has_no_pairs():
    space = SearchSpace.parse({"units_1": {"integer": [8, 64]}})
    trials = evaluate(20, lambda row: float(row["units_1"]), space)

    importance = estimate_importance(space, trials)

    assert importance.pairs == ()
    assert importance.effects[0].fraction > 0.9


def test_many_trials_are_thinned_evenly_and_the_best_is_among_them():
    trials = evaluate(3 * MAX_MODELLED_TRIALS)
    best = min(trials, key=lambda trial: trial.objective)

    thinned = thin_trials(trials)

    assert MAX_MODELLED_TRIALS - 1 <= len(thinned) <= MAX_MODELLED_TRIALS
    assert thinned[0] is trials[0]
    assert thinned[-1] is trials[-1]
    assert best in thinned
    assert estimate_importance(SPACE, trials).best_parameters == best.parameters


def test_trials_that_all_diverged_are_thinned_too():
    diverged = [EvaluatedTrial(row, None) for row, _ in evaluate(3 * MAX_MODELLED_TRIALS)]

    assert len(thin_trials(diverged)) <= MAX_MODELLED_TRIALS

"""Which hyperparameters matter: fractions of the variance, chance, and equally good values."""

import numpy as np
import pytest

from app.domain.importance.importance import Effect, Importance, measure_importance
from app.domain.importance.objective_model import EvaluatedTrial, fit_objective, outlier_limit
from app.domain.search_space.space import SearchSpace
from tests.app.domain.importance.trials import SPACE, evaluate, rate_error


def effect_of(importance: Importance, name: str) -> Effect:
    return next(effect for effect in importance.effects if effect.name == name)


def test_fractions_add_up_and_the_most_important_comes_first():
    importance = measure_importance(fit_objective(SPACE, evaluate(60)))

    main = sum(effect.fraction for effect in importance.effects)
    pairs = sum(pair.fraction for pair in importance.pairs)
    assert main + pairs + importance.unexplained == pytest.approx(1)
    assert [effect.name for effect in importance.effects][:2] == ["learning_rate", "cell"]
    assert importance.effects[0].fraction > 0.8


def test_fractions_are_those_of_the_whole_space_also_where_trials_crowd_around_the_best():
    everywhere = evaluate(60)
    crowded = sorted(evaluate(400), key=lambda trial: trial.objective)[:40]

    fractions = [
        effect_of(measure_importance(fit_objective(SPACE, trials)), "learning_rate").fraction
        for trials in (everywhere, [*everywhere, *crowded])
    ]

    assert fractions[1] == pytest.approx(fractions[0], abs=0.15)


def test_the_best_value_and_those_as_good_are_named():
    importance = measure_importance(fit_objective(SPACE, evaluate(60)))

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

    rate = effect_of(measure_importance(fit_objective(SPACE, trials)), "learning_rate")

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
        importance = measure_importance(fit_objective(SPACE, trials))
        alarms += [effect.is_clear for effect in importance.effects]

    assert np.mean(alarms) < 0.12


def test_the_end_that_is_best_is_reported():
    trials = evaluate(40, lambda parameters: 10.0 - parameters["units_1"] / 8)

    importance = measure_importance(fit_objective(SPACE, trials))

    assert effect_of(importance, "units_1").end == "high"


def test_an_end_beyond_which_nothing_is_allowed_is_not_reported():
    space = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.5]}, "units_1": {"integer": [8, 64]}}
    )
    trials = evaluate(40, lambda parameters: 1.0 + parameters["dropout_1"], space)

    dropout = effect_of(measure_importance(fit_objective(space, trials)), "dropout_1")

    assert (dropout.best, dropout.end) == (0.0, None)  # no dropout is less than none


def test_a_trial_that_diverged_counts_as_the_worst():
    trials = [
        EvaluatedTrial(
            row, None if row["learning_rate"] > 0.02 else 1.0 + 0.01 * (row["cell"] == "gru")
        )
        for row, _ in evaluate(50)
    ]

    importance = measure_importance(fit_objective(SPACE, trials))

    assert importance.effects[0].name == "learning_rate"
    assert effect_of(importance, "learning_rate").equally_good[-1] < 0.05


def test_a_conditional_hyperparameter_is_judged_where_it_is_active():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [4, 8, 16]}}
    )
    trials = evaluate(
        60, lambda row: 2.0 if row["recurrent_layers"] == 1 else 1 + row["units_2"] / 8, space
    )

    units = effect_of(measure_importance(fit_objective(space, trials)), "units_2")

    assert units.best == 4
    assert units.is_clear


def test_a_single_hyperparameter_has_no_pairs():
    space = SearchSpace.parse({"units_1": {"integer": [8, 64]}})
    trials = evaluate(20, lambda row: float(row["units_1"]), space)

    importance = measure_importance(fit_objective(space, trials))

    assert importance.pairs == ()
    assert importance.effects[0].fraction > 0.9

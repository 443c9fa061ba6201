"""The objective fitted to trials: which of them, outliers, and when there is nothing to fit."""

from math import nan

from app.domain.importance.objective_model import (
    MAX_MODELLED_TRIALS,
    MIN_EVALUATED_TRIALS,
    EvaluatedTrial,
    fit_objective,
    limit_outliers,
    thin_trials,
)
from app.domain.search_space.space import SearchSpace
from tests.app.domain.importance.trials import SPACE, evaluate, rate_error


def test_what_is_far_worse_than_usual_counts_as_no_worse_than_a_limit():
    assert limit_outliers([1.0, 2.0, 3.0, 1e9, None, nan]).tolist() == [1, 2, 3, 7, 7, 7]


def test_where_half_of_all_trials_are_the_best_the_others_count_as_they_are():
    assert limit_outliers([1.0, 1.0, 1.0, 2.0, 5.0]).tolist() == [1, 1, 1, 2, 5]


def test_a_few_trials_are_not_modelled():
    assert fit_objective(SPACE, evaluate(MIN_EVALUATED_TRIALS - 1)) is None


def test_trials_that_are_all_equal_are_not_modelled():
    diverged = [EvaluatedTrial(row, None) for row, _ in evaluate(40)]

    assert fit_objective(SPACE, evaluate(40, lambda _: 2.5)) is None
    assert fit_objective(SPACE, diverged) is None


def test_a_space_without_anything_to_search_is_not_modelled():
    fixed = SearchSpace.parse({"units_1": 8})

    assert fit_objective(fixed, evaluate(40, rate_error, SPACE)) is None


def test_many_trials_are_thinned_evenly_and_the_best_is_among_them():
    trials = evaluate(3 * MAX_MODELLED_TRIALS)
    best = min(trials, key=lambda trial: trial.objective)

    thinned = thin_trials(trials)

    assert MAX_MODELLED_TRIALS - 1 <= len(thinned) <= MAX_MODELLED_TRIALS
    assert thinned[0] is trials[0]
    assert thinned[-1] is trials[-1]
    assert best in thinned
    assert fit_objective(SPACE, trials).best_parameters == best.parameters


def test_trials_that_all_diverged_are_thinned_too():
    diverged = [EvaluatedTrial(row, None) for row, _ in evaluate(3 * MAX_MODELLED_TRIALS)]

    assert len(thin_trials(diverged)) <= MAX_MODELLED_TRIALS

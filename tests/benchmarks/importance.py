"""How well importance is estimated from few trials, beside Optuna's evaluators.

    python -m tests.benchmarks.importance --seeds 20                           # ours
    python -m tests.benchmarks.importance --seeds 20 --names fanova ped-anova  # with group `peers`

All estimates get the same trials with the same objectives, outliers limited as by the product. True
fractions are those of the whole space with the same limit: exact on the table of real trainings,
from 20,000 draws on the functions. Fractions of single hyperparameters are scaled to a sum of 1, as
Optuna's are. The error is the part that would have to move from one hyperparameter to another to
make them right, from 0 to 1. Stored results are read from figures/importance.json.
"""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.importance import measure_importance
from app.domain.importance.objective_model import (
    EvaluatedTrial,
    fit_objective,
    limit_outliers,
    outlier_limit,
)
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.strategies import Observation, suggest

FIGURES = Path(__file__).with_name("figures") / "importance.json"
BUDGETS = (20, 40, 80)  # trials
STRATEGIES_TESTED = ("random", "tpe")
DRAWS = 20_000
BINS = 16  # of a continuous dimension, for its true fraction
INACTIVE = -1  # in place of a bin

Floats = NDArray[np.float64]
Fractions = Mapping[str, float]  # by the name of a hyperparameter
Estimator = Callable[[SearchSpace, Sequence[Parameters], Floats], Fractions]
Results = dict[str, list[tuple[float, bool]]]  # by a key, for each seed: see `evaluate`


@dataclass(frozen=True)
class Population:
    """The whole space, or many draws from it. `bins` has INACTIVE where a value plays no part."""

    values: Floats  # true values, NaN where a training diverges
    weights: Floats
    bins: dict[str, NDArray[np.int64]]


@dataclass(frozen=True)
class History:
    """The trials of a search: parameters, and the objectives that it saw."""

    parameters: list[Parameters]
    objectives: list[float]


def estimate_ours(space: SearchSpace, rows: Sequence[Parameters], objectives: Floats) -> Fractions:
    """The product's estimate."""
    trials = [EvaluatedTrial(*pair) for pair in zip(rows, objectives.tolist(), strict=True)]
    model = fit_objective(space, trials)
    assert model is not None
    importance = measure_importance(model)
    return {effect.name: effect.fraction for effect in importance.effects}


def make_optuna_estimator(evaluator: str) -> Estimator:
    """One of Optuna's. It leaves out hyperparameters that are not active in every trial."""

    def estimate(space: SearchSpace, rows: Sequence[Parameters], objectives: Floats) -> Fractions:
        from optuna import create_study, create_trial, logging
        from optuna.importance import (
            FanovaImportanceEvaluator,
            PedAnovaImportanceEvaluator,
            get_param_importances,
        )

        logging.set_verbosity(logging.ERROR)
        active = [set(space.searched_values(row)) for row in rows]
        dimensions = [
            dimension
            for dimension in space.searched
            if all(dimension.name in names for names in active)
        ]
        distributions = {
            dimension.name: _optuna_distribution(dimension) for dimension in dimensions
        }
        study = create_study()
        for row, objective in zip(rows, objectives, strict=True):
            params = {name: row[name] for name in distributions}
            trial = create_trial(params=params, distributions=distributions, value=float(objective))
            study.add_trial(trial)
        evaluators = {
            "fanova": lambda: FanovaImportanceEvaluator(seed=0),
            "ped-anova": PedAnovaImportanceEvaluator,
        }
        return dict(get_param_importances(study, evaluator=evaluators[evaluator]()))

    return estimate


ESTIMATORS: dict[str, Estimator] = {
    "ours": estimate_ours,
    "fanova": make_optuna_estimator("fanova"),
    "ped-anova": make_optuna_estimator("ped-anova"),
}


def _optuna_distribution(dimension: Dimension) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if dimension.is_listed:
        return CategoricalDistribution(list(dimension.values))
    if dimension.is_integer:
        return IntDistribution(int(dimension.low), int(dimension.high))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.is_log)


@cache
def read_population(task: str) -> Population:
    """All combinations of the table of real trainings, or draws for a function."""
    space = SearchSpace.parse(TASKS[task].space)
    generator = np.random.default_rng(5)
    if task == "real":
        rows = list(space.grid())
        weights = np.array([_draw_frequency(row) for row in rows])
    else:
        rows = [space.sample(generator) for _ in range(DRAWS)]
        weights = np.ones(DRAWS)
    values = []
    for row in rows:
        seen, true = TASKS[task].function(row, generator)
        values.append(true if isfinite(seen) else np.nan)
    active_values = [space.searched_values(row) for row in rows]
    bins = {}
    for dimension in space.searched:
        bins[dimension.name] = np.array(
            [_find_bin(dimension, active.get(dimension.name)) for active in active_values]
        )
    return Population(np.array(values), weights, bins)


def _draw_frequency(parameters: Parameters) -> float:
    """How often a combination is drawn: with two layers there are twice as many."""
    return 1.0 if parameters["recurrent_layers"] == 1 else 0.5


def _find_bin(dimension: Dimension, value: Any) -> int:
    """The index of a listed value, or the bin of a number."""
    if value is None:
        return INACTIVE
    if dimension.is_listed:
        return dimension.index_of(value)
    return min(BINS - 1, int(BINS * dimension.fraction_of(value)))


def true_fractions(task: str, limit: float) -> Fractions:
    """The fraction of the variance that each hyperparameter accounts for alone.

    Over the whole space, with values above `limit` and those of diverged trainings set to it.
    """
    population = read_population(task)
    is_finite = np.isfinite(population.values)
    values = np.where(is_finite, np.minimum(population.values, limit), limit)
    mean = np.average(values, weights=population.weights)
    total = float(np.sum(population.weights * (values - mean) ** 2))
    fractions = {}
    for name, bins in population.bins.items():
        fractions[name] = _sum_of_squares(bins, values, population.weights) / total
    return fractions


def _sum_of_squares(bins: NDArray[np.int64], values: Floats, weights: Floats) -> float:
    """The weighted sum of squares between the bins of a hyperparameter, where it is active."""
    active = bins != INACTIVE
    bin_weights = np.bincount(bins[active], weights[active])
    bin_sums = np.bincount(bins[active], (weights * values)[active])
    means = bin_sums / np.maximum(bin_weights, 1e-12)
    mean = np.average(means, weights=bin_weights)
    return float(np.sum(bin_weights * (means - mean) ** 2))


@cache
def run_history(task: str, strategy: str, seed: int) -> History:
    """Run a search of the most trials."""
    space = SearchSpace.parse(TASKS[task].space)
    generator = np.random.default_rng([seed, 77])
    observations: list[Observation] = []
    for number in range(1, BUDGETS[-1] + 1):
        parameters = suggest(strategy, space, seed, [], observations, number)
        assert parameters is not None
        seen, _ = TASKS[task].function(parameters, generator)
        observations.append(Observation(number, parameters, seen, "finished"))
    return History(
        parameters=[observation.parameters for observation in observations],
        objectives=[float(observation.objective or 0.0) for observation in observations],
    )


def evaluate(
    estimator: str, task: str, strategy: str, seed: int, trials: int
) -> tuple[float, bool]:
    """The error of one estimate, and whether it names the most important hyperparameter."""
    space = SearchSpace.parse(TASKS[task].space)
    history = run_history(task, strategy, seed)
    objectives = history.objectives[:trials]
    estimate = ESTIMATORS[estimator](space, history.parameters[:trials], limit_outliers(objectives))
    limit = outlier_limit([objective for objective in objectives if isfinite(objective)])
    names = [dimension.name for dimension in space.searched]
    estimated = _scale_to_one(estimate, names)
    true = _scale_to_one(true_fractions(task, limit), names)
    error = float(np.abs(estimated - true).sum() / 2)
    return round(error, 4), bool(estimated.argmax() == true.argmax())


def _scale_to_one(fractions: Fractions, names: Sequence[str]) -> Floats:
    """The fractions of these hyperparameters, 0 where there is none, with a sum of 1."""
    values = np.array([fractions.get(name, 0.0) for name in names])
    return values / max(values.sum(), 1e-9)


def evaluate_missing(estimators: Sequence[str], seeds: int) -> Results:
    """The stored results, with those that were missing."""
    results: Results = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for task, strategy, estimator, trials in product(TASKS, STRATEGIES_TESTED, estimators, BUDGETS):
        by_seed = results.setdefault(f"{estimator} {task} {strategy} {trials}", [])
        for seed in range(len(by_seed), seeds):
            by_seed.append(evaluate(estimator, task, strategy, seed, trials))
        lines = json.dumps(dict(sorted(results.items()))).replace("]], ", "]],\n")
        FIGURES.write_text(lines + "\n")
    return results


def result_cells(results: Results, estimator: str, task: str, strategy: str) -> list[str]:
    """Mean errors after each budget, and how often the most important one was named."""
    errors = []
    named = []
    for trials in BUDGETS:
        by_seed = results[f"{estimator} {task} {strategy} {trials}"]
        errors.append(f"{np.mean([error for error, _ in by_seed]):.2f}")
        named.append(f"{np.mean([is_named for _, is_named in by_seed]):.0%}")
    return [" / ".join(errors), " / ".join(named)]


def main() -> None:
    """Evaluate what is missing and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--names", nargs="*", default=["ours"], choices=list(ESTIMATORS))
    options = parser.parse_args()
    results = evaluate_missing(options.names, options.seeds)
    stored = [name for name in ESTIMATORS if f"{name} real tpe {BUDGETS[-1]}" in results]
    head = ["trials of"]
    for name in stored:
        head += [f"{name}: error", "first one named"]
    rows = []
    for task, strategy in product(TASKS, STRATEGIES_TESTED):
        row = [f"{task}, {strategy}"]
        for name in stored:
            row += result_cells(results, name, task, strategy)
        rows.append(row)
    print(table(head, rows))


if __name__ == "__main__":
    main()

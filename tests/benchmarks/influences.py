"""How well what mattered is found: shares estimated from few trials against the true ones, beside Optuna's.

    python -m tests.benchmarks.influences --seeds 20                          # ours
    python -m tests.benchmarks.influences --seeds 20 --names fanova ped-anova # Optuna's: in an environment with `peers`

Everyone is told the same trials with the same objectives, what is far too bad pulled in as the product does. True
shares are those of the whole space so pulled in: exact on the table of real trainings, from 20,000 draws on the
functions. Shares of single hyperparameters are made to add up to 1, as Optuna's do; the error is what would have to be
moved from one to another to make them right, 0 to 1. What was run before is read from figures/influences.json.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.importance import (
    EvaluatedTrial,
    estimate_importance,
    limit_outliers,
    outlier_limit,
)
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import TASKS
from worker.strategies import STRATEGY_CLASSES, Observation
from worker.strategies.base import Search

FIGURES = Path(__file__).with_name("figures") / "influences.json"
AFTER = (20, 40, 80)  # trials
SEARCHES = ("random", "tpe")
DRAWS = 20_000
BINS = 16  # of a range, for its true share
Floats = NDArray[np.float64]
Estimate = Callable[[SearchSpace, Sequence[Parameters], Floats], dict[str, float]]


def ours(space: SearchSpace, rows: Sequence[Parameters], objectives: Floats) -> dict[str, float]:
    """The product's own."""
    found = estimate_importance(space, list(map(EvaluatedTrial, rows, objectives.tolist())))
    assert found is not None
    return {effect.name: effect.fraction for effect in found.effects}


def optuna(evaluator: str) -> Estimate:
    """One of Optuna's; it leaves out what does not play a part in every trial."""

    def estimate(
        space: SearchSpace, rows: Sequence[Parameters], objectives: Floats
    ) -> dict[str, float]:
        from optuna import create_study, create_trial, logging
        from optuna.importance import (
            FanovaImportanceEvaluator,
            PedAnovaImportanceEvaluator,
            get_param_importances,
        )

        logging.set_verbosity(logging.ERROR)
        always = [
            d for d in space.searched if all(d.name in space.searched_values(row) for row in rows)
        ]
        study, distributions = create_study(), {d.name: _distribution(d) for d in always}
        for row, objective in zip(rows, objectives, strict=True):
            values = {d.name: row[d.name] for d in always}
            study.add_trial(
                create_trial(params=values, distributions=distributions, value=float(objective))
            )
        chosen = (
            FanovaImportanceEvaluator(seed=0)
            if evaluator == "fanova"
            else PedAnovaImportanceEvaluator()
        )
        return dict(get_param_importances(study, evaluator=chosen))

    return estimate


ESTIMATES: dict[str, Estimate] = {
    "ours": ours,
    "fanova": optuna("fanova"),
    "ped-anova": optuna("ped-anova"),
}


def _distribution(dimension: Dimension) -> Any:
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if dimension.is_listed:
        return CategoricalDistribution(list(dimension.values))
    if dimension.is_integer:
        return IntDistribution(int(dimension.low), int(dimension.high))
    return FloatDistribution(dimension.low, dimension.high, log=dimension.is_log)


@cache
def population(task: str) -> tuple[list[Parameters], Floats, Floats, dict[str, NDArray[np.int64]]]:
    """The whole space: points, true values (NaN where diverged), weights, and each hyperparameter's bin (-1: none)."""
    space, function = SearchSpace.parse(TASKS[task].space), TASKS[task].function
    generator = np.random.default_rng(5)
    if task == "real":
        rows = list(space.grid())
        weights = np.array(
            [1.0 if row["recurrent_layers"] == 1 else 0.5 for row in rows]
        )  # as often as it is drawn
    else:
        rows, weights = [space.sample(generator) for _ in range(DRAWS)], np.ones(DRAWS)
    both = [function(row, generator) for row in rows]
    values = np.array(
        [true if isfinite(seen) else np.nan for seen, true in both]
    )  # without the noise
    varying = [space.searched_values(row) for row in rows]
    bins = {
        row.name: np.array(
            [_bin(row, found[row.name]) if row.name in found else -1 for found in varying]
        )
        for row in space.searched
    }
    return rows, values, weights, bins


def truth(task: str, most: float) -> dict[str, float]:
    """The true share of each hyperparameter alone, of the variance over the whole space, pulled in to `most`."""
    _, values, weights, bins = population(task)
    values = np.where(np.isfinite(values), np.minimum(values, most), most)
    mean = np.average(values, weights=weights)
    whole = float(np.sum(weights * (values - mean) ** 2))
    return {name: _between(places, values, weights) / whole for name, places in bins.items()}


def _between(places: NDArray[np.int64], values: Floats, weights: Floats) -> float:
    """The weighted sum of squares of a hyperparameter's means, where it plays a part."""
    active = places >= 0
    heavy = np.bincount(places[active], weights[active])
    means = np.bincount(places[active], (weights * values)[active]) / np.maximum(heavy, 1e-12)
    return float(np.sum(heavy * (means - np.average(means, weights=heavy)) ** 2))


def _bin(row: Dimension, value: Any) -> int:
    return (
        row.index_of(value) if row.is_listed else min(BINS - 1, int(BINS * row.fraction_of(value)))
    )


@cache
def history(task: str, strategy: str, seed: int) -> tuple[list[Parameters], list[float]]:
    """The trials of a search, and what was seen of them."""
    space, generator = SearchSpace.parse(TASKS[task].space), np.random.default_rng([seed, 77])
    told: list[Observation] = []
    for number in range(1, AFTER[-1] + 1):
        search = STRATEGY_CLASSES[strategy](Search(space, seed, []))
        search.tell(told)
        parameters = search.ask(number)
        assert parameters is not None
        seen, _ = TASKS[task].function(parameters, generator)
        told.append(Observation(number, parameters, seen, "finished"))
    return [row.parameters for row in told], [float(row.objective or 0.0) for row in told]


def judged(name: str, task: str, strategy: str, seed: int, trials: int) -> tuple[float, bool]:
    """The error of one estimate, and whether it names the most telling hyperparameter."""
    space = SearchSpace.parse(TASKS[task].space)
    rows, seen = history(task, strategy, seed)
    objectives = limit_outliers(seen[:trials])
    found = ESTIMATES[name](space, rows[:trials], objectives)
    true = truth(task, outlier_limit([one for one in seen[:trials] if isfinite(one)]))
    names = [row.name for row in space.searched]
    shares = [np.array([of.get(one, 0.0) for one in names]) for of in (found, true)]
    estimated, right = (share / max(share.sum(), 1e-9) for share in shares)
    return round(float(np.abs(estimated - right).sum() / 2), 4), bool(
        estimated.argmax() == right.argmax()
    )


def kept_with(names: Sequence[str], seeds: int) -> dict[str, list[tuple[float, bool]]]:
    """The stored figures by name, task, search and trials, with those that were missing."""
    kept: dict[str, Any] = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    for task, strategy, name, trials in product(TASKS, SEARCHES, names, AFTER):
        found = kept.setdefault(f"{name} {task} {strategy} {trials}", [])
        found += [judged(name, task, strategy, seed, trials) for seed in range(len(found), seeds)]
        FIGURES.write_text(json.dumps(dict(sorted(kept.items()))).replace("]], ", "]],\n") + "\n")
    return kept


def main() -> None:
    """Run what is missing, and print mean errors and how often the most telling one is named."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--names", nargs="*", default=["ours"], choices=list(ESTIMATES))
    wanted = parser.parse_args()
    kept = kept_with(wanted.names, wanted.seeds)
    shown = [name for name in ESTIMATES if f"{name} real tpe {AFTER[-1]}" in kept]
    lines = []
    for task, strategy in product(TASKS, SEARCHES):
        cells = []
        for name in shown:
            runs = [kept[f"{name} {task} {strategy} {trials}"] for trials in AFTER]
            cells.append(" / ".join(f"{np.mean([error for error, _ in run]):.2f}" for run in runs))
            cells.append(
                " / ".join(f"{np.mean([is_named for _, is_named in run]):.0%}" for run in runs)
            )
        lines.append([f"{task}, {strategy}", *cells])
    heads = [head for name in shown for head in (f"{name}: error", "first one named")]
    print(table(["trials of", *heads], lines))


if __name__ == "__main__":
    main()

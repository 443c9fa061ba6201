"""How good the strategies are: the best value after 10, 20, 40 and 80 trials of functions whose best is known.

    python -m tests.benchmarks.strategies --seeds 10 --strategies random tpe gp skopt

Functions stand in for networks: `mixed` and `conditional` are exact, `noisy` is `mixed` with noise, judged by the
true value of the trial that looks best. The best value of each is 0.
"""

import argparse
import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from math import log10
from multiprocessing import get_context
from typing import Any

import numpy as np

from app.domain.dimensions import Dimension
from app.domain.hyperparameters import Parameters
from app.domain.space import SearchSpace
from worker.strategies import STRATEGIES, Observation
from worker.strategies.base import Search, fresh, random_generator

BUDGETS = (10, 20, 40, 80)
Function = Callable[[Parameters, np.random.Generator], tuple[float, float]]  # what is seen, what is true


@dataclass(frozen=True)
class Task:
    """A space and a function on it."""

    space: dict[str, Any]
    function: Function


MIXED = {
    "learning_rate": {"loguniform": [1e-5, 1e-1]},
    "dropout_1": {"uniform": [0.0, 0.6]},
    "units_1": {"integer": [8, 128]},
    "batch_size": {"choice": [16, 32, 64, 128]},
    "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
    "time_steps": {"choice": [10, 20, 30, 60]},
}
CONDITIONAL = {
    "recurrent_layers": {"choice": [1, 2, 3]},
    "units_1": {"integer": [8, 128]},
    "units_2": {"integer": [8, 128]},
    "units_3": {"integer": [8, 128]},
    "dropout_2": {"uniform": [0.0, 0.6]},
    "dropout_3": {"uniform": [0.0, 0.6]},
    "learning_rate": {"loguniform": [1e-5, 1e-1]},
    "cell": {"choice": ["lstm", "gru"]},
    "recurrent_dropout_1": {"uniform": [0.0, 0.6], "when": {"cell": "gru"}},
}


def mixed(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """A valley whose place depends on the optimizer; units and dropout go together."""
    best = {"sgd": -1.7, "rmsprop": -3.3, "adam": -2.8}[str(parameters["optimizer"])]
    rate = log10(float(parameters["learning_rate"])) - best
    dropout = float(parameters["dropout_1"]) - 0.1 - 0.003 * (float(parameters["units_1"]) - 40)
    units = (float(parameters["units_1"]) - 72) / 60
    worse = {"sgd": 0.3, "rmsprop": 0.05, "adam": 0.0}[str(parameters["optimizer"])]
    worse += {16: 0.1, 32: 0.0, 64: 0.04, 128: 0.15}[int(parameters["batch_size"])]
    worse += {10: 0.12, 20: 0.03, 30: 0.0, 60: 0.06}[int(parameters["time_steps"])]
    value = 0.4 * rate**2 + 3 * dropout**2 + 0.3 * units**2 + worse
    return value, value


def noisy(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """`mixed`, seen through noise."""
    value, _ = mixed(parameters, generator)
    return value + 0.1 * float(generator.normal()), value


def conditional(parameters: Parameters, generator: np.random.Generator) -> tuple[float, float]:
    """Two layers are best once their own settings are right; a learning rate too high diverges."""
    layers = int(parameters["recurrent_layers"])
    value = {1: 0.25, 2: 0.0, 3: 0.12}[layers] + 0.3 * ((float(parameters["units_1"]) - 90) / 60) ** 2
    value += 0.3 * (log10(float(parameters["learning_rate"])) + 2.5 + 0.4 * layers) ** 2
    if layers > 1:
        value += 0.5 * ((float(parameters["units_2"]) - 40) / 60) ** 2 + 2 * (float(parameters["dropout_2"]) - 0.3) ** 2
    if layers > 2:
        value += 0.5 * ((float(parameters["units_3"]) - 20) / 60) ** 2 + 2 * (float(parameters["dropout_3"]) - 0.1) ** 2
    if parameters["cell"] == "gru":
        value += 0.1 + (float(parameters["recurrent_dropout_1"]) - 0.2) ** 2
    return (float("nan") if log10(float(parameters["learning_rate"])) > -1.3 else value), value


TASKS = {"mixed": Task(MIXED, mixed), "conditional": Task(CONDITIONAL, conditional), "noisy": Task(MIXED, noisy)}


class Skopt:
    """scikit-optimize's Gaussian process, built anew at each ask: log scales, inactive ones in the middle."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()

    def tell(self, observations: Sequence[Observation]) -> None:
        self.observations = observations

    def ask(self, number: int) -> Parameters | None:
        from skopt import Optimizer

        space, generator = self.search.space, random_generator(self.search.seed, number)
        learnt = [row for row in self.observations if row.score is not None]
        if len(learnt) < 10:
            return fresh(space, self.observations, lambda: space.sample(generator), generator)
        scales = [_skopt_scale(dimension) for dimension in space.searched]
        optimizer = Optimizer(scales, n_initial_points=0, random_state=int(generator.integers(2**31)))
        optimizer.tell([self._point(row.parameters) for row in learnt], [row.score for row in learnt])
        names = [dimension.name for dimension in space.searched]
        asked = iter([optimizer.ask()])

        def draw() -> Parameters:
            point = next(asked, None)
            plain = None if point is None else [value.item() if hasattr(value, "item") else value for value in point]
            return (plain and space.settle(dict(zip(names, plain, strict=True)))) or space.sample(generator)

        return fresh(space, self.observations, draw, generator)

    def _point(self, parameters: Parameters) -> list[Any]:
        values = self.search.space.varying(parameters)
        return [values.get(dimension.name, _middle(dimension)) for dimension in self.search.space.searched]


def _skopt_scale(dimension: Dimension) -> Any:
    from skopt.space import Categorical, Integer, Real

    if dimension.is_listed:
        return Categorical(dimension.values)
    prior = "log-uniform" if dimension.is_log else "uniform"
    return (Integer if dimension.is_whole else Real)(dimension.low, dimension.high, prior=prior)


def _middle(dimension: Dimension) -> Any:
    return dimension.values[0] if dimension.is_listed else dimension.at(0.5)


COMPARED = {**STRATEGIES, "skopt": Skopt}


def run(strategy: str, task_name: str, seed: int, trials: int) -> list[float]:
    """The true value of the trial that looks best, after each trial."""
    task = TASKS[task_name]
    space = SearchSpace.parse(task.space)
    generator = np.random.default_rng([seed, 77])
    observations: list[Observation] = []
    best_seen, best_true, curve = np.inf, np.inf, []
    for number in range(1, trials + 1):
        chosen = COMPARED[strategy](Search(space, seed, []))
        chosen.tell(observations)
        parameters = chosen.ask(number)
        assert parameters is not None
        seen, true = task.function(parameters, generator)
        observations.append(Observation(number, parameters, seen, "finished"))
        if seen < best_seen:
            best_seen, best_true = seen, true
        curve.append(best_true)
    return curve


def ask_milliseconds(strategy: str, trials: int) -> float:
    """The median of three asks, with so many finished trials."""
    space = SearchSpace.parse(MIXED)
    generator = np.random.default_rng(0)
    points = [space.sample(generator) for _ in range(trials)]
    told = [Observation(n + 1, point, noisy(point, generator)[0], "finished") for n, point in enumerate(points)]
    seconds = []
    for repeat in range(4):  # the first one imports
        started = time.perf_counter()
        chosen = COMPARED[strategy](Search(space, repeat, []))
        chosen.tell(told)
        chosen.ask(trials + 1)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds[1:]))


def compare(strategies: Sequence[str], tasks: Sequence[str], seeds: int, processes: int) -> None:
    """Print the median and the quartiles of the best value after each budget."""
    jobs = list(product(strategies, tasks, range(seeds)))
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        curves = list(pool.map(run, *zip(*[(*job, BUDGETS[-1]) for job in jobs], strict=True)))
    print("| function | strategy | " + " | ".join(f"after {budget}" for budget in BUDGETS) + " |")
    print("|---" * (2 + len(BUDGETS)) + "|")
    for task, strategy in product(tasks, strategies):
        rows = np.array([curve for job, curve in zip(jobs, curves, strict=True) if job[:2] == (strategy, task)])
        cells = [np.quantile(rows[:, budget - 1], [0.5, 0.25, 0.75]) for budget in BUDGETS]
        shown = (f"{median:.4f} ({low:.4f}-{high:.4f})" for median, low, high in cells)
        print(f"| {task} | {strategy} | " + " | ".join(shown) + " |")


def main() -> None:
    """Compare, then time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--strategies", nargs="+", default=["random", "tpe", "gp"], choices=sorted(COMPARED))
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    wanted = parser.parse_args()
    compare(wanted.strategies, wanted.tasks, wanted.seeds, wanted.processes)
    for strategy, trials in product(wanted.strategies, (10, 100, 200)):
        print(f"{strategy}: {ask_milliseconds(strategy, trials):.0f} ms to ask at {trials} trials")


if __name__ == "__main__":
    main()

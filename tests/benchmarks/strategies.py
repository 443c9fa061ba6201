"""How good the strategies are, ours and other libraries': the best value after so many trials.

    python -m tests.benchmarks.strategies --seeds 30                      # ours
    python -m tests.benchmarks.strategies --seeds 30 --names gp_minimize  # a peer: see peers.py
    python -m tests.benchmarks.strategies --in-flight 2 4 8               # several trials at a time
    python -m tests.benchmarks.strategies --late 1 3 7 --names tpe gp     # so many trials fewer
    python -m tests.benchmarks.strategies --asks                          # how long an ask takes

Searches that have been run before are read from figures/strategies.json, and only those that are
missing are run.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from app.domain.auto import AUTO, choose
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.peers import PEERS
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import MIXED, TASKS, noisy
from worker.strategies import Observation, suggest

BUDGETS = (10, 20, 40, 80)  # trials
IN_FLIGHT_BUDGET = 60  # trials, where several are in flight
STORED_BUDGETS = (10, 20, 40, IN_FLIGHT_BUDGET, 80)
OUR_STRATEGIES = ("random", "tpe", "gp", "reduction")
HYPEROPT_STRATEGIES = ("hyperopt-tpe", "hyperopt-anneal", "hyperopt-random")
TIMED_STRATEGIES = ("random", "tpe", "gp", *HYPEROPT_STRATEGIES)
TIMED_TRIALS = (10, 100, 200, 500, 1000)
FIGURES = Path(__file__).with_name("figures")
STRATEGY_FIGURES = FIGURES / "strategies.json"

Curves = dict[str, dict[str, list[float]]]  # by a job's key, by the seed: values after budgets


class Evaluator:
    """A task as a search sees it.

    `curve` has the true value of the trial that looks best, after each trial.
    """

    def __init__(self, task: str, seed: int) -> None:
        self.function = TASKS[task].function
        self.generator = np.random.default_rng([seed, 77])
        self.best_seen = np.inf
        self.best_true = np.inf
        self.curve: list[float] = []

    def __call__(self, parameters: Parameters) -> float:
        """The value that the search sees of a trial."""
        seen, true = self.function(parameters, self.generator)
        if seen < self.best_seen:
            self.best_seen = seen
            self.best_true = true
        self.curve.append(self.best_true)
        return seen


@dataclass(frozen=True)
class SearchJob:
    """One search to run: a strategy or a peer, on a task."""

    name: str
    task: str
    seed: int
    in_flight: int

    @property
    def key(self) -> str:
        """Under which name its curve is stored, together with those of other seeds."""
        search = f"{self.task} {self.name}"
        return search if self.in_flight == 1 else f"{search} {self.in_flight} in flight"

    def run(self) -> list[float]:
        """The values after STORED_BUDGETS; after IN_FLIGHT_BUDGET alone with several in flight."""
        if self.in_flight > 1:
            curve = run_search(self.name, self.task, self.seed, IN_FLIGHT_BUDGET, self.in_flight)
            return [round(curve[-1], 5)]
        curve = run_search(self.name, self.task, self.seed)
        return [round(curve[budget - 1], 5) for budget in STORED_BUDGETS]


def run_search(
    name: str, task: str, seed: int, trials: int = BUDGETS[-1], in_flight: int = 1
) -> list[float]:
    """The true value of the trial that looks best, after each trial of a search."""
    space = SearchSpace.parse(TASKS[task].space)
    evaluate = Evaluator(task, seed)
    if name in PEERS:
        PEERS[name](space, evaluate, seed, trials)
    else:
        run_strategy(name, space, evaluate, seed, trials, in_flight)
    return pad_curve(evaluate.curve, trials)


def run_strategy(
    strategy: str,
    space: SearchSpace,
    evaluate: Callable[[Parameters], float],
    seed: int,
    trials: int,
    in_flight: int,
) -> None:
    """Search with a strategy that is offered. With each ask `in_flight - 1` trials are pending."""
    observations: list[Observation] = []
    for number in range(1, trials + 1):
        parameters = suggest(strategy, space, seed, [], observations, number)
        if parameters is None:
            break
        observations.append(Observation(number, parameters, None, "pending"))
        if number >= in_flight:
            index = number - in_flight
            ended = observations[index]
            value = evaluate(ended.parameters)
            observations[index] = Observation(ended.number, ended.parameters, value, "finished")
    for observation in observations:
        if observation.state == "pending":
            evaluate(observation.parameters)


def pad_curve(curve: list[float], trials: int) -> list[float]:
    """Repeat the last value for trials that were not made, because no untried ones were left."""
    return curve + [curve[-1]] * (trials - len(curve))


def ask_milliseconds(strategy: str, trials: int) -> float:
    """The median of three asks with so many finished trials. A first ask imports modules."""
    space = SearchSpace.parse(MIXED)
    generator = np.random.default_rng(0)
    points = [space.sample(generator) for _ in range(trials)]
    observations = []
    for number, point in enumerate(points, start=1):
        value, _ = noisy(point, generator)
        observations.append(Observation(number, point, value, "finished"))
    seconds = []
    for repeat in range(4):
        started_at = time.perf_counter()
        suggest(strategy, space, repeat, [], observations, trials + 1)
        seconds.append(time.perf_counter() - started_at)
    return 1000 * float(np.median(seconds[1:]))


def run_missing(path: Path, jobs: Sequence[SearchJob], processes: int) -> Curves:
    """The stored curves, with those of the jobs that were missing."""
    curves: Curves = json.loads(path.read_text()) if path.exists() else {}
    missing = [job for job in jobs if str(job.seed) not in curves.get(job.key, {})]
    path.parent.mkdir(exist_ok=True)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for job, values in zip(missing, pool.map(SearchJob.run, missing), strict=True):
            curves.setdefault(job.key, {})[str(job.seed)] = values
            lines = json.dumps(dict(sorted(curves.items()))).replace("]}, ", "]},\n")
            path.write_text(lines)
    return curves


def select_seeds(by_seed: dict[str, list[float]], seeds: int) -> np.ndarray:
    """The values of the seeds below `seeds`, (seeds, budgets)."""
    return np.array([values for seed, values in by_seed.items() if int(seed) < seeds])


def result_rows(curves: Curves, seeds: int) -> list[list[str]]:
    """A row for every stored search: how many seeds, medians and quartiles."""
    rows = []
    for key, by_seed in sorted(curves.items()):
        values = select_seeds(by_seed, seeds)
        if values.ndim != 2:
            continue
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        cells = []
        for median, first, third in zip(middle, low, high, strict=True):
            cells.append(f"{median:.4f} ({first:.4f}-{third:.4f})")
        if len(cells) == 1:  # several in flight
            cells = ["", "", "", *cells, ""]
        rows.append([key, str(len(values)), *cells])
    return rows


def auto_rows(curves: Curves, seeds: int) -> list[list[str]]:
    """What `auto` chooses, and its median over that of the best single strategy of ours."""
    rows = []
    for name, task in TASKS.items():
        space = SearchSpace.parse(task.space)
        medians = {}
        for strategy in OUR_STRATEGIES:
            medians[strategy] = budget_medians(curves.get(f"{name} {strategy}", {}), seeds)
        cells = []
        for budget in BUDGETS:
            chosen = choose(AUTO, "none", space, budget).strategy
            cells.append(f"{chosen} {_ratio_to_best(medians, chosen, budget):.2f}")
        rows.append([name, *cells])
    return rows


def budget_medians(by_seed: dict[str, list[float]], seeds: int) -> dict[int, float]:
    """The median after each budget. Empty if nothing is stored."""
    values = select_seeds(by_seed, seeds)
    if not len(values):
        return {}
    return dict(zip(STORED_BUDGETS, np.median(values, axis=0), strict=True))


def _ratio_to_best(medians: dict[str, dict[int, float]], chosen: str, budget: int) -> float:
    """The chosen strategy's median over the best one's. NaN if it is not stored."""
    values = {name: row[budget] for name, row in medians.items() if budget in row}
    best = min(values.values(), default=np.nan)
    if values.get(chosen) == best:
        return 1.0
    return values.get(chosen, np.nan) / best


def late_rows(options: argparse.Namespace) -> list[list[str]]:
    """Medians so many trials before IN_FLIGHT_BUDGET, and over the median there.

    With k trials in flight the last k - 1 asks know no more than that, however good they are.
    """
    rows = []
    seeds = range(options.seeds)
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        for task, name in product(options.tasks, options.names):
            names = [name] * len(seeds)
            tasks = [task] * len(seeds)
            curves = np.array(list(pool.map(run_search, names, tasks, seeds)))
            medians = np.median(curves, axis=0)
            last = medians[IN_FLIGHT_BUDGET - 1]
            cells = []
            for fewer in options.late:
                value = medians[IN_FLIGHT_BUDGET - 1 - fewer]
                ratio = f" ({value / last:.2f})" if last else ""
                cells.append(f"{value:.4f}{ratio}")
            rows.append([f"{task} {name}", str(len(seeds)), f"{last:.4f}", *cells])
    return rows


def print_asks() -> None:
    """How long an ask of each strategy takes."""
    for strategy, trials in product(TIMED_STRATEGIES, TIMED_TRIALS):
        milliseconds = ask_milliseconds(strategy, trials)
        print(f"{strategy}: {milliseconds:.0f} ms to ask at {trials} trials", flush=True)


def print_late(options: argparse.Namespace) -> None:
    """What so many trials fewer cost."""
    columns = [f"{fewer} before (over it)" for fewer in options.late]
    print(table(["search", "seeds", f"after {IN_FLIGHT_BUDGET}", *columns], late_rows(options)))


def print_results(options: argparse.Namespace) -> None:
    """Run the searches that are missing, and print all."""
    jobs = []
    for seed, in_flight, task, name in product(
        range(options.seeds), options.in_flight, options.tasks, options.names
    ):
        jobs.append(SearchJob(name, task, seed, in_flight))
    curves = run_missing(options.json, jobs, options.processes)
    columns = [f"after {budget}" for budget in STORED_BUDGETS]
    print(table(["search", "seeds", *columns], result_rows(curves, options.seeds)))
    columns = [f"after {budget}" for budget in BUDGETS]
    rows = auto_rows(curves, options.seeds)
    print(table(["auto: its choice, over the best single one", *columns], rows))


def parse_options() -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [*OUR_STRATEGIES, *HYPEROPT_STRATEGIES, *PEERS]
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--names", nargs="*", default=list(OUR_STRATEGIES), choices=names)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--in-flight", nargs="+", type=int, default=[1])
    parser.add_argument("--late", nargs="+", type=int, help="run nothing else, store nothing")
    parser.add_argument("--asks", action="store_true", help="time asks instead")
    parser.add_argument("--json", type=Path, default=STRATEGY_FIGURES)
    return parser.parse_args()


def main() -> None:
    """Time asks, or compare searches with fewer trials, or run what is missing and print it."""
    options = parse_options()
    if options.asks:
        print_asks()
    elif options.late:
        print_late(options)
    else:
        print_results(options)


if __name__ == "__main__":
    main()

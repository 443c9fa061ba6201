"""How good the strategies are, and those of other libraries: the best value after 10, 20, 40 and 80 trials.

    python -m tests.benchmarks.strategies --seeds 30                      # ours
    python -m tests.benchmarks.strategies --seeds 30 --names gp_minimize  # a peer: see tests/benchmarks/peers.py
    python -m tests.benchmarks.strategies --in-flight 2 4 8               # several trials at a time
    python -m tests.benchmarks.strategies --late 1 3 7 --names tpe gp     # what so many trials fewer cost
    python -m tests.benchmarks.strategies --asks                          # how long an ask takes

What was run before is read from figures/strategies.json and only what is missing is run.
"""

import argparse
import json
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from app.domain.auto import AUTO, choose
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.peers import PEERS
from tests.benchmarks.tables import table
from tests.benchmarks.tasks import MIXED, TASKS, noisy
from worker.strategies import STRATEGY_CLASSES, Observation
from worker.strategies.base import Search

BUDGETS = (10, 20, 40, 80)
PARALLEL = 60  # trials, where several are in flight
AFTER = (*BUDGETS[:3], PARALLEL, BUDGETS[3])  # what is kept of a curve
OURS = ("random", "tpe", "gp", "reduction")
FIGURES = Path(__file__).with_name("figures")


class Judge:
    """A task as a search sees it; keeps the true value of the trial that looks best, after each trial."""

    def __init__(self, task: str, seed: int) -> None:
        self.function, self.generator = TASKS[task].function, np.random.default_rng([seed, 77])
        self.best_seen, self.best_true = np.inf, np.inf
        self.curve: list[float] = []

    def __call__(self, parameters: Parameters) -> float:
        seen, true = self.function(parameters, self.generator)
        if seen < self.best_seen:
            self.best_seen, self.best_true = seen, true
        self.curve.append(self.best_true)
        return seen


def run(
    name: str, task: str, seed: int, trials: int = BUDGETS[-1], in_flight: int = 1
) -> list[float]:
    """The true value of the trial that looks best, after each trial of a search by one of ours or a peer's."""
    space, judge = SearchSpace.parse(TASKS[task].space), Judge(task, seed)
    if name in PEERS:
        PEERS[name](space, judge, seed, trials)
        return padded(judge.curve, trials)
    told: list[Observation] = []
    for number in range(1, trials + 1):
        search = STRATEGY_CLASSES[name](Search(space, seed, []))
        search.tell(told)
        parameters = search.ask(number)
        if parameters is None:
            break
        told.append(Observation(number, parameters, None, "pending"))
        if number >= in_flight:
            ended = told[number - in_flight]
            value = judge(ended.parameters)
            told[number - in_flight] = Observation(
                ended.number, ended.parameters, value, "finished"
            )
    for row in told[len(judge.curve) :]:
        judge(row.parameters)
    return padded(judge.curve, trials)


def padded(curve: list[float], trials: int) -> list[float]:
    """Its last value for the trials that were not made: a space that shrinks may have nothing left."""
    return [*curve, *[curve[-1]] * (trials - len(curve))]


def ask_milliseconds(strategy: str, trials: int) -> float:
    """The median of three asks, with so many finished trials."""
    space, generator = SearchSpace.parse(MIXED), np.random.default_rng(0)
    points = [space.sample(generator) for _ in range(trials)]
    told = [
        Observation(n + 1, point, noisy(point, generator)[0], "finished")
        for n, point in enumerate(points)
    ]
    seconds = []
    for repeat in range(4):  # the first one imports
        started = time.perf_counter()
        chosen = STRATEGY_CLASSES[strategy](Search(space, repeat, []))
        chosen.tell(told)
        chosen.ask(trials + 1)
        seconds.append(time.perf_counter() - started)
    return 1000 * float(np.median(seconds[1:]))


def curves(path: Path, jobs: Sequence[tuple[str, str, int, int]], processes: int) -> dict[str, Any]:
    """The stored curves by name, task and number in flight, with those of the jobs that were missing."""
    kept: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    missing = [job for job in jobs if str(job[2]) not in kept.get(key(job), {})]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for job, values in zip(missing, pool.map(points, missing), strict=True):
            kept.setdefault(key(job), {})[str(job[2])] = values
            path.parent.mkdir(exist_ok=True)
            path.write_text(
                json.dumps(dict(sorted(kept.items())), indent=None).replace("]}, ", "]},\n")
            )
    return kept


def key(job: tuple[str, str, int, int]) -> str:
    """What a job's curve is kept under."""
    name, task, _, in_flight = job
    return f"{task} {name}" if in_flight == 1 else f"{task} {name} {in_flight} in flight"


def points(job: tuple[str, str, int, int]) -> list[float]:
    """A job's curve after each budget; after PARALLEL trials where several are in flight, that alone."""
    name, task, seed, in_flight = job
    if in_flight > 1:
        return [round(run(name, task, seed, PARALLEL, in_flight)[-1], 5)]
    curve = run(name, task, seed)
    return [round(curve[budget - 1], 5) for budget in AFTER]


def rows_of_late(wanted: argparse.Namespace) -> list[list[str]]:
    """What a search by one trial at a time had so many trials before PARALLEL, over what it has then: medians.

    With k in flight the last k - 1 asks know no more than that, however wise they are.
    """
    found = []
    with ProcessPoolExecutor(wanted.processes, get_context("spawn")) as pool:
        for task, name in product(wanted.tasks, wanted.names):
            seeds = range(wanted.seeds)
            curves = np.array(list(pool.map(run, [name] * len(seeds), [task] * len(seeds), seeds)))
            now = np.median(curves[:, PARALLEL - 1])
            before = [np.median(curves[:, PARALLEL - 1 - fewer]) for fewer in wanted.late]
            shown = [
                f"{value:.4f} ({value / now:.2f})" if now else f"{value:.4f}" for value in before
            ]
            found.append([f"{task} {name}", str(len(seeds)), f"{now:.4f}", *shown])
    return found


def rows_of(kept: dict[str, Any], seeds: int) -> list[list[str]]:
    """A row of the table for everything kept: medians and quartiles, and how many seeds they are from."""
    found = []
    for name, by_seed in sorted(kept.items()):
        values = np.array([row for seed, row in by_seed.items() if int(seed) < seeds])
        if values.ndim != 2:
            continue
        low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=0)
        shown = [f"{m:.4f} ({a:.4f}-{b:.4f})" for m, a, b in zip(middle, low, high, strict=True)]
        shown = shown if len(shown) > 1 else ["", "", "", *shown, ""]
        found.append([name, str(len(values)), *shown])
    return found


def rows_of_auto(kept: dict[str, Any], seeds: int) -> list[list[str]]:
    """What `auto` chooses for each task and budget, and its median over that of the best single choice of ours."""
    found = []
    for task, of in TASKS.items():
        medians = {name: medians_of(kept.get(f"{task} {name}", {}), seeds) for name in OURS}
        cells = []
        for budget in BUDGETS:
            chosen = choose(AUTO, "none", SearchSpace.parse(of.space), budget).strategy
            values = {name: row[budget] for name, row in medians.items() if budget in row}
            best = min(values.values(), default=np.nan)
            ratio = 1.0 if values.get(chosen) == best else values.get(chosen, np.nan) / best
            cells.append(f"{chosen} {ratio:.2f}")
        found.append([task, *cells])
    return found


def medians_of(by_seed: dict[str, list[float]], seeds: int) -> dict[int, float]:
    """The median after each budget."""
    values = [row for seed, row in by_seed.items() if int(seed) < seeds]
    return dict(zip(AFTER, np.median(values, axis=0), strict=True)) if values else {}


def main() -> None:
    """Run what is missing, print the table, or time asks."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--names", nargs="*", default=list(OURS), choices=[*OURS, *PEERS])
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--in-flight", nargs="+", type=int, default=[1])
    parser.add_argument("--late", nargs="+", type=int, help="run nothing else, and keep nothing")
    parser.add_argument("--asks", action="store_true", help="time asks instead")
    parser.add_argument("--json", type=Path, default=FIGURES / "strategies.json")
    wanted = parser.parse_args()
    if wanted.asks:
        for strategy, trials in product(("random", "tpe", "gp"), (10, 100, 200, 1000)):
            print(
                f"{strategy}: {ask_milliseconds(strategy, trials):.0f} ms to ask at {trials} trials",
                flush=True,
            )
        return
    if wanted.late:
        header = [
            "search",
            "seeds",
            f"after {PARALLEL}",
            *(f"{fewer} before (over it)" for fewer in wanted.late),
        ]
        print(table(header, rows_of_late(wanted)))
        return
    jobs = [
        (name, task, seed, in_flight)
        for seed, in_flight, task, name in product(
            range(wanted.seeds), wanted.in_flight, wanted.tasks, wanted.names
        )
    ]
    kept = curves(wanted.json, jobs, wanted.processes)
    header = ["search", "seeds", *(f"after {budget}" for budget in AFTER)]
    print(table(header, rows_of(kept, wanted.seeds)))
    header = [
        "auto: its choice, over the best single one",
        *(f"after {budget}" for budget in BUDGETS),
    ]
    print(table(header, rows_of_auto(kept, wanted.seeds)))


if __name__ == "__main__":
    main()

"""How often a search finds what a grid finds, in a tenth of the grid's time.

    python -m tests.benchmarks.replays --seeds 60

The benchmark of whole searches runs each search with one seed on the grid of 81, and with five on
the reduced one. It keeps the curves of the grids' trainings and the seconds of their epochs in
figures/full.json. Here searches with many seeds take their epochs from there, in two slots, with
TRIAL_SECONDS around each training. The grid's time is that of its trainings, counted alike.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np

from app.domain.cost_model import TRIAL_SECONDS
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.replay import Floats, Replay, Run, RunState
from tests.benchmarks.searches import CLOSE_RATIO, FIGURES, SAMPLERS, TASKS
from tests.benchmarks.tables import table
from worker.strategies import Observation, suggest

FULL_FIGURES = FIGURES / "full.json"
SLOTS = 2
SEARCHED = ("learning_rate", "batch_size", "time_steps")


@dataclass(frozen=True)
class Grid:
    """A grid that was trained: the name of its task and the space of the other searches.

    `rows` finds the row of `curves` by the values of SEARCHED. `curves` are the best values up to
    each epoch, (trainings, epochs); `seconds` are those of an epoch of each training.
    """

    task: str
    space: SearchSpace
    rows: dict[tuple[Any, ...], int]
    curves: Floats
    seconds: list[float]

    @classmethod
    def from_trainings(
        cls, task: str, space: SearchSpace, trainings: Sequence[dict[str, Any]]
    ) -> "Grid":
        """Read the trainings of a curve in figures/full.json."""
        rows = {}
        for row, training in enumerate(trainings):
            rows[tuple(training[name] for name in SEARCHED)] = row
        objectives = np.array([training["objectives"] for training in trainings], np.float64)
        finite = np.where(np.isnan(objectives), np.inf, objectives)
        curves = np.minimum.accumulate(finite, axis=1)
        seconds = [training["epoch_seconds"] for training in trainings]
        return cls(task, space, rows, curves, seconds)

    @property
    def total_seconds(self) -> float:
        """Seconds until all of it is trained."""
        epochs = self.curves.shape[1]
        training_seconds = epochs * np.array(self.seconds) + TRIAL_SECONDS
        return float(training_seconds.sum()) / SLOTS

    def find_row(self, parameters: Parameters) -> int:
        """The row of the curve of a training with these parameters."""
        return self.rows[tuple(parameters[name] for name in SEARCHED)]


@dataclass(frozen=True)
class Result:
    """What a replayed search came to."""

    close_after: float | None  # fraction of the grid's time until within 5 % of its best, if ever
    best_ratio: float  # its best value over the grid's


def read_grids() -> list[Grid]:
    """The full grid, and the reduced one with each seed."""
    grids = []
    reports = json.loads(FULL_FIGURES.read_text())["searches"]["tasks"]
    for report, task in zip(reports, TASKS.values(), strict=True):
        longest = max(task.space["epochs"]["choice"])
        space = SearchSpace.parse({**task.space, "epochs": longest})
        for curve in report["curves"]:
            if curve["search"] == "grid":
                grids.append(Grid.from_trainings(report["task"], space, curve["trainings"]))
    return grids


def make_ask(grid: Grid, strategy: str, seed: int) -> Callable[[Sequence[Run]], int | None]:
    """Ask a strategy as the worker does; the answer is the row of a curve."""
    tried: list[Parameters] = []

    def ask(runs: Sequence[Run]) -> int | None:
        observations = []
        for run, parameters in zip(runs, tried, strict=True):
            observations.append(observe_run(grid, run, parameters))
        suggested = suggest(strategy, grid.space, seed, [], observations, len(runs) + 1)
        if suggested is None:
            return None
        tried.append(suggested)
        return grid.find_row(suggested)

    return ask


def observe_run(grid: Grid, run: Run, parameters: Parameters) -> Observation:
    """A trial as strategies see it. A pruned one counts with its value at that epoch."""
    if run.state == RunState.RUNNING:
        return Observation(run.number, parameters, None, "pending")
    objective = float(grid.curves[run.row, run.reached - 1])
    return Observation(run.number, parameters, objective, "finished")


def replay_search(grid: Grid, search: str, fraction: float, seed: int) -> Result:
    """Replay a search for a fraction of the grid's time."""
    strategy, _, pruning = search.partition(" + ")
    ask = make_ask(grid, strategy, seed)
    replay = Replay(grid.curves, pruning or "none", ask, grid.seconds, SLOTS, TRIAL_SECONDS)
    improvements = replay.improvements(fraction * grid.total_seconds)
    best = float(grid.curves.min())
    close_after = None
    for improvement in improvements:
        if improvement.value <= CLOSE_RATIO * best:
            close_after = improvement.at / grid.total_seconds
            break
    return Result(close_after, improvements[-1].value / best)


def replay_all(
    pool: Executor, grids: Sequence[Grid], search: str, options: argparse.Namespace
) -> list[Result]:
    """Replay a search with every seed on each of the grids."""
    results: list[Result] = []
    for grid in grids:
        replay = partial(replay_search, grid, search, options.share)
        results += pool.map(replay, range(options.seeds))
    return results


def result_cells(results: Sequence[Result]) -> list[str]:
    """How many searches, which part came close, and medians: when, and the best value."""
    times = [result.close_after for result in results if result.close_after is not None]
    close_part = len(times) / len(results)
    close_after = f"{np.median(times):.1%}" if times else ""
    best_ratio = np.median([result.best_ratio for result in results])
    return [str(len(results)), f"{close_part:.0%}", close_after, f"{best_ratio:.3f}"]


def main() -> None:
    """Replay every search and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--share", type=float, default=0.1, help="of the grid's time")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    grids = read_grids()
    tasks = dict.fromkeys(grid.task for grid in grids)
    rows = []
    with ProcessPoolExecutor(options.processes, get_context("spawn")) as pool:
        for task, sampler, pruning in product(tasks, SAMPLERS, ("", " + asha")):
            grids_of_task = [grid for grid in grids if grid.task == task]
            results = replay_all(pool, grids_of_task, sampler + pruning, options)
            rows.append([f"{task}: {sampler}{pruning}", *result_cells(results)])
    head = ["search", "searches", "within 5 %", "after, of the grid's time", "best / grid's best"]
    print(table(head, rows))


if __name__ == "__main__":
    main()

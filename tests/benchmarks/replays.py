"""How often a search finds what a grid finds, in a tenth of its time: replayed on the curves of the searches benchmark.

    python -m tests.benchmarks.replays --seeds 60

The benchmark of whole searches runs each with one seed on the grid of 81 and with five on the reduced one. The curves
of the grids' trainings and the seconds of their epochs are kept in figures/full.json; here searches with many seeds
take their epochs from there (tests/benchmarks/replay.py), in two slots, with TRIAL_SECONDS around each training. The
grid's time is that of its trainings, counted in the same way.
"""

import argparse
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product
from multiprocessing import get_context
from typing import Any

import numpy as np

from app.domain.cost_model import TRIAL_SECONDS
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.benchmarks.replay import Floats, Replay, Run
from tests.benchmarks.searches import CLOSE_ENOUGH, KEPT, SAMPLERS, TASKS
from tests.benchmarks.tables import table
from worker.strategies import STRATEGY_CLASSES, Observation
from worker.strategies.base import Search

FIGURES = KEPT.with_name("full.json")
SLOTS = 2
VARIED = ("learning_rate", "batch_size", "time_steps")


@dataclass(frozen=True)
class Grid:
    """One grid that was trained: its task, the space of the other searches, curves, seconds of an epoch."""

    task: str
    space: SearchSpace
    rows: dict[tuple[Any, ...], int]
    curves: Floats
    seconds: list[float]

    @property
    def took(self) -> float:
        """Seconds until all of it is trained."""
        return float((self.curves.shape[1] * np.array(self.seconds) + TRIAL_SECONDS).sum()) / SLOTS

    def row(self, parameters: Parameters) -> int:
        """Of the curve that such a training has."""
        return self.rows[tuple(parameters[name] for name in VARIED)]


def grids() -> list[Grid]:
    """Those of figures/full.json: the full one, and the reduced one with each seed."""
    found = []
    for kept, task in zip(
        json.loads(FIGURES.read_text())["searches"]["tasks"], TASKS.values(), strict=True
    ):
        space = SearchSpace.parse({**task.space, "epochs": max(task.space["epochs"]["choice"])})
        for curve in kept["curves"]:
            if curve["search"] != "grid":
                continue
            trainings = curve["trainings"]
            objectives = np.array([training["objectives"] for training in trainings], np.float64)
            best = np.minimum.accumulate(np.where(np.isnan(objectives), np.inf, objectives), axis=1)
            rows = {
                tuple(training[name] for name in VARIED): row
                for row, training in enumerate(trainings)
            }
            seconds = [training["epoch_seconds"] for training in trainings]
            found.append(Grid(kept["task"], space, rows, best, seconds))
    return found


def asking(grid: Grid, strategy: str, seed: int) -> Callable[[Sequence[Run]], int | None]:
    """A strategy's ask as the worker does it, by rows of curves."""
    tried: list[Parameters] = []

    def ask(runs: Sequence[Run]) -> int | None:
        chosen = STRATEGY_CLASSES[strategy](Search(grid.space, seed, []))
        chosen.tell(
            [observed(grid, run, parameters) for run, parameters in zip(runs, tried, strict=True)]
        )
        parameters = chosen.ask(len(runs) + 1)
        if parameters is None:
            return None
        tried.append(parameters)
        return grid.row(parameters)

    return ask


def observed(grid: Grid, run: Run, parameters: Parameters) -> Observation:
    """A trial as strategies are told of it: what was pruned counts as it was then."""
    if run.state == "running":
        return Observation(run.number, parameters, None, "pending")
    return Observation(
        run.number, parameters, float(grid.curves[run.row, run.reached - 1]), "finished"
    )


def reached(grid: Grid, search: str, share: float, seed: int) -> tuple[float | None, float]:
    """The part of the grid's time until a search comes within 5 % of its best, if it does, and its best over it."""
    strategy, _, pruning = search.partition(" + ")
    ask = asking(grid, strategy, seed)
    replay = Replay(grid.curves, pruning or "none", ask, grid.seconds, SLOTS, TRIAL_SECONDS)
    improved = replay.improvements(share * grid.took)
    best = float(grid.curves.min())
    when = next((at for at, value in improved if value <= CLOSE_ENOUGH * best), None)
    return (None if when is None else when / grid.took), improved[-1][1] / best


def main() -> None:
    """Replay every search and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--share", type=float, default=0.1, help="of the grid's time")
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    rows, kept = [], grids()
    with ProcessPoolExecutor(wanted.processes, get_context("spawn")) as pool:
        for task, (sampler, pruning) in product(
            dict.fromkeys(grid.task for grid in kept), product(SAMPLERS, ("", " + asha"))
        ):
            found = []
            for grid in kept:
                if grid.task == task:
                    found += pool.map(
                        partial(reached, grid, sampler + pruning, wanted.share), range(wanted.seeds)
                    )
            rows.append([f"{task}: {sampler}{pruning}", *cells(found)])
    print(
        table(
            ["search", "searches", "within 5 %", "after, of the grid's time", "best / grid's best"],
            rows,
        )
    )


def cells(found: Sequence[tuple[float | None, float]]) -> list[str]:
    """How many searches, the part of them that came close, and medians: when those did, and the best of all."""
    times = [share for share, _ in found if share is not None]
    when = f"{np.median(times):.1%}" if times else ""
    return [
        str(len(found)),
        f"{len(times) / len(found):.0%}",
        when,
        f"{np.median([best for _, best in found]):.3f}",
    ]


if __name__ == "__main__":
    main()

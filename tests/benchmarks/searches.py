"""Best value against time of whole searches, run by the product.

    python -m tests.benchmarks.searches [--full]

The grid trains every combination. The others draw from the same space, with its longest epochs,
each with and without successive halving, and are stopped after a fraction of the grid's time. The
reduced task is the same grid in small: a fifth of the units and of the time steps, one seed.

--full runs the grid of 81, then the reduced task with five seeds. That takes hours. Searches that
have ended are kept in figures/searches.kept.json until all have, so that the same command goes on
after an interruption. `--task` runs one of the two. The curves of a grid's trainings are kept, too,
so that other rules can be tried on them: see tests.benchmarks.replays.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from app.domain.presets import GRID_OF_81
from tests.benchmarks.search_runs import GRID, Curve, run_search

SAMPLERS = ("random", "tpe", "gp")
CLOSE_RATIO = 1.05  # to the grid's best value
FIGURES = Path(__file__).parent / "figures"
ENDED_SEARCHES = FIGURES / "searches.kept.json"


@dataclass(frozen=True)
class Task:
    """A grid on GE's prices, and which fraction of its time the other searches get."""

    name: str
    space: dict[str, Any]
    seeds: int
    fraction: float


REDUCED = Task(
    name="reduced: the grid of 81 with LSTM 20+12 on 6, 12, 18 steps",
    space={**GRID_OF_81.space, "units_1": 20, "units_2": 12, "time_steps": {"choice": [6, 12, 18]}},
    seeds=1,
    fraction=0.1,
)
TASKS = {
    "full": Task("full: the grid of 81", dict(GRID_OF_81.space), seeds=1, fraction=0.1),
    "reduced": replace(REDUCED, seeds=5),
}


def run_searches(task: Task, *, keeps_ended: bool) -> list[Curve]:
    """Seed after seed, the grid first, then every other search with its fraction of the time."""
    curves = []
    for seed in range(task.seeds):
        grid = run_or_read(task, GRID, seed, None, keeps_ended)
        curves.append(grid)
        print_progress(grid, grid)
        for sampler in SAMPLERS:
            for search in (sampler, f"{sampler} + asha"):
                curve = run_or_read(task, search, seed, grid.took * task.fraction, keeps_ended)
                curves.append(curve)
                print_progress(curve, grid)
    return curves


def run_or_read(
    task: Task, search: str, seed: int, seconds: float | None, keeps_ended: bool
) -> Curve:
    """Run a search, unless an interrupted command has kept its curve."""
    if not keeps_ended:
        return run_search(task.space, search, seed, seconds)
    ended = json.loads(ENDED_SEARCHES.read_text()) if ENDED_SEARCHES.exists() else {}
    key = f"{task.name} | {search} | {seed}"
    if key not in ended:
        ended[key] = vars(run_search(task.space, search, seed, seconds))
        ENDED_SEARCHES.write_text(json.dumps(ended))
    return Curve(**ended[key])


def print_progress(curve: Curve, grid: Curve) -> None:
    """One line about a search that has ended."""
    fraction = time_fraction(curve, grid)
    result = "not within 5 %"
    if fraction is not None:
        result = f"within 5 % of the grid's best after {fraction:.1%} of its time"
    search = f"{curve.search}, seed {curve.seed}"
    print(f"{search}: {curve.took:.0f} s, best {curve.best[-1]:.5g}, {result}", flush=True)


def time_fraction(curve: Curve, grid: Curve, power: float = 1.0) -> float | None:
    """The fraction of the grid's time until a search is within 5 % of its best. None: never.

    With a power of a half the 5 % are of the squared error.
    """
    seconds = curve.seconds_until(grid.best[-1] * CLOSE_RATIO**power)
    return None if seconds is None else seconds / grid.took


def median_fraction(fractions: Sequence[float | None]) -> float | None:
    """The median, where None counts as infinite. None if it is infinite."""
    numbers = [np.inf if fraction is None else fraction for fraction in fractions]
    median = float(np.median(numbers))
    return median if np.isfinite(median) else None


def summarise(curves: list[Curve]) -> list[dict[str, Any]]:
    """For each search, medians over its seeds, in the form of figures/full.json."""
    grids = {curve.seed: curve for curve in curves if curve.search == GRID}
    summaries = []
    for search in dict.fromkeys(curve.search for curve in curves):
        runs = [curve for curve in curves if curve.search == search]
        fractions = [time_fraction(run, grids[run.seed]) for run in runs]
        squared_fractions = [time_fraction(run, grids[run.seed], power=0.5) for run in runs]
        ratios = [run.best[-1] / grids[run.seed].best[-1] for run in runs]
        summary = {
            "search": search,
            "seconds": float(np.median([run.took for run in runs])),
            "best_to_grid": float(np.median(ratios)),
            "share_of_time": median_fraction(fractions),
            "share_by_squares": median_fraction(squared_fractions),
            "shares": fractions,
            "eta_ratio": [run.eta_ratio for run in runs],
            "epochs_trained": float(np.median([run.epochs_trained for run in runs])),
        }
        summaries.append(summary)
    return summaries


def show_report(report: dict[str, Any]) -> None:
    """Print the report of a task as a table."""
    table = Table(
        "search",
        "seconds",
        "best / grid's best",
        "time until within 5 %, of the grid's",
        title=report["task"],
    )
    for row in report["searches"]:
        fraction = row["share_of_time"]
        reached = "not reached" if fraction is None else f"{fraction:.1%}"
        table.add_row(row["search"], f"{row['seconds']:.0f}", f"{row['best_to_grid']:.3f}", reached)
    Console().print(table)


def run(tasks: Sequence[Task], *, keeps_ended: bool) -> dict[str, Any]:
    """Run all searches of the tasks, show and return a report of each."""
    reports = []
    for task in tasks:
        curves = run_searches(task, keeps_ended=keeps_ended)
        report = {
            "task": task.name,
            "searches": summarise(curves),
            "curves": [vars(curve) for curve in curves],
        }
        show_report(report)
        reports.append(report)
    return {"tasks": reports}


def main() -> None:
    """Run, print tables, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--full", action="store_true", help="the grid of 81, and 5 seeds of the reduced task"
    )
    parser.add_argument("--task", choices=list(TASKS), help="run this one and keep its curves")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    if arguments.task:
        run_searches(TASKS[arguments.task], keeps_ended=True)
        return
    if arguments.full:
        report = run(list(TASKS.values()), keeps_ended=True)
        ENDED_SEARCHES.unlink(missing_ok=True)
    else:
        report = run([REDUCED], keeps_ended=False)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()

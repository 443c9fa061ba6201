"""Best value against time of whole searches, run by the product: `python -m tests.benchmarks.searches [--full]`.

Each search gets an empty database and a worker of its own, whose slots have trained before, as those of a worker that
runs already. The grid trains every combination; the others draw from the same space (with its longest epochs), each
with and without successive halving, and are stopped after a part of the grid's time. The reduced task is the same grid
in small, a fifth of the units and of the time steps, one seed; --full runs the grid of 81, then the reduced task with
5 seeds. That takes hours: searches that ended are kept in figures/searches.kept.json until all have, so that the same
command goes on where it was interrupted. `--task` runs one of the two. The curves of a grid's trainings are kept, so
that other rules can be tried on them.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial
from app.domain.presets import GRID_OF_81
from app.domain.terms import ArtifactKind
from app.samples import SAMPLE
from app.schemas import ExperimentRequest
from app.services import datasets, experiments, overviews, summaries
from tests.benchmarks.product import installation, worker
from tests.shared import GE

SAMPLERS = ("random", "tpe", "gp")
CLOSE_ENOUGH = 1.05  # times the grid's best value
PATIENCE_SECONDS = 4 * 3600.0
KEPT = Path(__file__).parent / "figures" / "searches.kept.json"


@dataclass(frozen=True)
class Task:
    """A grid on GE's prices (without ../shared the sample's), and how much of its time the other searches get."""

    name: str
    space: dict[str, Any]
    seeds: int
    share: float


REDUCED = Task(
    name="reduced: the grid of 81 with LSTM 20+12 on 6, 12, 18 steps",
    space={**GRID_OF_81.space, "units_1": 20, "units_2": 12, "time_steps": {"choice": [6, 12, 18]}},
    seeds=1,
    share=0.1,
)
TASKS = {
    "full": Task("full: the grid of 81", dict(GRID_OF_81.space), seeds=1, share=0.1),
    "reduced": replace(REDUCED, seeds=5),
}


@dataclass(frozen=True)
class Curve:
    """One search: seconds since its start and the best value so far, a pair for every improvement."""

    search: str
    seed: int
    seconds: list[float]
    best: list[float]
    took: float
    epochs_asked: int
    epochs_trained: int
    eta_ratio: float | None  # time left as said after three trials over the time it then took
    trainings: list[dict[str, Any]] = field(
        default_factory=list
    )  # of a grid: what varied, and each epoch

    def when(self, value: float) -> float | None:
        """Seconds until the best value was at most this; None when it never was."""
        return next(
            (second for second, best in zip(self.seconds, self.best, strict=True) if best <= value),
            None,
        )


def request(
    task: Task, search: str, seed: int, dataset_id: int, seconds: float | None
) -> ExperimentRequest:
    """The experiment: "grid", or a sampler, or a sampler "+ asha"."""
    strategy, _, pruning = search.partition(" + ")
    space = dict(task.space)
    if strategy != "grid":
        space["epochs"] = max(space["epochs"]["choice"])
    size = 10_000 if strategy != "grid" else 81
    return ExperimentRequest(
        name=search, dataset_id=dataset_id, strategy=strategy, pruning=pruning or "none", max_trials=size, seed=seed,
        time_budget_seconds=seconds, space=space,
    )  # fmt: skip


def search_once(task: Task, search: str, seed: int, seconds: float | None = None) -> Curve:
    """Run one search to its end and read its curve from the database."""
    with installation() as (settings, database):
        with database.write() as session:
            content = (GE if GE.exists() else SAMPLE).read_bytes()
            dataset = datasets.create_from_csv(
                session, name="prices", filename="prices.csv", content=content
            )
            dataset_id = dataset.id
        with worker(settings):
            _warm(database, dataset_id, settings.slot_count)
            with database.write() as session:
                experiment_id = experiments.create(
                    session, request(task, search, seed, dataset_id, seconds)
                ).id
            said = _wait(database, experiment_id)
        with database.read() as session:
            return _curve(session, session.get_one(Experiment, experiment_id), search, said)


def _warm(database: Database, dataset_id: int, slots: int) -> None:
    """Let every slot train something tiny, and forget it once its best model is packed, which keeps a slot busy."""
    points = [
        {"units_1": 2 + slot, "time_steps": 2, "batch_size": 128, "epochs": 2}
        for slot in range(slots)
    ]
    with database.write() as session:
        wanted = ExperimentRequest(
            name="first", dataset_id=dataset_id, strategy="manual", points=points
        )
        experiment_id = experiments.create(session, wanted).id
    _wait(database, experiment_id)
    _until(lambda: _is_packed(database), "the bundle was not made")
    with database.write() as session:
        experiments.delete(session, experiments.get(session, experiment_id))


def _is_packed(database: Database) -> bool:
    with database.read() as session:
        bundle = session.scalar(select(Artifact).where(Artifact.kind == ArtifactKind.BUNDLE))
        return bundle is not None and (bundle.size is not None or bundle.problem is not None)


def _wait(database: Database, experiment_id: int) -> tuple[float, float] | None:
    """Until it has ended; what the page said of the time left after three trials, and when."""
    said: tuple[float, float] | None = None

    def has_ended() -> bool:
        nonlocal said
        with database.read() as session:
            overview = overviews.build(session, session.get_one(Experiment, experiment_id))
        if said is None and overview.finished >= 3 and overview.eta_seconds:
            said = (overview.seconds_running, overview.eta_seconds)
        return overview.experiment.finished_at is not None

    _until(has_ended, "the search did not end")
    return said


def _until(condition: Callable[[], bool], otherwise: str) -> None:
    """Look five times a second, hours long if need be."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.2)


def _curve(
    session: Session, experiment: Experiment, search: str, said: tuple[float, float] | None
) -> Curve:
    first = select(func.min(Trial.started_at)).where(Trial.experiment_id == experiment.id)
    began = session.scalar(first)
    mine = select(Trial.training_id).where(Trial.experiment_id == experiment.id)
    query = (
        select(Epoch.recorded_at, Epoch.objective)
        .where(Epoch.training_id.in_(mine))
        .order_by(Epoch.recorded_at)
    )
    seconds, best = [], []
    for at, value in session.execute(query):
        if value is not None and (not best or value < best[-1]):
            seconds.append((at - began) / timedelta(seconds=1))
            best.append(value)
    took, saved = (
        (experiment.finished_at - began) / timedelta(seconds=1),
        summaries.savings(session, experiment.id),
    )
    ratio = said[1] / (took - said[0]) if said and took > said[0] else None
    trainings = _trainings(session, experiment) if search == "grid" else []
    return Curve(
        search, experiment.seed, seconds, best, took, saved.asked, saved.trained, ratio, trainings
    )


def _trainings(session: Session, experiment: Experiment) -> list[dict[str, Any]]:
    """What varies between the trainings of a grid, the objective of each epoch, and its usual seconds."""
    space, found = experiment.space, {}
    for trial in session.scalars(
        select(Trial).where(Trial.experiment_id == experiment.id).order_by(Trial.number)
    ):
        query = select(Epoch.objective, Epoch.seconds).where(Epoch.training_id == trial.training_id)
        epochs = session.execute(query.order_by(Epoch.number)).all()
        varying = {
            name: value
            for name, value in space.searched_values(trial.parameters).items()
            if name != "epochs"
        }
        objectives = [None if value is None else float(f"{value:.6g}") for value, _ in epochs]
        usual = float(np.median([seconds for _, seconds in epochs]))
        found[trial.training_id] = {
            **varying,
            "objectives": objectives,
            "epoch_seconds": round(usual, 4),
        }
    return list(found.values())


def compare(task: Task, is_kept: bool) -> list[Curve]:
    """The grid first, then every other search with its share of the grid's time, seed after seed."""
    once = search_or_read if is_kept else search_once
    curves = []
    for seed in range(task.seeds):
        grid = once(task, "grid", seed)
        curves.append(grid)
        say(grid, grid)
        for sampler in SAMPLERS:
            for search in (sampler, f"{sampler} + asha"):
                curves.append(once(task, search, seed, grid.took * task.share))
                say(curves[-1], grid)
    return curves


def search_or_read(task: Task, search: str, seed: int, seconds: float | None = None) -> Curve:
    """What an interrupted run found, else a search now."""
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    key = f"{task.name} | {search} | {seed}"
    if key not in kept:
        kept[key] = vars(search_once(task, search, seed, seconds))
        KEPT.write_text(json.dumps(kept))
    return Curve(**kept[key])


def say(curve: Curve, grid: Curve) -> None:
    """One line of progress."""
    reached = curve.when(grid.best[-1] * CLOSE_ENOUGH)
    words = (
        f"within 5 % of the grid's best after {reached / grid.took:.1%} of its time"
        if reached
        else "not within 5 %"
    )
    print(
        f"{curve.search}, seed {curve.seed}: {curve.took:.0f} s, best {curve.best[-1]:.5g}, {words}",
        flush=True,
    )


def rows(curves: list[Curve]) -> list[dict[str, Any]]:
    """For each search: its best value over the grid's, and the share of the grid's time until within 5 % of it."""
    grids = {curve.seed: curve for curve in curves if curve.search == "grid"}
    found = []
    for name in dict.fromkeys(curve.search for curve in curves):
        mine = [curve for curve in curves if curve.search == name]
        shares = [_share(curve, grids[curve.seed]) for curve in mine]
        values = [curve.best[-1] / grids[curve.seed].best[-1] for curve in mine]
        trained = [curve.epochs_trained for curve in mine]
        found.append({
            "search": name,
            "seconds": float(np.median([curve.took for curve in mine])),
            "best_to_grid": float(np.median(values)),
            "share_of_time": _finite(float(np.median(shares))),
            "share_by_squares": _finite(float(np.median([_share(curve, grids[curve.seed], 0.5) for curve in mine]))),
            "shares": [_finite(share) for share in shares],
            "eta_ratio": [curve.eta_ratio for curve in mine],
            "epochs_trained": float(np.median(trained)),
        })  # fmt: skip
    return found


def _finite(share: float) -> float | None:
    return share if np.isfinite(share) else None


def _share(curve: Curve, grid: Curve, power: float = 1.0) -> float:
    """The part of the grid's time until within 5 % of its best; of its squared error, with a power of a half."""
    reached = curve.when(grid.best[-1] * CLOSE_ENOUGH**power)
    return np.inf if reached is None else reached / grid.took


def show(report: dict[str, Any]) -> None:
    """The report as a table."""
    table = Table(
        "search",
        "seconds",
        "best / grid's best",
        "time until within 5 %, of the grid's",
        title=report["task"],
    )
    for row in report["searches"]:
        share = f"{row['share_of_time']:.1%}" if row["share_of_time"] is not None else "not reached"
        table.add_row(row["search"], f"{row['seconds']:.0f}", f"{row['best_to_grid']:.3f}", share)
    Console().print(table)


def run(tasks: Sequence[Task]) -> dict[str, Any]:
    """Run and report, one report a task."""
    reports = []
    for task in tasks:
        curves = compare(task, is_kept=len(tasks) > 1)
        reports.append(
            {
                "task": task.name,
                "searches": rows(curves),
                "curves": [vars(curve) for curve in curves],
            }
        )
        show(reports[-1])
    return {"tasks": reports}


def main() -> None:
    """Run, print the table, write JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--full", action="store_true", help="the grid of 81, and 5 seeds of the reduced task"
    )
    parser.add_argument(
        "--task", choices=TASKS, help="one task of a full run; what it finds is kept"
    )
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    if arguments.task:
        compare(TASKS[arguments.task], is_kept=True)
        return
    report = run(list(TASKS.values()) if arguments.full else [REDUCED])
    if arguments.full:
        KEPT.unlink(missing_ok=True)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()

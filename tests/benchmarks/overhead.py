"""What a trial costs outside its epochs, and what a slot and a worker weigh: `python -m tests.benchmarks.overhead`.

A real worker process with one slot runs trials of about a second; when what happened is read from the database.
"""

import argparse
import json
import statistics
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select

from app.db.engine import Database
from app.db.models import Epoch, Experiment, Trial
from app.domain.terms import FINISHED_TRIAL_STATES
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from tests.benchmarks.product import installation, worker

ROOM = {"slots": 1, "trials_per_slot": 10_000}  # one slot that is never replaced
WARM_UP = 3  # trials that are not counted
SECOND = {"units_1": 16, "time_steps": 30, "batch_size": 32, "epochs": 60, "patience": 0}
SHORT = {"units_1": 4, "time_steps": 5, "batch_size": 128, "epochs": 2, "patience": 0}
SEARCHED = {"learning_rate": {"loguniform": [0.0001, 0.01]}, "dropout_1": {"uniform": [0.0, 0.5]}}
STEPS = ("claim to first epoch", "between epochs", "last epoch to stored", "stored to next claim")


def begin(database: Database, strategy: str, trials: int, fixed: dict[str, Any]) -> int:
    """A search on the sample; its id."""
    space = {**fixed, **SEARCHED}
    with database.write() as session:
        dataset_id = datasets.add_sample(session).id
        wanted = ExperimentRequest(
            name=strategy,
            dataset_id=dataset_id,
            strategy=strategy,
            max_trials=trials,
            space=space,
            seed=1,
        )
        return experiments.create(session, wanted).id


def ended(database: Database, experiment_id: int) -> int:
    """How many of its trials have ended."""
    with database.read() as session:
        mine = select(func.count()).where(
            Trial.experiment_id == experiment_id, Trial.state.in_(FINISHED_TRIAL_STATES)
        )
        return session.scalar(mine) or 0


def wait_for(database: Database, experiment_id: int, trials: int) -> None:
    """Until so many of its trials have ended."""
    deadline = time.monotonic() + 900
    while ended(database, experiment_id) < trials:
        if time.monotonic() > deadline:
            raise TimeoutError("the search did not end")
        time.sleep(0.05)


def where_time_goes(trials: int) -> dict[str, Any]:
    """Milliseconds of each step around the epochs of one-second trials, medians."""
    with installation(**ROOM) as (settings, database):
        experiment_id = begin(database, "tpe", trials, SECOND)
        with worker(settings):
            wait_for(database, experiment_id, trials)
        with database.read() as session:
            experiment = session.get_one(Experiment, experiment_id)
            rows = [_spans(session, trial) for trial in _trials(session, experiment)]
    for row, after in pairwise(rows):
        row["stored to next claim"] = after["claimed"] - row["ended"]
    counted = rows[WARM_UP:-1]
    found = {step: 1000 * statistics.median(row[step] for row in counted) for step in STEPS}
    training = 1000 * statistics.median(row["training"] for row in counted)
    outside = 1000 * statistics.median(sum(row[step] for step in STEPS) for row in counted)
    return {
        "training": training,
        "outside": outside,
        "share": outside / (training + outside),
        "steps": found,
    }


def _trials(session: Any, experiment: Experiment) -> list[Trial]:
    return list(
        session.scalars(
            select(Trial).where(Trial.experiment_id == experiment.id).order_by(Trial.number)
        )
    )


def _spans(session: Any, trial: Trial) -> dict[str, float]:
    query = select(Epoch.recorded_at, Epoch.seconds).where(Epoch.training_id == trial.training_id)
    epochs = session.execute(query.order_by(Epoch.number)).all()
    training = sum(seconds for _, seconds in epochs)
    assert trial.started_at is not None
    assert trial.finished_at is not None
    began = epochs[0].recorded_at - timedelta(seconds=epochs[0].seconds)
    return {
        "claimed": trial.started_at.timestamp(),
        "ended": trial.finished_at.timestamp(),
        "training": training,
        "claim to first epoch": (began - trial.started_at).total_seconds(),
        "between epochs": (epochs[-1].recorded_at - began).total_seconds() - training,
        "last epoch to stored": (trial.finished_at - epochs[-1].recorded_at).total_seconds(),
    }


def slot_memory(trials: int) -> dict[str, float]:
    """MB of a slot after a tenth of so many short trials, and after all of them."""
    with installation(**ROOM) as (settings, database):
        experiment_id = begin(database, "random", trials, SHORT)
        with worker(settings) as process:
            wait_for(database, experiment_id, trials // 10)
            early = _largest_child(process)
            wait_for(database, experiment_id, trials)
            late = _largest_child(process)
    return {"trials": trials, "early": early, "late": late}


def worker_memory(strategy: str, trials: int) -> float:
    """MB of a worker process, its slots apart, after a search."""
    with installation(**ROOM) as (settings, database):
        experiment_id = begin(database, strategy, trials, SHORT)
        with worker(settings) as process:
            wait_for(database, experiment_id, trials)
            return process.memory_info().rss / 1e6


def _largest_child(process: psutil.Process) -> float:
    return max(child.memory_info().rss for child in process.children(recursive=True)) / 1e6


def show(report: dict[str, Any]) -> None:
    """The report as tables."""
    console, time_report = Console(), report["time"]
    table = Table("step", "ms", "of the trial", title="A trial of about a second")
    whole = time_report["training"] + time_report["outside"]
    for step, milliseconds in {"epochs": time_report["training"], **time_report["steps"]}.items():
        table.add_row(step, f"{milliseconds:.1f}", f"{milliseconds / whole:.1%}")
    table.add_row(
        "outside the epochs, in all", f"{time_report['outside']:.1f}", f"{time_report['share']:.1%}"
    )
    console.print(table)
    table = Table("what", "MB", title="Memory")
    slot = report["slot"]
    table.add_row(f"a slot after {slot['trials'] // 10:.0f} trials", f"{slot['early']:.0f}")
    table.add_row(f"a slot after {slot['trials']:.0f} trials", f"{slot['late']:.0f}")
    for strategy, megabytes in report["worker"].items():
        table.add_row(f"the worker after a search by {strategy}", f"{megabytes:.0f}")
    console.print(table)


def run(full: bool) -> dict[str, Any]:
    """Run and report."""
    return {
        "time": where_time_goes(40 if full else 14),
        "slot": slot_memory(200 if full else 100),
        "worker": {
            strategy: worker_memory(strategy, 60 if full else 20)
            for strategy in ("random", "tpe", "gp")
        },
    }


def main() -> None:
    """Run, print tables, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="more trials")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    report = run(arguments.full)
    show(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()

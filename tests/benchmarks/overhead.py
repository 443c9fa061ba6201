"""What a trial costs outside its epochs, and how much memory slots and workers take.

    python -m tests.benchmarks.overhead

A real worker process with one slot runs trials of about a second. Their times are read from the
database.
"""

import argparse
import json
import statistics
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Epoch, Trial
from app.domain.terms import FINISHED_TRIAL_STATES
from app.samples import IBM
from app.schemas import ExperimentRequest
from app.services import datasets, experiments
from tests.benchmarks.product import installation, worker

ONE_LASTING_SLOT = {"slots": 1, "trials_per_slot": 10_000}
WARM_UP_TRIALS = 3
WAIT_SECONDS = 900
MEGABYTE = 1e6
ONE_SECOND = {"units_1": 16, "time_steps": 30, "batch_size": 32, "epochs": 60, "patience": 0}
SHORT = {"units_1": 4, "time_steps": 5, "batch_size": 128, "epochs": 2, "patience": 0}
SEARCHED = {"learning_rate": {"loguniform": [0.0001, 0.01]}, "dropout_1": {"uniform": [0.0, 0.5]}}
STRATEGIES_TESTED = ("random", "tpe", "gp")


@dataclass(frozen=True)
class TrialTimes:
    """When a trial was claimed and ended, in seconds since 1970, and how it spent its time."""

    claimed: float
    ended: float
    training: float
    claim_to_first_epoch: float
    between_epochs: float
    last_epoch_to_stored: float


def begin_search(database: Database, strategy: str, trials: int, fixed: dict[str, Any]) -> int:
    """Begin a search on the sample. Returns its id."""
    with database.write() as session:
        request = ExperimentRequest(
            name=strategy,
            dataset_id=datasets.add_sample(session, IBM).id,
            strategy=strategy,
            max_trials=trials,
            space={**fixed, **SEARCHED},
            seed=1,
        )
        return experiments.create(session, request).id


def count_ended(database: Database, experiment_id: int) -> int:
    """How many of its trials have ended."""
    ended = select(func.count()).where(
        Trial.experiment_id == experiment_id, Trial.state.in_(FINISHED_TRIAL_STATES)
    )
    with database.read() as session:
        return session.scalar(ended) or 0


def wait_for_trials(database: Database, experiment_id: int, trials: int) -> None:
    """Wait until so many of its trials have ended. Raises TimeoutError."""
    deadline = time.monotonic() + WAIT_SECONDS
    while count_ended(database, experiment_id) < trials:
        if time.monotonic() > deadline:
            raise TimeoutError("the search did not end")
        time.sleep(0.05)


def measure_steps(trials: int) -> dict[str, Any]:
    """Median milliseconds of each step around the epochs of one-second trials."""
    with installation(**ONE_LASTING_SLOT) as (settings, database):
        experiment_id = begin_search(database, "tpe", trials, ONE_SECOND)
        with worker(settings):
            wait_for_trials(database, experiment_id, trials)
        with database.read() as session:
            times = read_times(session, experiment_id)
    rows = []
    for trial, next_trial in list(pairwise(times))[WARM_UP_TRIALS:]:
        row = {
            "claim to first epoch": trial.claim_to_first_epoch,
            "between epochs": trial.between_epochs,
            "last epoch to stored": trial.last_epoch_to_stored,
            "stored to next claim": next_trial.claimed - trial.ended,
        }
        rows.append(row)
    steps = {step: 1000 * statistics.median(row[step] for row in rows) for step in rows[0]}
    training = 1000 * statistics.median(trial.training for trial in times[WARM_UP_TRIALS:-1])
    outside = 1000 * statistics.median(sum(row.values()) for row in rows)
    return {
        "training": training,
        "outside": outside,
        "share": outside / (training + outside),
        "steps": steps,
    }


def read_times(session: Session, experiment_id: int) -> list[TrialTimes]:
    """The times of each trial, in the order of their numbers."""
    trials = select(Trial).where(Trial.experiment_id == experiment_id).order_by(Trial.number)
    return [read_trial_times(session, trial) for trial in session.scalars(trials)]


def read_trial_times(session: Session, trial: Trial) -> TrialTimes:
    """The times of one trial, which has ended."""
    assert trial.started_at is not None
    assert trial.finished_at is not None
    epochs = session.scalars(
        select(Epoch).where(Epoch.training_id == trial.training_id).order_by(Epoch.number)
    ).all()
    training = sum(epoch.seconds for epoch in epochs)
    first_epoch_began = epochs[0].recorded_at - timedelta(seconds=epochs[0].seconds)
    last_epoch_ended = epochs[-1].recorded_at
    return TrialTimes(
        claimed=trial.started_at.timestamp(),
        ended=trial.finished_at.timestamp(),
        training=training,
        claim_to_first_epoch=(first_epoch_began - trial.started_at).total_seconds(),
        between_epochs=(last_epoch_ended - first_epoch_began).total_seconds() - training,
        last_epoch_to_stored=(trial.finished_at - last_epoch_ended).total_seconds(),
    )


def measure_slot_memory(trials: int) -> dict[str, float]:
    """MB of a slot after a tenth of so many short trials, and after all of them."""
    with installation(**ONE_LASTING_SLOT) as (settings, database):
        experiment_id = begin_search(database, "random", trials, SHORT)
        with worker(settings) as process:
            wait_for_trials(database, experiment_id, trials // 10)
            early = largest_child_memory(process)
            wait_for_trials(database, experiment_id, trials)
            late = largest_child_memory(process)
    return {"trials": trials, "early": early, "late": late}


def measure_worker_memory(strategy: str, trials: int) -> float:
    """MB of a worker process, without its slots, after a search."""
    with installation(**ONE_LASTING_SLOT) as (settings, database):
        experiment_id = begin_search(database, strategy, trials, SHORT)
        with worker(settings) as process:
            wait_for_trials(database, experiment_id, trials)
            return process.memory_info().rss / MEGABYTE


def largest_child_memory(process: psutil.Process) -> float:
    """MB of the largest child: the slot."""
    children = process.children(recursive=True)
    return max(child.memory_info().rss for child in children) / MEGABYTE


def show_report(report: dict[str, Any]) -> None:
    """Print the report as tables."""
    console = Console()
    console.print(_time_table(report["time"]))
    console.print(_memory_table(report))


def _time_table(times: dict[str, Any]) -> Table:
    table = Table("step", "ms", "of the trial", title="A trial of about a second")
    total = times["training"] + times["outside"]
    steps = {"epochs": times["training"], **times["steps"]}
    for step, milliseconds in steps.items():
        table.add_row(step, f"{milliseconds:.1f}", f"{milliseconds / total:.1%}")
    table.add_row("outside the epochs, in all", f"{times['outside']:.1f}", f"{times['share']:.1%}")
    return table


def _memory_table(report: dict[str, Any]) -> Table:
    table = Table("what", "MB", title="Memory")
    slot = report["slot"]
    table.add_row(f"a slot after {slot['trials'] // 10:.0f} trials", f"{slot['early']:.0f}")
    table.add_row(f"a slot after {slot['trials']:.0f} trials", f"{slot['late']:.0f}")
    for strategy, megabytes in report["worker"].items():
        table.add_row(f"the worker after a search by {strategy}", f"{megabytes:.0f}")
    return table


def run(full: bool) -> dict[str, Any]:
    """Measure times and memory."""
    worker_trials = 60 if full else 20
    worker_memory = {}
    times = measure_steps(40 if full else 14)
    slot_memory = measure_slot_memory(200 if full else 100)
    for strategy in STRATEGIES_TESTED:
        worker_memory[strategy] = measure_worker_memory(strategy, worker_trials)
    return {"time": times, "slot": slot_memory, "worker": worker_memory}


def main() -> None:
    """Run, print tables, and write JSON if asked."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--full", action="store_true", help="more trials")
    parser.add_argument("--json", type=Path, help="write the figures here")
    arguments = parser.parse_args()
    report = run(arguments.full)
    show_report(report)
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()

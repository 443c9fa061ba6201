"""What slots write to a file of their own after each epoch, and what it proves.

The database knows an epoch once, however often it was trained. The file knows every time.
"""

import os
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True)
class WitnessedEpoch:
    """A line of the file: one epoch that was trained, whether or not it was stored."""

    at: int  # nanoseconds of the monotonic clock
    training: int
    token: str  # of the run's lease
    number: int
    seconds: float


@dataclass(frozen=True)
class WitnessedRun:
    """The epochs that were trained under one lease, at least one, in the order of time."""

    training: int
    epochs: Sequence[WitnessedEpoch]

    @property
    def first_number(self) -> int:
        return self.epochs[0].number

    @property
    def last_number(self) -> int:
        return self.epochs[-1].number


@dataclass(frozen=True)
class RepeatedWork:
    """The epochs of a run that the next run of the same training trained again."""

    training: int
    epochs: int
    seconds: float


def write_epoch(path: str, training: int, token: str, number: int, seconds: float) -> None:
    """Append one line; one write, so that lines of several slots stay whole."""
    line = f"{time.monotonic_ns()} {training} {token} {number} {seconds}\n"
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, line.encode())
    os.close(file)


def read_runs(path: Path) -> list[WitnessedRun]:
    """Every run, in the order in which they began."""
    epochs_by_token: dict[str, list[WitnessedEpoch]] = defaultdict(list)
    for line in path.read_text().splitlines():
        at, training, token, number, seconds = line.split()
        epoch = WitnessedEpoch(int(at), int(training), token, int(number), float(seconds))
        epochs_by_token[token].append(epoch)
    runs = []
    for epochs in epochs_by_token.values():
        epochs.sort(key=lambda epoch: epoch.at)
        runs.append(WitnessedRun(epochs[0].training, epochs))
    return sorted(runs, key=lambda run: run.epochs[0].at)


def runs_by_training(runs: Sequence[WitnessedRun]) -> dict[int, list[WitnessedRun]]:
    """The runs of each training, in the order in which they began."""
    by_training: dict[int, list[WitnessedRun]] = defaultdict(list)
    for run in runs:
        by_training[run.training].append(run)
    return by_training


def find_repeated_work(runs: Sequence[WitnessedRun]) -> list[RepeatedWork]:
    """What each run that was cut short lost: one entry a cut, also where nothing was lost."""
    repeated = []
    for training, its_runs in runs_by_training(runs).items():
        for run, next_run in pairwise(its_runs):
            lost = [epoch for epoch in run.epochs if epoch.number >= next_run.first_number]
            seconds = sum(epoch.seconds for epoch in lost)
            repeated.append(RepeatedWork(training, len(lost), seconds))
    return repeated


def find_broken_orders(runs: Sequence[WitnessedRun]) -> list[str]:
    """Sentences on trainings that two slots trained at once, or of which an epoch was left out."""
    problems = []
    for training, its_runs in runs_by_training(runs).items():
        if its_runs[0].first_number != 1:
            problems.append(f"training {training} does not begin with epoch 1")
        for run in its_runs:
            numbers = [epoch.number for epoch in run.epochs]
            if numbers != list(range(run.first_number, run.last_number + 1)):
                problems.append(f"a run of training {training} trained the epochs {numbers}")
        for run, next_run in pairwise(its_runs):
            if next_run.epochs[0].at < run.epochs[-1].at:
                problems.append(f"two slots trained training {training} at once")
            if next_run.first_number > run.last_number + 1:
                problems.append(f"training {training} leaves out epoch {run.last_number + 1}")
    return problems


def longest_epoch_seconds(runs: Sequence[WitnessedRun]) -> float:
    """The seconds of the longest epoch of all."""
    return max(epoch.seconds for run in runs for epoch in run.epochs)

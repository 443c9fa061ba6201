"""Searches replayed on the curves of real trainings, with the product's strategies and pruning."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from app.domain.pruning import (
    PRUNINGS,
    bracket_of,
    compares_at,
    is_promoted,
    reason_to_prune,
    rungs,
)

Floats = NDArray[np.float64]


class RunState(Enum):
    """Where a replayed trial stands."""

    RUNNING = auto()
    PRUNED = auto()
    ENDED = auto()


@dataclass
class Run:
    """A trial that is replayed. `number` counts from 1."""

    row: int  # of its curve
    number: int
    reached: int = 0  # epochs trained
    state: RunState = RunState.RUNNING


@dataclass(frozen=True)
class Improvement:
    """A moment of the search, in seconds, and the best value from then on."""

    at: float
    value: float


class Replay:
    """One search on curves: the best value up to each epoch, shape (trainings, epochs).

    `ask` is given all runs and returns the row of the next one, or None if there is none. `seconds`
    are those of an epoch of each training. `begin_seconds` pass around a training each time that it
    begins or goes on.
    """

    def __init__(
        self,
        curves: Floats,
        pruning: str,
        ask: Callable[[Sequence[Run]], int | None],
        seconds: Sequence[float] | None = None,
        slots: int = 1,
        begin_seconds: float = 0.0,
    ) -> None:
        self.curves = curves
        self.epochs = curves.shape[1]
        self.pruning = pruning
        self.promotes = PRUNINGS[pruning].promotes
        self.ask = ask
        self.seconds = seconds or [1.0] * len(curves)
        self.slots = slots
        self.begin_seconds = begin_seconds
        self.runs: list[Run] = []
        self.epochs_trained = 0

    def improvements(self, until: float) -> list[Improvement]:
        """Every improvement in the first `until` seconds."""
        now = 0.0
        busy: list[tuple[float, int]] = []  # when each running epoch ends, and its run's number
        best = np.inf
        improvements = []
        while True:
            self._fill_slots(busy, now)
            if not busy or busy[0][0] > until:
                return improvements
            now, number = heappop(busy)
            run = self.runs[number - 1]
            run.reached += 1
            self.epochs_trained += 1
            if self._value(run) < best:
                best = self._value(run)
                improvements.append(Improvement(now, best))
            run.state = self._state_after_epoch(run)
            if run.state == RunState.RUNNING:
                heappush(busy, (now + self.seconds[run.row], number))

    def _fill_slots(self, busy: list[tuple[float, int]], now: float) -> None:
        """Begin or resume trials while slots are free."""
        while len(busy) < self.slots:
            run = self._next_run()
            if run is None:
                return
            run.state = RunState.RUNNING
            first_epoch_end = now + self.begin_seconds + self.seconds[run.row]
            heappush(busy, (first_epoch_end, run.number))

    def _next_run(self) -> Run | None:
        """A pruned trial that is promoted, else a new one, else the best pruned one."""
        promoted = self._promoted_run()
        if promoted is not None:
            return promoted
        row = self.ask(self.runs)
        if row is not None:
            run = Run(row, len(self.runs) + 1)
            self.runs.append(run)
            return run
        if self.promotes:
            return min(self._pruned_runs(), key=self._value, default=None)
        return None

    def _promoted_run(self) -> Run | None:
        """The first pruned trial, from the lowest rung on, that may go on by now."""
        if not self.promotes:
            return None
        for rung in rungs(self.epochs):
            for run in self._pruned_runs():
                if run.reached == rung and is_promoted(*self._compare(run, rung)):
                    return run
        return None

    def _pruned_runs(self) -> list[Run]:
        return [run for run in self.runs if run.state == RunState.PRUNED]

    def _state_after_epoch(self, run: Run) -> RunState:
        if run.reached == self.epochs:
            return RunState.ENDED
        bracket = self._bracket(run)
        if not compares_at(self.pruning, run.reached, self.epochs, bracket):
            return RunState.RUNNING
        value, others = self._compare(run, run.reached)
        if reason_to_prune(self.pruning, run.reached, value, others, bracket):
            return RunState.PRUNED
        return RunState.RUNNING

    def _compare(self, run: Run, epoch: int) -> tuple[float, list[float]]:
        """A trial's value at an epoch, and those of the others of its bracket that reached it."""
        bracket = self._bracket(run)
        others = []
        for other in self.runs:
            is_comparable = other.reached >= epoch and self._bracket(other) == bracket
            if other is not run and is_comparable:
                others.append(float(self.curves[other.row, epoch - 1]))
        return float(self.curves[run.row, epoch - 1]), others

    def _bracket(self, run: Run) -> int:
        return bracket_of(self.pruning, run.number, self.epochs)

    def _value(self, run: Run) -> float:
        """The best value of a trial so far."""
        return float(self.curves[run.row, run.reached - 1])

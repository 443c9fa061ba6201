"""Searches replayed on curves of trainings that were made, by the product's own rules of pruning and its strategies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Literal

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


@dataclass
class Run:
    """One trial: the row of its curve, its number from 1, and how many epochs it has trained."""

    row: int
    number: int
    reached: int = 0
    state: Literal["running", "pruned", "ended"] = "running"


class Replay:
    """One search. `curves`: the best value up to each epoch, shape (trainings, epochs).

    `ask`: told all trials, the row of the next one, None when there is none; `seconds`: of an epoch of each training;
    `begin_seconds`: around a training, each time it begins or goes on.
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
        self.curves, self.pruning, self.ask, self.slots = curves, pruning, ask, slots
        self.epochs = curves.shape[1]
        self.seconds, self.begin_seconds = seconds or [1.0] * len(curves), begin_seconds
        self.runs: list[Run] = []
        self.epochs_trained = 0

    def improvements(self, until: float) -> list[tuple[float, float]]:
        """Every improvement in so many seconds: when, and the best value from then on."""
        now, busy, found = 0.0, list[tuple[float, int]](), [(0.0, np.inf)]
        while True:
            while len(busy) < self.slots and (begun := self._next()) is not None:
                begun.state = "running"
                heappush(busy, (now + self.begin_seconds + self.seconds[begun.row], begun.number))
            if not busy or busy[0][0] > until:
                return found[1:]
            now, number = heappop(busy)
            run = self.runs[number - 1]
            run.reached += 1
            self.epochs_trained += 1
            if self._value(run) < found[-1][1]:
                found.append((now, self._value(run)))
            run.state = self._after_epoch(run)
            if run.state == "running":
                heappush(busy, (now + self.seconds[run.row], number))

    def _next(self) -> Run | None:
        """A pruned trial that is to go on by now, else a new one, else the best of those that were pruned."""
        pruned = [run for run in self.runs if run.state == "pruned"]
        if PRUNINGS[self.pruning].promotes:
            for rung in rungs(self.epochs):
                for run in pruned:
                    if run.reached == rung and is_promoted(*self._compared(run, rung)):
                        return run
        row = self.ask(self.runs)
        if row is not None:
            self.runs.append(Run(row, len(self.runs) + 1))
            return self.runs[-1]
        return (
            min(pruned, key=self._value, default=None) if PRUNINGS[self.pruning].promotes else None
        )

    def _after_epoch(self, run: Run) -> Literal["running", "pruned", "ended"]:
        if run.reached == self.epochs:
            return "ended"
        bracket = bracket_of(self.pruning, run.number, self.epochs)
        if not compares_at(self.pruning, run.reached, self.epochs, bracket):
            return "running"
        mine, others = self._compared(run, run.reached)
        return (
            "pruned"
            if reason_to_prune(self.pruning, run.reached, mine, others, bracket)
            else "running"
        )

    def _compared(self, run: Run, epoch: int) -> tuple[float, list[float]]:
        """A trial's value at an epoch, and those of the others of its bracket that came as far."""
        bracket = bracket_of(self.pruning, run.number, self.epochs)
        peers = [
            other
            for other in self.runs
            if other.reached >= epoch
            and other is not run
            and bracket_of(self.pruning, other.number, self.epochs) == bracket
        ]
        return float(self.curves[run.row, epoch - 1]), [
            float(self.curves[peer.row, epoch - 1]) for peer in peers
        ]

    def _value(self, run: Run) -> float:
        return float(self.curves[run.row, run.reached - 1])

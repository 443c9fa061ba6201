"""What a strategy is: told every trial of a search, it says which parameters to try next.

A strategy keeps nothing between two asks. It is built anew each time from the space, the seed and the trials in
the database, so a restart changes nothing and any number of workers can ask.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from app.domain.hyperparameters import Parameters
from app.domain.space import SearchSpace

FRESH_TRIES = 200
COUNTED = 2000  # spaces up to this size are looked through for what is left


@dataclass(frozen=True)
class Observation:
    """One trial as a strategy sees it. `objective` is a finite number for finished ones, lower is better."""

    number: int
    parameters: Parameters
    objective: float | None
    state: Literal["finished", "pending", "failed"]


@dataclass(frozen=True)
class Search:
    """What every strategy is built from; `points` are those of the manual strategy."""

    space: SearchSpace
    seed: int
    points: Sequence[Parameters]


class Strategy(Protocol):
    """Chooses parameters. Source of randomness: the seed and the number of the trial, nothing else."""

    def tell(self, observations: Sequence[Observation]) -> None:
        """Learn all trials there are, in order of number."""

    def ask(self, number: int) -> Parameters | None:
        """Parameters for the trial of this number; None when nothing fresh is left."""


def random_generator(seed: int, number: int) -> np.random.Generator:
    """The source of randomness of one ask."""
    return np.random.default_rng([seed, number])


def key(parameters: Parameters) -> tuple[tuple[str, object], ...]:
    """Parameters as something that can be looked up."""
    return tuple(sorted(parameters.items()))


def fresh(
    space: SearchSpace,
    observations: Sequence[Observation],
    draw: Callable[[], Parameters],
    generator: np.random.Generator,
) -> Parameters | None:
    """Something not tried yet: what `draw` says where that is fresh, else any point that is left, else None."""
    tried = {key(observation.parameters) for observation in observations}
    for _ in range(FRESH_TRIES):
        found = draw()
        if key(found) not in tried:
            return found
    size = space.size()
    if size is None:
        return draw()
    left = (parameters for parameters in space.grid() if key(parameters) not in tried)
    if size > COUNTED:
        return next(left, None)
    remaining = list(left)
    return remaining[int(generator.integers(len(remaining)))] if remaining else None

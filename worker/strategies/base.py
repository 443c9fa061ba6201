"""What a strategy is: told every trial of a search, it says which parameters to try next.

A strategy keeps nothing between two asks. It is built anew each time from the space, the seed and the trials in
the database, so a restart changes nothing and any number of workers can ask.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Literal, Protocol

import numpy as np

from app.domain.reduction.steps import ReductionState
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from worker.strategies.halton import even_draw, middle_draw

FRESH_TRIES = 50  # draws before what is left of a space is looked for
Key = frozenset[tuple[str, Value]]


@dataclass(frozen=True)
class Observation:
    """One trial as a strategy sees it. `objective`: lower is better; anything but a finite number is a failure.

    Numbers below 1 are results from elsewhere, known before the search's own first trial.
    """

    number: int
    parameters: Parameters
    objective: float | None
    state: Literal["finished", "pending", "failed"]

    @property
    def score(self) -> float | None:
        """The objective, where the trial finished with one."""
        known = self.state == "finished" and self.objective is not None and isfinite(self.objective)
        return self.objective if known else None


@dataclass(frozen=True)
class Search:
    """What every strategy is built from; `points` are those of the manual strategy, `thinning` is reduction's."""

    space: SearchSpace
    seed: int
    points: Sequence[Parameters]
    reduction_state: ReductionState = field(default_factory=ReductionState)


class Strategy(Protocol):
    """Chooses parameters. Source of randomness: the seed and the number of the trial, nothing else."""

    def tell(self, observations: Sequence[Observation]) -> None:
        """Learn all trials there are, in order of number."""

    def ask(self, number: int) -> Parameters | None:
        """Parameters for the trial of this number; None when nothing fresh is left."""


class Remembering:
    """What strategies that draw something fresh have in common: they remember all trials."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()
        self.known: set[Key] = set()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials."""
        self.observations, self.known = observations, tried(observations)

    def fresh(
        self, draw: Callable[[], Parameters], generator: np.random.Generator
    ) -> Parameters | None:
        """Something of the space that no trial has: the first that `draw` says, else one that is left, else None."""
        return fresh(self.search.space, self.known, draw, generator)

    def first_fresh(
        self, ranked: Sequence[Parameters], generator: np.random.Generator
    ) -> Parameters | None:
        """The first of ranked suggestions that no trial has; when they are used up, random draws."""
        suggestions = iter(ranked)
        return self.fresh(
            lambda: next(suggestions, None) or self.search.space.sample(generator), generator
        )

    def even(self, number: int) -> list[Parameters]:
        """The draw for a trial that is to cover the space together with those before it, where it is possible."""
        drawn = even_draw(self.search.space, self.search.seed, number)
        return [] if drawn is None else [drawn]

    def first_draw(self, number: int) -> list[Parameters]:
        """The draw for one of the first trials of a strategy that learns: the middle of the space, then even draws."""
        middle = middle_draw(self.search.space, self.search.seed) if number == 1 else None
        return self.even(number) if middle is None else [middle]

    def is_early(self, startup: int) -> bool:
        """Whether so few trials have an objective that random draws teach more, or nothing is searched."""
        scored = sum(row.score is not None for row in self.observations)
        return scored < startup or not self.search.space.searched


def most_telling(rows: Sequence[Observation], most: int) -> list[Observation]:
    """Of more than `most` trials the best half, and of the others the latest; the best first, failures last."""
    ranked = sorted(rows, key=lambda row: inf if row.score is None else row.score)
    best, others = ranked[: most // 2], ranked[most // 2 :]
    latest = {row.number for row in sorted(others, key=lambda row: row.number)[-(most // 2) :]}
    return [*best, *(row for row in others if row.number in latest)]


def ranked_by_score(rows: Sequence[Observation]) -> list[Observation]:
    """The trials that have an objective, the best first."""
    return sorted((row for row in rows if row.score is not None), key=lambda row: row.score or 0.0)


def random_generator(seed: int, number: int) -> np.random.Generator:
    """The source of randomness of one ask."""
    return np.random.default_rng([seed, number])


def key(parameters: Parameters) -> Key:
    """Parameters as something that can be looked up."""
    return frozenset(parameters.items())


def tried(observations: Sequence[Observation]) -> set[Key]:
    """What has been tried, in whatever state."""
    return {key(observation.parameters) for observation in observations}


def fresh(
    space: SearchSpace,
    known: Collection[Key],
    draw: Callable[[], Parameters],
    generator: np.random.Generator,
) -> Parameters | None:
    """Something not known yet: the first fresh one that `draw` says, else one that is left, else None.

    Where a space is endless and nothing fresh turns up, its continuous values lie closer together than numbers
    do, and the last draw stands.
    """
    for _ in range(FRESH_TRIES):
        found = draw()
        if key(found) not in known:
            return found
    size = space.size()
    if size is not None:
        return first_left(space, known, int(generator.integers(min(size, 2**62))))
    for _ in range(FRESH_TRIES):
        found = space.sample_continuous(generator)
        if key(found) not in known:
            break
    return found


def first_left(space: SearchSpace, known: Collection[Key], start: int) -> Parameters | None:
    """The first combination of a countable space from a place on, and round again, that is not known."""
    size = space.size()
    assert size is not None
    for offset in range(size):  # at most one more than are known
        found = space.combination_at((start + offset) % size)
        if key(found) not in known:
            return found
    return None

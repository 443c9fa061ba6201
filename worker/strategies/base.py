"""What a strategy is: told every trial of a search, it says which parameters to try next.

A strategy keeps nothing between two asks. It is built anew each time from the space, the seed and
the trials in the database, so a restart changes nothing and any number of workers can ask.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from app.domain.reduction.steps import ReductionState
from app.domain.search_space.branches import INTERDEPENDENT
from app.domain.search_space.parameters import Parameters, Value
from app.domain.search_space.space import SearchSpace
from worker.strategies.halton import even_draw, middle_draw

MAX_REPEATED_DRAWS = 50  # before untried combinations are looked up one by one
MAX_RANDOM_INTEGER = 2**62  # numpy draws 64-bit integers, and a grid may be larger
ParametersKey = frozenset[tuple[str, Value]]


@dataclass(frozen=True)
class Observation:
    """One trial as a strategy sees it.

    `number` counts from 1. Numbers below 1 are earlier results, from before the search.
    `objective`: lower is better; anything but a finite number is a failure.
    """

    number: int
    parameters: Parameters
    objective: float | None
    state: Literal["finished", "pending", "failed"]

    @cached_property
    def key(self) -> "ParametersKey":
        """Its parameters as a hashable value, made once however many trials are asked for."""
        return parameters_key(self.parameters)

    @property
    def is_pending(self) -> bool:
        """Whether the trial has not ended yet."""
        return self.state == "pending"

    @property
    def score(self) -> float | None:
        """The objective, if the trial finished with a finite one."""
        if self.state != "finished" or self.objective is None:
            return None
        if not isfinite(self.objective):
            return None
        return self.objective


@dataclass(frozen=True)
class Search:
    """What every strategy is built from.

    `points` belong to the manual strategy, `reduction_state` to reduction.
    """

    space: SearchSpace
    seed: int
    points: Sequence[Parameters]
    reduction_state: ReductionState = field(default_factory=ReductionState)


class Strategy(Protocol):
    """Chooses parameters. Its randomness comes from the seed and the trial's number alone."""

    def tell(self, observations: Sequence[Observation]) -> None:
        """Learn all trials there are, in order of number."""

    def ask(self, number: int) -> Parameters | None:
        """Choose parameters for the trial with this number; None when no untried ones are left."""


class HistoryStrategy:
    """A base for strategies that remember all trials, to suggest only untried parameters."""

    def __init__(self, search: Search) -> None:
        self.space = search.space
        self.seed = search.seed
        self.observations: Sequence[Observation] = ()
        self.tried: set[ParametersKey] = set()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials."""
        self.observations = observations
        self.tried = tried_keys(observations)

    def draw_untried(
        self, draw: Callable[[], Parameters], generator: np.random.Generator
    ) -> Parameters | None:
        """Call `draw` until it returns untried parameters: see the function of this name."""
        return draw_untried(
            self.space,
            self.tried,
            draw,
            generator,
        )

    def first_untried(
        self, ranked: Sequence[Parameters], generator: np.random.Generator
    ) -> Parameters | None:
        """The first untried one of ranked suggestions, then of random draws."""
        suggestions = iter(ranked)

        def draw() -> Parameters:
            suggestion = next(suggestions, None)
            if suggestion is None:
                return self.space.sample(generator)
            return suggestion

        return self.draw_untried(draw, generator)

    def even_draws(self, number: int) -> list[Parameters]:
        """The draw that covers the space together with those before it; none if it is invalid."""
        parameters = even_draw(self.space, self.seed, number)
        if parameters is None:
            return []
        return [parameters]

    def startup_draws(self, number: int) -> list[Parameters]:
        """The draw for an early trial of a model: the middle of the space, then even draws."""
        if number == 1:
            middle = middle_draw(self.space, self.seed)
            if middle is not None:
                return [middle]
        return self.even_draws(number)

    def is_startup(self, n_startup_trials: int) -> bool:
        """Whether too few trials have a score to learn from, or nothing is searched."""
        if not self.space.searched:
            return True
        scored = scored_trials(self.observations)
        return len(scored) < n_startup_trials


def most_informative(observations: Sequence[Observation], limit: int) -> list[Observation]:
    """At most `limit` trials: the better half are the best ones, the rest the latest of the others.

    The best one comes first, failed and pending ones last.
    """
    half = limit // 2
    ranked = sorted(observations, key=_score_or_worst)
    best = ranked[:half]
    others = ranked[half:]
    numbers = sorted(row.number for row in others)
    latest_numbers = set(numbers[-half:])
    latest = [row for row in others if row.number in latest_numbers]
    return best + latest


def scored_trials(observations: Sequence[Observation]) -> list[Observation]:
    """The trials that have a score, in their order."""
    return [row for row in observations if row.score is not None]


def ranked_by_score(observations: Sequence[Observation]) -> list[Observation]:
    """The trials that have a score, the best first."""
    scored = scored_trials(observations)
    return sorted(scored, key=_score_or_worst)


def _score_or_worst(observation: Observation) -> float:
    if observation.score is None:
        return inf
    return observation.score


def sort_by(candidates: Sequence[Parameters], losses: NDArray[np.float64]) -> list[Parameters]:
    """The candidates in the order of their losses (candidates,), the lowest first."""
    order = np.argsort(losses, kind="stable")
    return [candidates[index] for index in order]


def make_possible(
    space: SearchSpace, values: dict[str, Value], generator: np.random.Generator
) -> Parameters | None:
    """Complete parameters from a value for each active searched dimension.

    Values that are impossible together are drawn anew, the rest stay. None where that is not
    enough.
    """
    parameters = space.to_parameters(values)
    if parameters is not None:
        return parameters
    sample = space.sample(generator)
    redrawn = {}
    for name, value in space.searched_values(sample).items():
        if name in INTERDEPENDENT:
            redrawn[name] = value
    return space.to_parameters(values | redrawn)


def random_generator(seed: int, number: int) -> np.random.Generator:
    """The source of randomness for the trial with this number."""
    return np.random.default_rng([seed, number])


def parameters_key(parameters: Parameters) -> ParametersKey:
    """Parameters as a hashable value."""
    return frozenset(parameters.items())


def tried_keys(observations: Sequence[Observation]) -> set[ParametersKey]:
    """What has been tried, whatever became of it."""
    return {observation.key for observation in observations}


def draw_untried(
    space: SearchSpace,
    tried: Collection[ParametersKey],
    draw: Callable[[], Parameters],
    generator: np.random.Generator,
) -> Parameters | None:
    """Call `draw` until it returns untried parameters; else take any untried ones of the space.

    None when every combination of a countable space has been tried. In a continuous space where
    all draws have been tried, values lie closer together than floating-point numbers do, and the
    last draw is returned.
    """
    for _ in range(MAX_REPEATED_DRAWS):
        parameters = draw()
        if parameters_key(parameters) not in tried:
            return parameters
    size = space.size()
    if size is not None:
        largest = min(size, MAX_RANDOM_INTEGER)
        start = int(generator.integers(largest))
        return first_untried_combination(space, tried, start)
    for _ in range(MAX_REPEATED_DRAWS):
        parameters = space.sample_continuous(generator)
        if parameters_key(parameters) not in tried:
            break
    return parameters


def first_untried_combination(
    space: SearchSpace, tried: Collection[ParametersKey], start: int
) -> Parameters | None:
    """The first untried combination of a countable space from index `start` on, wrapping around."""
    size = space.size()
    assert size is not None
    for offset in range(size):  # at most one more than have been tried
        index = (start + offset) % size
        parameters = space.combination_at(index)
        if parameters_key(parameters) not in tried:
            return parameters
    return None

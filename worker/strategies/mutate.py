"""Mutate the best: small changes to the few best trials, for tuning on from a good point.

Steps shrink as trials end, from a fifth of a range's scale to a fiftieth: first around, then closer and closer.
"""

from collections.abc import Sequence

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Observation, Search, fresh, random_generator
from worker.strategies.mutation import mutated

STARTUP = 5  # random trials, where there are none to start from
LEADERS = 3  # the best trials, taken in turns
WIDEST, NARROWEST, SHRINKING = 0.2, 0.02, 0.96


class Mutate:
    """Suggests a neighbour of one of the best trials."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials."""
        self.observations = observations

    def ask(self, number: int) -> Parameters | None:
        """A fresh neighbour of one of the best; random draws before there are any."""
        space, generator = self.search.space, random_generator(self.search.seed, number)
        ranked = sorted((row for row in self.observations if row.score is not None), key=lambda row: row.score or 0.0)
        step = max(NARROWEST, WIDEST * SHRINKING ** len(ranked))

        def draw() -> Parameters:
            if len(ranked) < STARTUP:
                return space.sample(generator)
            parent = ranked[int(generator.integers(min(LEADERS, len(ranked))))].parameters
            return mutated(space, parent, generator, changes=int(generator.integers(1, 3)), step=step)

        return fresh(space, self.observations, draw, generator)

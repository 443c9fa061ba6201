"""Regularised evolution (Real et al., Regularized Evolution for Image Classifier Architecture Search, 2019).

The population is the latest POPULATION trials that ended with an objective: the oldest dies, however good it was. The
best of a few drawn from it becomes the parent, and one of its values is changed.
"""

from collections.abc import Sequence

import numpy as np

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Observation, Remembering, random_generator
from worker.strategies.neighbours import mutated

POPULATION = 20  # even draws first
DRAWN = 6  # from the population, the best of which becomes a parent
STEP = 0.15  # on a range's scale


class Evolution(Remembering):
    """Suggests a child of a good recent trial."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh child; draws that cover the space evenly until there is a population."""
        space, generator = self.search.space, random_generator(self.search.seed, number)
        if self.is_early(POPULATION):
            return self.first_fresh(self.even(number), generator)
        population = [row for row in self.observations if row.score is not None][-POPULATION:]
        return self.fresh(
            lambda: mutated(space, _parent(population, generator), generator, changes=1, step=STEP),
            generator,
        )


def _parent(population: Sequence[Observation], generator: np.random.Generator) -> Parameters:
    drawn = [
        population[int(place)]
        for place in generator.choice(len(population), size=DRAWN, replace=False)
    ]
    return min(drawn, key=lambda row: row.score or 0.0).parameters

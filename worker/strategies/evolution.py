"""Evolution: the best of a few recent trials, with one of its values changed.

Regularised evolution (Real et al., Regularized Evolution for Image Classifier Architecture
Search, 2019). The population is the latest trials that ended with an objective: the oldest one
dies, however good it was.
"""

from collections.abc import Sequence

import numpy as np

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import (
    HistoryStrategy,
    Observation,
    random_generator,
    ranked_by_score,
    scored_trials,
)
from worker.strategies.neighbours import mutate_parameters

POPULATION_SIZE = 20  # this many even draws come first
TOURNAMENT_SIZE = 6  # drawn from the population; the best of them becomes the parent
STEP_DEVIATION = 0.15  # on a range's scale of 0 to 1


class Evolution(HistoryStrategy):
    """Suggests a child of a good recent trial."""

    def ask(self, number: int) -> Parameters | None:
        """An untried child; even draws until there is a population."""
        generator = random_generator(self.seed, number)
        if self.is_startup(POPULATION_SIZE):
            draws = self.even_draws(number)
            return self.first_untried(draws, generator)
        scored = scored_trials(self.observations)
        population = scored[-POPULATION_SIZE:]

        def draw() -> Parameters:
            parent = _draw_parent(population, generator)
            return mutate_parameters(
                self.space,
                parent,
                generator,
                changes=1,
                step=STEP_DEVIATION,
            )

        return self.draw_untried(draw, generator)


def _draw_parent(population: Sequence[Observation], generator: np.random.Generator) -> Parameters:
    indices = generator.choice(
        len(population),
        size=TOURNAMENT_SIZE,
        replace=False,
    )
    tournament = [population[index] for index in indices]
    best = ranked_by_score(tournament)[0]
    return best.parameters

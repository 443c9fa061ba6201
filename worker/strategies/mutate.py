"""Mutate the best: small changes to the few best trials, for tuning on from a good point.

Steps shrink as trials end, from a fifth of a range's scale to a fiftieth.
"""

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import HistoryStrategy, random_generator, ranked_by_score
from worker.strategies.neighbours import mutate_parameters

N_STARTUP_TRIALS = 5  # trials that cover the space evenly before there is a best one
N_PARENTS = 3  # the best trials, one of which is drawn
MAX_STEP = 0.2  # on a range's scale of 0 to 1
MIN_STEP = 0.02
STEP_DECAY = 0.96  # per trial with a score


class Mutate(HistoryStrategy):
    """Suggests a neighbour of one of the best trials."""

    def ask(self, number: int) -> Parameters | None:
        """An untried neighbour of one of the best trials; even draws before there are any."""
        generator = random_generator(self.seed, number)
        if self.is_startup(N_STARTUP_TRIALS):
            draws = self.even_draws(number)
            return self.first_untried(draws, generator)
        ranked = ranked_by_score(self.observations)
        parents = ranked[:N_PARENTS]
        decayed = MAX_STEP * STEP_DECAY ** len(ranked)
        step = max(MIN_STEP, decayed)

        def draw() -> Parameters:
            index = int(generator.integers(len(parents)))
            parent = parents[index]
            return mutate_parameters(
                self.space,
                parent.parameters,
                generator,
                changes=int(generator.integers(1, 3)),
                step=step,
            )

        return self.draw_untried(draw, generator)

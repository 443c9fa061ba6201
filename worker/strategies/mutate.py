"""Mutate the best: small changes to the few best trials, for tuning on from a good point.

Steps shrink as trials end, from a fifth of a range's scale to a fiftieth: first around, then closer and closer.
"""

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Remembering, random_generator, ranked_by_score
from worker.strategies.neighbours import mutated

STARTUP = 5  # trials that cover the space evenly, where there are none to start from
LEADERS = 3  # the best trials, one of which is drawn
WIDEST, NARROWEST, SHRINKING = 0.2, 0.02, 0.96


class Mutate(Remembering):
    """Suggests a neighbour of one of the best trials."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh neighbour of one of the best; draws that cover the space evenly before there are any."""
        space, generator = self.search.space, random_generator(self.search.seed, number)
        if self.is_early(STARTUP):
            return self.first_fresh(self.even(number), generator)
        ranked = ranked_by_score(self.observations)
        step = max(NARROWEST, WIDEST * SHRINKING ** len(ranked))

        def draw() -> Parameters:
            parent = ranked[int(generator.integers(min(LEADERS, len(ranked))))].parameters
            return mutated(
                space, parent, generator, changes=int(generator.integers(1, 3)), step=step
            )

        return self.fresh(draw, generator)

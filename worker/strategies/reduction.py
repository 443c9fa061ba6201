"""Reduction: random combinations of a space that is thinned while it runs. See app.domain.reduction.steps."""

from collections.abc import Sequence

from app.domain.reduction.steps import Ended, reduced_space, take_due_steps
from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Observation, Remembering, Search, fresh, random_generator


class Reduction(Remembering):
    """Draws from what is left of the space. All of a countable space in random order is a grid, thinned."""

    def __init__(self, search: Search) -> None:
        super().__init__(search)
        self.space = search.space

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember what has been tried, and take every step that is due and has not been taken."""
        super().tell(observations)
        reduction_state = take_due_steps(
            self.search.space, self.search.reduction_state, ended(observations)
        )
        self.space = reduced_space(self.search.space, reduction_state.steps)

    def ask(self, number: int) -> Parameters | None:
        """A fresh draw; None when every combination that is left has been tried."""
        generator = random_generator(self.search.seed, number)
        return fresh(self.space, self.known, lambda: self.space.sample(generator), generator)


def ended(observations: Sequence[Observation]) -> list[Ended]:
    """The trials that have ended, in order of number, as a step sees them."""
    return [(row.parameters, row.score) for row in observations if row.state != "pending"]

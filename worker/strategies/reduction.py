"""Reduction: random combinations of a space that shrinks: see `app.domain.reduction.steps`."""

from collections.abc import Sequence

from app.domain.reduction.steps import EndedTrial, reduced_space, take_due_steps
from app.domain.search_space.parameters import Parameters
from worker.strategies.base import (
    HistoryStrategy,
    Observation,
    Search,
    draw_untried,
    random_generator,
)


class Reduction(HistoryStrategy):
    """Draws from what is left of the space."""

    def __init__(self, search: Search) -> None:
        super().__init__(search)
        self.reduction_state = search.reduction_state
        self.left = search.space

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember all trials, and take every step that is due and has not been taken."""
        super().tell(observations)
        ended = ended_trials(observations)
        state = take_due_steps(self.space, self.reduction_state, ended)
        self.reduction_state = state
        self.left = reduced_space(self.space, state.steps)

    def ask(self, number: int) -> Parameters | None:
        """An untried draw; None when every combination that is left has been tried."""
        generator = random_generator(self.seed, number)
        return draw_untried(
            self.left,
            self.tried,
            lambda: self.left.sample(generator),
            generator,
        )


def ended_trials(observations: Sequence[Observation]) -> list[EndedTrial]:
    """The trials that have ended, in order of number."""
    ended = []
    for row in observations:
        if not row.is_pending:
            trial = EndedTrial(row.parameters, row.score)
            ended.append(trial)
    return ended

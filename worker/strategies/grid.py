"""Grid: every combination once. Trainings that take longest come first, so that no slot idles at the end."""

from functools import lru_cache

from app.domain.cost_model import unscaled_epoch_seconds
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.shared_trainings import group_by_training
from worker.strategies.base import Remembering, first_left, key

SORTED = 3000  # combinations; a larger grid is tried in the order of the space
ROWS, FEATURES = 10_000, 5  # of a usual series: for an order it need not be this one


class Grid(Remembering):
    """Gives out the first combination that no trial has."""

    def ask(self, number: int) -> Parameters | None:
        """The next combination; None when all have been tried."""
        space = self.search.space
        if not 0 < (space.size() or 0) <= SORTED or space.catalogue.get("cell") is None:
            return first_left(space, self.known, number - 1)
        return next((row for row in longest_first(space) if key(row) not in self.known), None)


@lru_cache(8)
def longest_first(space: SearchSpace) -> list[Parameters]:
    """Its first combinations, dear trainings first; those read off one training stand together, the longest first.

    A space is put in order once, however many trials are asked for.
    """
    groups = group_by_training(space, SORTED)
    groups.sort(
        key=lambda group: (
            -int(group[0]["epochs"]) * unscaled_epoch_seconds(group[0], ROWS, FEATURES)
        )
    )
    return [parameters for group in groups for parameters in group]

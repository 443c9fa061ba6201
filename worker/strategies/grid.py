"""Grid: every combination once.

The longest trainings come first, so that no slot is idle at the end.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from app.domain.cost_model import unscaled_epoch_seconds
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from app.domain.shared_trainings import group_by_training
from worker.strategies.base import HistoryStrategy, first_untried_combination, parameters_key

MAX_SORTED_COMBINATIONS = 3000  # a larger grid is tried in the order of the space
TYPICAL_TRAIN_ROWS = 10_000  # which length comes first hardly depends on the series
TYPICAL_FEATURES = 5


class Grid(HistoryStrategy):
    """Suggests the first combination that no trial has."""

    def ask(self, number: int) -> Parameters | None:
        """The next combination; None when all have been tried."""
        space = self.space
        if not _is_sortable(space):
            start = number - 1
            return first_untried_combination(space, self.tried, start)
        for parameters in sort_combinations(space):
            if parameters_key(parameters) not in self.tried:
                return parameters
        return None


@lru_cache(8)  # a space is sorted once, however many trials are asked for
def sort_combinations(space: SearchSpace) -> list[Parameters]:
    """The combinations of a countable space, long trainings first.

    Combinations that share a training stand together, the one with the most epochs first.
    """
    groups = group_by_training(space, MAX_SORTED_COMBINATIONS)
    groups.sort(key=_training_seconds, reverse=True)
    return list(chain.from_iterable(groups))


def _is_sortable(space: SearchSpace) -> bool:
    """Whether a space is small, and of the built-in network, whose cost is known."""
    size = space.size()
    if size is None:
        return False
    if size > MAX_SORTED_COMBINATIONS:
        return False
    return "cell" in space.catalogue


def _training_seconds(group: Sequence[Parameters]) -> float:
    """How long the training takes that a group of combinations shares."""
    longest = group[0]
    epochs = int(longest["epochs"])
    epoch_seconds = unscaled_epoch_seconds(
        longest,
        TYPICAL_TRAIN_ROWS,
        TYPICAL_FEATURES,
    )
    return epochs * epoch_seconds

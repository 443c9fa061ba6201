"""Grid: every combination once, in the order of the space."""

from collections.abc import Sequence

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Key, Observation, Search, first_left, tried


class Grid:
    """Trial n gets combination n, or the next one that no trial has."""

    def __init__(self, search: Search) -> None:
        self.space = search.space
        self.known: set[Key] = set()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember what has been tried."""
        self.known = tried(observations)

    def ask(self, number: int) -> Parameters | None:
        """The next combination; None when all have been tried."""
        return first_left(self.space, self.known, number - 1)

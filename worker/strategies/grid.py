"""Grid: every combination once, in the order of the space."""

from collections.abc import Sequence

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Observation, Search, key


class Grid:
    """The first combination that no trial has."""

    def __init__(self, search: Search) -> None:
        self.space = search.space
        self.tried: set[object] = set()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember what has been tried."""
        self.tried = {key(observation.parameters) for observation in observations}

    def ask(self, number: int) -> Parameters | None:
        """The next combination; None when all have been tried."""
        return next((parameters for parameters in self.space.grid() if key(parameters) not in self.tried), None)

"""Manual: the points a person gave, in their order."""

from collections.abc import Sequence

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Observation, Search


class Manual:
    """Trial n gets point n."""

    def __init__(self, search: Search) -> None:
        self.points = search.points

    def tell(self, observations: Sequence[Observation]) -> None:
        """Nothing to learn."""

    def ask(self, number: int) -> Parameters | None:
        """The point of that number; None after the last."""
        return dict(self.points[number - 1]) if number <= len(self.points) else None

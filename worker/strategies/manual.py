"""Manual: the points a person gave, in their order."""

from collections import Counter
from collections.abc import Sequence

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Key, Observation, Search, key


class Manual:
    """Each point once (as often as it was given), whatever other trials there are besides."""

    def __init__(self, search: Search) -> None:
        self.points = search.points
        self.done: Counter[Key] = Counter()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember which points have been tried, and how often."""
        self.done = Counter(key(observation.parameters) for observation in observations)

    def ask(self, number: int) -> Parameters | None:
        """The first point that is left; None after the last."""
        left = self.done.copy()
        for point in self.points:
            left[key(point)] -= 1
            if left[key(point)] < 0:
                return dict(point)
        return None

"""Manual: the points a person listed, in their order."""

from collections import Counter
from collections.abc import Sequence

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Observation, ParametersKey, Search, parameters_key


class Manual:
    """Suggests each point as often as it is listed, whatever other trials there are."""

    def __init__(self, search: Search) -> None:
        self.points = search.points
        self.times_tried: Counter[ParametersKey] = Counter()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember which points have been tried, and how often."""
        keys = [parameters_key(row.parameters) for row in observations]
        self.times_tried = Counter(keys)

    def ask(self, number: int) -> Parameters | None:
        """The first point that is left; None after the last."""
        unmatched_trials = self.times_tried.copy()
        for point in self.points:
            key = parameters_key(point)
            if unmatched_trials[key] == 0:
                return dict(point)
            unmatched_trials[key] -= 1
        return None

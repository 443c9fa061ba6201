"""Random: independent draws, each hyperparameter evenly on its scale, none twice while another is left."""

from collections.abc import Sequence

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Observation, Search, fresh, random_generator


class Random:
    """Draws from the space."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.observations: Sequence[Observation] = ()

    def tell(self, observations: Sequence[Observation]) -> None:
        """Remember what has been tried."""
        self.observations = observations

    def ask(self, number: int) -> Parameters | None:
        """A fresh draw; None when every combination has been tried."""
        generator = random_generator(self.search.seed, number)
        space = self.search.space
        return fresh(space, self.observations, lambda: space.sample(generator), generator)

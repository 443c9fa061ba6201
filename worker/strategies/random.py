"""Random: independent draws, each hyperparameter evenly on its scale, none twice while another is left."""

from app.domain.hyperparameters import Parameters
from worker.strategies.base import Remembering, random_generator


class Random(Remembering):
    """Draws from the space."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh draw; None when every combination has been tried."""
        generator = random_generator(self.search.seed, number)
        return self.fresh(lambda: self.search.space.sample(generator), generator)

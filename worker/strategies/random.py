"""Random: draws that cover the space evenly on its scales, none twice while another is left."""

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import Remembering, random_generator


class Random(Remembering):
    """Draws from the space."""

    def ask(self, number: int) -> Parameters | None:
        """A fresh draw; None when every combination has been tried."""
        return self.first_fresh(self.even(number), random_generator(self.search.seed, number))

"""Random: draws that cover the space evenly on its scales, none twice while another is left."""

from app.domain.search_space.parameters import Parameters
from worker.strategies.base import HistoryStrategy, random_generator


class Random(HistoryStrategy):
    """Draws from the space."""

    def ask(self, number: int) -> Parameters | None:
        """An untried draw; None when every combination has been tried."""
        generator = random_generator(self.seed, number)
        draws = self.even_draws(number)
        return self.first_untried(draws, generator)

"""Three chronological parts of a series: train, validation, test."""

from dataclasses import dataclass

from app.domain.terms import Part


@dataclass(frozen=True)
class Split:
    """Shares of the rows, in time order; they add up to 1."""

    train: float = 0.8
    validation: float = 0.1
    test: float = 0.1

    def parts(self, rows: int) -> dict[Part, range]:
        """Row numbers of each part: the first int(rows * train) train, the rest cut by the other two shares."""
        end = int(rows * self.train + 1e-9)
        share = self.validation / (self.validation + self.test)
        middle = end + int((rows - end) * share + 1e-9)
        return {
            Part.TRAIN: range(end),
            Part.VALIDATION: range(end, middle),
            Part.TEST: range(middle, rows),
        }

"""Three chronological parts of a series: train, validation, test."""

from dataclasses import dataclass

from app.domain.terms import Part

ROUNDING_ERROR = 1e-9  # of a product that should be a whole number of rows


@dataclass(frozen=True)
class Split:
    """Fractions of the rows, in time order; they add up to 1."""

    train: float = 0.8
    validation: float = 0.1
    test: float = 0.1

    def parts(self, rows: int) -> dict[Part, range]:
        """The row numbers of each part.

        The first `rows * train` rows train, rounded down; the other fractions divide the rest.
        """
        validation_fraction = self.validation / (self.validation + self.test)
        train_end = _count_rows(rows, self.train)
        rest = rows - train_end
        validation_end = train_end + _count_rows(rest, validation_fraction)
        return {
            Part.TRAIN: range(train_end),
            Part.VALIDATION: range(train_end, validation_end),
            Part.TEST: range(validation_end, rows),
        }


def _count_rows(rows: int, fraction: float) -> int:
    """A fraction of the rows, rounded down."""
    return int(rows * fraction + ROUNDING_ERROR)

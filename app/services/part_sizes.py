"""Whether the parts of a series are long enough for what is to be forecast."""

from collections.abc import Mapping

from app.domain.terms import Part
from app.errors import FieldProblem

MIN_ROWS_PER_PART = 2


def find_part_problems(parts: Mapping[Part, range], horizon: int) -> list[FieldProblem]:
    """Parts that are too short to score a forecast, or to forecast so many rows at once."""
    problems = []
    for part, rows in parts.items():
        n_rows = len(rows)
        if n_rows < MIN_ROWS_PER_PART:
            message = f"The {part.value} part has {n_rows} rows: too few to score a forecast."
            problems.append(FieldProblem(("split", part.value), message))
            continue
        longest = n_rows
        if part == Part.TRAIN:
            longest -= 1  # a window needs a row
        if horizon > longest:
            message = (
                f"{horizon} rows ahead do not fit into the {part.value} part, which has {n_rows} "
                f"rows: forecast {longest} at most, or change the split."
            )
            problems.append(FieldProblem(("horizon",), message))
    return problems

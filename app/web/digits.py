"""Digits of numbers shown together: as many as tell them apart, and no more.

The best few must look different, and most of the others: two that are nearly the same among many
that differ widely would give all of them digits that say nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

from app.web.formats import number, percent

DIGITS = range(4, 7)  # significant ones of a number
DECIMALS = range(1, 4)  # of a percentage
N_BEST = 5  # all of which look different; the smallest numbers, and the largest percentages
MIN_DISTINCT_FRACTION = 0.8  # of all that differ, more than which look different


class Column(Protocol):
    """A column of a table: its name, and how its cells are written."""

    @property
    def name(self) -> str: ...

    @property
    def form(self) -> str: ...


def count_digits(amounts: Iterable[float | None]) -> int:
    """The fewest significant digits that tell these numbers apart, of which small ones are good.

    Numbers that even the most digits cannot tell apart give no digits to the others.
    """
    return _find_fewest(sorted(_list_finite(amounts)), number, DIGITS)


def count_decimals(fractions: Iterable[float | None]) -> int:
    """The fewest decimals that tell these percentages apart, of which large ones are good."""
    return _find_fewest(sorted(_list_finite(fractions), reverse=True), percent, DECIMALS)


COUNTED_FORMS = {  # forms of cells, and what counts the digits of theirs
    "number": count_digits,
    "percent": count_decimals,
    "fraction": count_decimals,
}


def write_numbers(amounts: Sequence[float | None]) -> list[str]:
    """Numbers that are compared, with as many digits as tell them apart."""
    digits = count_digits(amounts)
    return [number(amount, digits) for amount in amounts]


def write_percentages(fractions: Sequence[float | None]) -> list[str]:
    """Percentages that are compared, with as many decimals as tell them apart."""
    decimals = count_decimals(fractions)
    return [percent(fraction, decimals) for fraction in fractions]


def count_column_digits(
    columns: Iterable[Column], rows: Sequence[Any], cell: Callable[[Any, str], object]
) -> Mapping[str, int]:
    """The digits of each column of a table whose cells are numbers or percentages, by its name."""
    digits_by_name = {}
    for column in columns:
        if column.form not in COUNTED_FORMS:
            continue
        contents = [cell(row, column.name) for row in rows]
        numbers = [content for content in contents if isinstance(content, int | float)]
        digits_by_name[column.name] = COUNTED_FORMS[column.form](numbers)
    return digits_by_name


def _find_fewest(
    best_first: Sequence[float], write: Callable[[float, int], str], choices: range
) -> int:
    most_digits = choices[-1]
    best = best_first[:N_BEST]
    n_best = _count_texts(best, write, most_digits)
    n_wanted = MIN_DISTINCT_FRACTION * _count_texts(best_first, write, most_digits)
    for digits in choices:
        if _count_texts(best, write, digits) < n_best:
            continue
        if not best or _count_texts(best_first, write, digits) > n_wanted:
            return digits
    return most_digits


def _count_texts(amounts: Sequence[float], write: Callable[[float, int], str], digits: int) -> int:
    return len({write(amount, digits) for amount in amounts})


def _list_finite(amounts: Iterable[float | None]) -> set[float]:
    return {amount for amount in amounts if amount is not None and isfinite(amount)}

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
FORMS_OF_PERCENTAGES = ("percent", "fraction")


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
        numbers = []
        for row in rows:
            content = cell(row, column.name)
            if isinstance(content, int | float):
                numbers.append(content)
        if column.form == "number":
            digits_by_name[column.name] = count_digits(numbers)
        elif column.form in FORMS_OF_PERCENTAGES:
            digits_by_name[column.name] = count_decimals(numbers)
    return digits_by_name


def _find_fewest(
    best_first: Sequence[float], write: Callable[[float, int], str], choices: range
) -> int:
    best = best_first[:N_BEST]
    for digits in choices:
        of_best = _tell_apart(best, write, digits, choices[-1])
        of_all = _tell_apart(best_first, write, digits, choices[-1])
        if of_best == 1 and of_all > MIN_DISTINCT_FRACTION:
            return digits
    return choices[-1]


def _tell_apart(
    amounts: Sequence[float], write: Callable[[float, int], str], digits: int, most_digits: int
) -> float:
    """The fraction of texts that differ, of those that differ with the most digits."""
    if not amounts:
        return 1.0
    texts = {write(amount, digits) for amount in amounts}
    all_texts = {write(amount, most_digits) for amount in amounts}
    return len(texts) / len(all_texts)


def _list_finite(amounts: Iterable[float | None]) -> set[float]:
    return {amount for amount in amounts if amount is not None and isfinite(amount)}

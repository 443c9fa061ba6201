"""Digits of numbers shown together: as many as tell them apart, and no more."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any, Protocol

from app.web.formats import number, percent

DIGITS = range(4, 7)  # significant ones of a number
DECIMALS = range(1, 4)  # of a percentage
FORMS_OF_PERCENTAGES = ("percent", "fraction")


class Column(Protocol):
    """A column of a table: its name, and how its cells are written."""

    @property
    def name(self) -> str: ...

    @property
    def form(self) -> str: ...


def count_digits(amounts: Iterable[float | None]) -> int:
    """The fewest significant digits with which no two of these numbers look the same.

    Numbers that even the most digits cannot tell apart take no digits from the others.
    """
    return _find_fewest(amounts, number, DIGITS)


def count_decimals(fractions: Iterable[float | None]) -> int:
    """The fewest decimals with which no two of these percentages look the same."""
    return _find_fewest(fractions, percent, DECIMALS)


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
    amounts: Iterable[float | None], write: Callable[[float, int], str], choices: range
) -> int:
    distinct = {amount for amount in amounts if amount is not None and isfinite(amount)}
    most_texts = len({write(amount, choices[-1]) for amount in distinct})
    for digits in choices:
        texts = {write(amount, digits) for amount in distinct}
        if len(texts) == most_texts:
            return digits
    return choices[-1]

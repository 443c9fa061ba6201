"""Years that repeat because a table has several series: each country has its 1990."""

import re
from collections.abc import Sequence

YEAR_NAME = re.compile(
    r"^(calendar|ref|time|obs|fiscal)?[ _-]?"
    r"(year|yr|jahr|annee|année|año|anno|ano|rok|date|time|period)s?([ _-]?(id|code))?$",
    re.IGNORECASE,
)
YEAR = re.compile(r"^(1[6-9]|2[0-2])\d\d(\.0)?$")
MIN_YEARS = 3
YEAR_FORMAT = "%Y"


def find_repeated_years(names: Sequence[str], body: Sequence[Sequence[str]]) -> str | None:
    """The column of years in rows that other columns tell apart; None without one."""
    for index, name in enumerate(names):
        if not YEAR_NAME.match(name):
            continue
        cells = [row[index] for row in body if index < len(row)]
        years = [cell for cell in cells if YEAR.match(cell)]
        if not years or len(years) < len(cells):
            continue
        different = set(years)
        do_repeat = MIN_YEARS <= len(different) < len(years)
        if do_repeat and _are_told_apart(body, index):
            return name
    return None


def _are_told_apart(body: Sequence[Sequence[str]], year_index: int) -> bool:
    """Whether rows of one year differ in a column besides those of values, which have points."""
    width = min(len(row) for row in body)
    names = []
    for index in range(width):
        cells = [row[index] for row in body]
        if index != year_index and not any(_has_point(cell) for cell in cells):
            names.append(index)
    rows = {(row[year_index], *[row[index] for index in names]) for row in body}
    return len(rows) == len(body)


def _has_point(cell: str) -> bool:
    return "." in cell and cell.replace(".", "").lstrip("-").isdecimal()

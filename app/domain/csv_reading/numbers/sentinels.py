"""Numbers that stand for a missing value, such as -999.99."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.csv_reading.findings import Finding, FindingKind, Lines, list_lines
from app.domain.csv_reading.layout.rows import Line
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.series import NONE, Choice

USUAL_SENTINELS = re.compile(
    r"-?9{2,}(\.9+)?|-?8{3,}(\.8+)?|-?7{4,}|-200|6999|7999|-32768|32767|65535"
)
SENTINEL_CELL = re.compile(  # at least all cells with such a number
    r"^[^0-9\n]{0,12}(?:[9.,' ]{2,14}|[8.,]{3,14}|[7.,]{4,14}|200|[67][.,]?999|32[.,]?76[78]"
    r"|65[.,]?535)(?:[.,]0{0,4})?[^0-9\n]{0,20}$|[0-9][eE]\+?[23][0-9]",
    re.MULTILINE,
)
HUGE = 1e20  # no measurement; what NetCDF, Fortran and GIS programs write for no value is larger
MIN_REPEATS = 2
MIN_DISTANCE = 1.0  # of a number from all others of its column, in multiples of their spread
MIN_SPREAD = 0.1  # of values, as a fraction of the largest
MIN_UNASKED = 100  # smaller numbers, such as 99, are too common
RELATIVE_TOLERANCE = 1e-9
MAX_LISTED_COLUMNS = 5
NUMBER = r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,8})?(?:[eE][+-]?[0-9]{1,3})?)"
NO_VALUE = (
    r"(?:missing|no[ -]?data|nodata|no value|fill|null|undefined|unknown|not available|n/a|na[_ ]"
    r"|fehl|manquant|mancant|faltante|brak|kein wert)"
)
WORD_FIRST = re.compile(rf"{NO_VALUE}[^0-9\n+-]{{0,60}}{NUMBER}", re.IGNORECASE)
NUMBER_FIRST = re.compile(rf"{NUMBER}[^0-9\n+-]{{1,30}}?{NO_VALUE}", re.IGNORECASE)


@dataclass(frozen=True)
class Sentinel:
    """A number that may stand for a missing value.

    columns: how often it is in each. is_certain: it is far from all other numbers of each column
    and repeated, or is_named: the file says so above its table.
    """

    number: float
    columns: dict[str, int]
    is_certain: bool
    is_named: bool

    @property
    def count(self) -> int:
        """In how many cells it is."""
        return sum(self.columns.values())


def named_sentinels(lines: Sequence[Line], layout: Layout) -> set[float]:
    """The numbers that the lines above the rows call a missing value."""
    above = "\n".join(line.text for line in lines if line.number < layout.first_line)
    named = set()
    for pattern in (WORD_FIRST, NUMBER_FIRST):
        for match in pattern.finditer(above):
            number = float(match[1])
            if number < 0 or _is_usual(number):
                named.add(number)
    return named


def may_hold_sentinels(cells: Sequence[str]) -> bool:
    """Whether any cell looks like a number that usually stands for a missing value."""
    return SENTINEL_CELL.search("\n".join(cells)) is not None


def find_sentinels(numbers: Mapping[str, NDArray[np.float64]], named: set[float]) -> list[Sentinel]:
    """The numbers of these columns that may stand for a missing value."""
    candidates = set()
    for values in numbers.values():
        candidates |= _find_extremes(values, named)
    sentinels = []
    for number in sorted(candidates):
        counts = {}
        distances = []
        for name, values in numbers.items():
            is_it = equals(values, number)
            if not is_it.any():
                continue
            counts[name] = int(is_it.sum())
            distances.append(_measure_distance(number, values, candidates))
        is_named = number in named
        if max(distances, default=0.0) <= MIN_DISTANCE and not is_named:
            continue
        is_repeated = sum(counts.values()) >= MIN_REPEATS
        is_far = min(distances, default=0.0) > _certain_distance(number)
        is_certain = is_named or (is_repeated and is_far)
        sentinels.append(Sentinel(number, counts, is_certain, is_named))
    return sentinels


def count_number(numbers: Mapping[str, NDArray[np.float64]], number: float) -> Sentinel:
    """How often a number is in these columns, whoever says that it stands for a missing value."""
    counts = {name: int(equals(values, number).sum()) for name, values in numbers.items()}
    columns = {name: count for name, count in counts.items() if count}
    return Sentinel(number, columns, is_certain=False, is_named=False)


def take_certain(sentinels: Sequence[Sentinel]) -> tuple[float, ...]:
    """The numbers that are taken for a missing value."""
    return tuple(sentinel.number for sentinel in sentinels if sentinel.is_certain)


def equals(values: NDArray[np.float64], number: float) -> NDArray[np.bool_]:
    """Where values are this number, as parsers read it."""
    tolerance = RELATIVE_TOLERANCE * abs(number)
    return np.abs(values - number) <= tolerance


def write_missing_numbers(numbers: Sequence[float]) -> str:
    """The numbers as the field `missing_numbers` has them, with spaces between."""
    return " ".join(format_number(number) for number in numbers) or NONE


def format_number(number: float) -> str:
    """A number as short as it can be written."""
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    return repr(number)


def report_sentinel(
    sentinel: Sentinel, taken: Sequence[float], lines: Lines, is_it: NDArray[np.bool_]
) -> Finding:
    """A number that stands for a missing value, or may do so. `is_it`: in which rows it is."""
    shown = format_number(sentinel.number)
    found_lines = lines[is_it].tolist()
    listed = [f'"{name}": {count:,}' for name, count in sentinel.columns.items()]
    columns = ", ".join(listed[:MAX_LISTED_COLUMNS])
    more = len(listed) - MAX_LISTED_COLUMNS
    if more > 0:
        columns += f" and {more} more columns"
    cells = "1 cell" if sentinel.count == 1 else f"{sentinel.count:,} cells"
    where = f"in {cells} ({columns}; {list_lines(found_lines)})"
    with_it = tuple(sorted({*taken, sentinel.number}))
    without_it = tuple(number for number in taken if number != sentinel.number)
    as_missing = Choice(write_missing_numbers(with_it), f"{shown} means that there is no value")
    as_number = Choice(write_missing_numbers(without_it), f"{shown} is a number like any other")
    kind = FindingKind.SENTINEL
    choices = (as_missing, as_number)
    message = f"{shown}{_explain(sentinel)} is taken for no value {where}."
    if sentinel.number not in taken:
        kind = FindingKind.AMBIGUOUS
        choices = (as_number, as_missing)
        message = f"{shown} is read as a number {where}. Or does it mean that there is no value?"
    return Finding(
        kind=kind,
        column="",
        message=message,
        lines=tuple(found_lines),
        field="missing_numbers",
        choices=choices,
    )


def _explain(sentinel: Sentinel) -> str:
    if sentinel.is_named:
        return ", as the lines above the table say,"
    if sentinel.is_certain:
        return ", as it is far from all other numbers,"
    return ""


def _is_usual(number: float) -> bool:
    if abs(number) >= HUGE:
        return True
    return bool(USUAL_SENTINELS.fullmatch(format_number(number)))


def _certain_distance(number: float) -> float:
    """How far a number must be from all others to be taken for a missing value without asking."""
    if number < 0 or number >= HUGE:
        return MIN_DISTANCE
    if number < MIN_UNASKED:
        return np.inf
    return 2 * MIN_DISTANCE


def _find_extremes(values: NDArray[np.float64], named: set[float]) -> set[float]:
    """The usual sentinels among the smallest and the largest values, and the named ones."""
    extremes: set[float] = {number for number in named if equals(values, number).any()}
    numbers = values[np.isfinite(values)]
    for _ in range(MAX_LISTED_COLUMNS):
        if not len(numbers):
            break
        ends = {float(numbers.min()), float(numbers.max())}
        usual = {number for number in ends if _is_usual(number)}
        if not usual:
            break
        extremes |= usual
        for number in usual:
            numbers = numbers[numbers != number]
    return extremes


def _measure_distance(number: float, values: NDArray[np.float64], sentinels: set[float]) -> float:
    """How far a number is from the other values of a column, in multiples of their spread.

    999 is not far from 1000, 1000 and 1000: values that hardly vary count as if they did.
    """
    is_other = np.isfinite(values)
    for sentinel in sentinels:
        is_other &= ~equals(values, sentinel)
    others = values[is_other]
    if not len(others):
        return 0.0
    low = float(others.min())
    high = float(others.max())
    spread = max(high - low, MIN_SPREAD * max(abs(low), abs(high)))
    distance = max(low - number, number - high)
    if spread == 0:
        return np.inf
    return distance / spread

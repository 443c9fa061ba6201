"""What only all rows of a file show: signs that first appear far below, numbers for no value."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.body import parse_cells
from app.domain.csv_reading.layout.rows import Line
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.numbers.columns import read_number_column
from app.domain.csv_reading.numbers.parsing import is_missing
from app.domain.csv_reading.numbers.sentinels import (
    find_sentinels,
    may_hold_sentinels,
    named_sentinels,
    take_certain,
)
from app.domain.csv_reading.numbers.signs import (
    MIN_WHOLE_RATIO,
    OTHER_SIGN,
    Meaning,
    detect_number_signs,
    find_thousands_sign,
    may_hold_thousands,
    read_cores,
    read_sign,
)

if TYPE_CHECKING:
    from app.domain.csv_reading.dialect import Dialect

SAMPLED_CELLS = 1000
MAX_FRACTIONAL = 1e15  # larger numbers have no decimals that float64 can hold
MAX_DISTINCT_FRACTION = 0.5  # of sampled cells: with more, looking for repetitions is no gain


def settle_numbers(
    text: str, lines: Sequence[Line], layout: Layout, dialect: "Dialect", settled: Mapping[str, Any]
) -> "Dialect":
    """The dialect with the signs and the numbers for no value that its cells show.

    settled: the fields of Dialect that are decided already. A file that cannot be split into
    columns keeps what its first rows show: whoever reads its table says what is wrong.
    """
    names = number_columns(layout, dialect)
    sampled_cores = [_read_sampled_cores(layout, name) for name in names]
    sampled = _settle_signs(sampled_cores, names, dialect, settled)
    try:
        cells = parse_cells(text, layout, sampled, names)
        needs_thousands = sampled.thousands is None
        cores = collect_cores(cells, text, layout, sampled, needs_thousands=needs_thousands)
        dialect = _settle_signs(list(cores.values()), names, sampled, settled)
        if "missing_numbers" in settled:
            return replace(dialect, missing_numbers=tuple(settled["missing_numbers"]))
        if (dialect.decimal, dialect.swapped_columns) != (sampled.decimal, sampled.swapped_columns):
            cells = parse_cells(text, layout, dialect, names)
    except (ValueError, OverflowError, pd.errors.ParserError):
        return sampled
    named = named_sentinels(lines, layout)
    numbers = {}
    for name in names:
        values = _read_values(cells[name], name, dialect, has_names=bool(named))
        if values is not None:
            numbers[name] = values
    sentinels = find_sentinels(numbers, named)
    return replace(dialect, missing_numbers=take_certain(sentinels))


def number_columns(layout: Layout, dialect: "Dialect") -> list[str]:
    """The columns that may hold numbers."""
    others = {*dialect.date_columns, *dialect.key_columns}
    return [name for name in layout.names if name not in others]


def collect_cores(
    cells: pd.DataFrame,
    text: str,
    layout: Layout,
    dialect: "Dialect",
    *,
    needs_thousands: bool = False,
) -> dict[str, str]:
    """The cores of each column that may hold numbers; see read_cores.

    They are those of the sampled rows where these decide what the signs mean. needs_thousands:
    whether a thousands sign may come below. What pandas has read as plain numbers is read again
    as text only where nothing else shows whether 3.556 is a fraction.
    """
    cores = {}
    doubtful = []
    for name in number_columns(layout, dialect):
        column = cells[name]
        cores[name] = _read_sampled_cores(layout, name)
        if not is_parsed(column):
            is_decided = _is_decided(cores[name], name, dialect)
            if is_decided and not needs_thousands:
                continue
            distinct_cells = _distinct_cells(column)
            if not is_decided or may_hold_thousands(distinct_cells):
                cores[name] = read_cores(distinct_cells)
            continue
        values = np.array(column, np.float64)
        decisive = _find_decisive_value(values)
        if decisive is not None:
            cores[name] += "\n" + repr(decisive).replace(".", dialect.decimal)
        elif _may_be_grouped(values, cores[name], dialect):
            doubtful.append(name)
    if doubtful:
        texts = parse_cells(text, layout, dialect, doubtful, as_text=True)
        for name in doubtful:
            cores[name] = read_cores(texts[name].dropna().tolist())
    return cores


def is_parsed(cells: "pd.Series[Any]") -> bool:
    """Whether pandas has read the column as plain numbers."""
    if pd.api.types.is_bool_dtype(cells):
        return False
    return bool(pd.api.types.is_numeric_dtype(cells))


def _settle_signs(
    cores: Sequence[str], names: Sequence[str], dialect: "Dialect", settled: Mapping[str, Any]
) -> "Dialect":
    """The dialect with the signs that these columns show."""
    signs = detect_number_signs(cores, dialect.separator)
    decimal = signs.decimal
    thousands = signs.thousands
    swapped = tuple(names[index] for index in signs.swapped)
    if "decimal" in settled:
        decimal = settled["decimal"]
        thousands = find_thousands_sign(cores, decimal)
        swapped = ()
    if "thousands" in settled:
        thousands = settled["thousands"]
    return replace(
        dialect,
        decimal=decimal,
        thousands=thousands or None,
        swapped_columns=swapped,
    )


def _read_sampled_cores(layout: Layout, name: str) -> str:
    index = layout.names.index(name)
    cells = []
    for row in layout.body:
        if index < len(row.cells) and not is_missing(row.cells[index]):
            cells.append(row.cells[index])
    return read_cores(cells)


def _is_decided(cores: str, name: str, dialect: "Dialect") -> bool:
    """Whether cells leave no doubt that the signs are those of the dialect."""
    decimal, _ = dialect.signs_of(name)
    reading = read_sign(cores, decimal)
    if reading is None or not reading.is_certain or reading.meaning != Meaning.DECIMAL:
        return False
    other = read_sign(cores, OTHER_SIGN[decimal])
    return other is None or (other.is_certain and other.meaning == Meaning.THOUSANDS)


def _distinct_cells(column: "pd.Series[Any]") -> list[str]:
    """The filled cells of a column, without repetitions where there are many."""
    filled = column.dropna().astype("str")
    start = filled.iloc[:SAMPLED_CELLS]
    if start.nunique() > MAX_DISTINCT_FRACTION * len(start):
        return filled.tolist()
    return filled.unique().tolist()


def _find_decisive_value(values: NDArray[np.float64]) -> float | None:
    """A fraction that cannot be a grouped number, as it has not three decimals after one digit."""
    sizes = np.abs(values[np.abs(values) < MAX_FRACTIONAL])
    thousandths = sizes * 1000
    is_finer = np.abs(thousandths - np.round(thousandths)) > 1e-6 * np.maximum(thousandths, 1)
    is_fraction = sizes != np.round(sizes)
    is_decisive = is_fraction & (is_finer | (sizes < 1) | (sizes >= 1000))
    if not is_decisive.any():
        return None
    return float(sizes[is_decisive.argmax()])


def _may_be_grouped(values: NDArray[np.float64], cores: str, dialect: "Dialect") -> bool:
    """Whether it is worth reading a column as text to know if its fractions are thousands."""
    sizes = np.abs(values[np.abs(values) < MAX_FRACTIONAL])
    is_fraction = sizes != np.round(sizes)
    if not is_fraction.any():
        return False
    reading = read_sign(cores, dialect.decimal)
    if reading is not None and reading.meaning == Meaning.DECIMAL and reading.is_certain:
        return False
    if dialect.separator != "," or dialect.decimal != ".":
        return True
    wholes = sizes[~is_fraction & (sizes != 0)]
    if not len(wholes):
        return False
    typical_fraction = float(np.median(sizes[is_fraction]))
    return float(np.median(wholes)) >= MIN_WHOLE_RATIO * typical_fraction


def _read_values(
    cells: "pd.Series[Any]", name: str, dialect: "Dialect", *, has_names: bool
) -> NDArray[np.float64] | None:
    """The numbers of a column; None where it has hardly any, or none that can mean no value.

    has_names: whether the file names such numbers, which may be any.
    """
    if is_parsed(cells):
        return np.array(cells, np.float64)
    filled = cells.dropna().astype("str").tolist()
    if not has_names and not may_hold_sentinels(filled):
        return None
    decimal, thousands = dialect.signs_of(name)
    column = read_number_column(filled, decimal, thousands)
    is_number = ~np.isnan(column.values)
    if is_number.sum() < len(filled) / 2:
        return None
    return column.values

"""A CSV as a table: numbers, dates, and all that is odd about it, with line numbers."""

import io
import re
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.recognition import Reading, column_names, split_rows
from app.domain.series import SeriesError

MAX_COLUMNS = 500
SHOWN_LINES = 10
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "--", ".", "#n/a", "?"})
NUMERIC_SHARE = 0.5  # of the filled cells that must be numbers for a column to count as one of numbers
LARGEST = 1e300
Kind = Literal["missing", "text", "date", "duplicates", "constant", "unsorted", "header"]


@dataclass(frozen=True)
class Finding:
    """Something odd. `lines` are line numbers of the file, all of them."""

    kind: Kind
    column: str
    message: str
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Table:
    """cells: text as it stands; numbers: float64 columns, NaN where there is none; lines: file line of each row."""

    reading: Reading
    cells: pd.DataFrame
    numbers: pd.DataFrame
    dates: "pd.Series[pd.Timestamp] | None"
    lines: NDArray[np.int64]
    findings: tuple[Finding, ...] = field(default=())

    @property
    def columns(self) -> list[str]:
        """All columns in the file's order."""
        return [str(name) for name in self.cells.columns]

    @property
    def number_columns(self) -> list[str]:
        """Those that hold numbers."""
        return [str(name) for name in self.numbers.columns]


def read(content: bytes, reading: Reading) -> Table:
    """Read a file as told. Raises SeriesError where that makes no table of numbers."""
    cells, lines = _cells(content, reading)
    if reading.date_column is not None and reading.date_column not in cells.columns:
        raise SeriesError([("date", f'There is no column "{reading.date_column}".')])
    findings: list[Finding] = []
    numbers = {}
    for name in cells.columns:
        if name != reading.date_column:
            column = _numbers(cells[name], reading)
            if column is not None:
                numbers[name] = column
                findings += _odd_cells(str(name), cells[name], column, lines)
    if not numbers:
        raise SeriesError([("file", "No column holds numbers, so there is nothing to forecast.")])
    dates = _dates(cells, reading, lines, findings)
    frame = pd.DataFrame(numbers)
    findings += _constants(frame)
    return Table(reading, cells, frame, dates, lines, tuple(findings))


def line_list(lines: tuple[int, ...]) -> str:
    """Line numbers for people: the first ten, and how many more."""
    shown = ", ".join(str(line) for line in lines[:SHOWN_LINES])
    more = f" and {len(lines) - SHOWN_LINES:,} more" if len(lines) > SHOWN_LINES else ""
    return f"line {shown}" if len(lines) == 1 else f"lines {shown}{more}"


def _cells(content: bytes, reading: Reading) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    text = _decoded(content, reading.encoding)
    first_line = next((place for place, line in enumerate(text.splitlines()) if line.strip()), 0)
    first = split_rows([text.splitlines()[first_line]], reading.separator)[0]
    if len(first) > MAX_COLUMNS:
        raise SeriesError([("file", f"The file has {len(first):,} columns; {MAX_COLUMNS} are the most.")])
    names = column_names(first, reading.has_header)
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=reading.separator,
            header=None,
            names=names,
            skiprows=first_line + (1 if reading.has_header else 0),
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,
            index_col=False,
            on_bad_lines="error",
        )
    except pd.errors.EmptyDataError:
        raise SeriesError([("file", "The file has a header and no rows.")]) from None
    except (pd.errors.ParserError, pd.errors.ParserWarning, ValueError) as error:
        raise SeriesError([("file", _bad_line(str(error), first_line + (1 if reading.has_header else 0)))]) from None
    frame = frame.fillna("")
    lines = np.arange(len(frame), dtype=np.int64) + first_line + (2 if reading.has_header else 1)
    filled = np.zeros(len(frame), bool)
    for name in frame.columns:
        frame[name] = frame[name].str.strip()
        filled |= (frame[name] != "").to_numpy()
    if not filled.any():
        raise SeriesError([("file", "The file has no rows.")])
    return frame[filled].reset_index(drop=True), lines[filled]


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise SeriesError([("encoding", f"The file cannot be read as {encoding}.")]) from None


def _bad_line(message: str, skipped: int) -> str:
    found = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if found:
        line = int(found[2]) + skipped if int(found[2]) <= skipped else int(found[2])
        return f"Line {line} has {found[3]} cells where {found[1]} are expected. Is the separator right?"
    if "EOF inside string" in message:
        return "A quotation mark is opened and never closed, so the rest of the file cannot be read."
    return "The rows of this file have different numbers of cells. Is the separator right?"


def _numbers(cells: "pd.Series[str]", reading: Reading) -> "pd.Series[float] | None":
    """The column as float64, or None when it is one of text."""
    text = cells
    if reading.thousands:
        text = text.str.replace(reading.thousands, "", regex=False)
    if reading.decimal != ".":
        text = text.str.replace(reading.decimal, ".", regex=False)
    numbers = pd.to_numeric(text, errors="coerce").astype("float64")
    numbers = numbers.where(numbers.abs() <= LARGEST)
    filled = int((~_is_missing(cells)).sum())
    return numbers if filled and int(numbers.notna().sum()) >= max(1, NUMERIC_SHARE * filled) else None


def _is_missing(cells: "pd.Series[str]") -> "pd.Series[bool]":
    return cells.str.lower().isin(MISSING)


def _odd_cells(
    name: str, cells: "pd.Series[str]", numbers: "pd.Series[float]", lines: NDArray[np.int64]
) -> list[Finding]:
    unread = numbers.isna()
    if not unread.any():
        return []
    missing = unread & _is_missing(cells)
    text = unread & ~missing
    found = []
    for kind, where, words in (("missing", missing, "no value"), ("text", text, "text instead of a number")):
        at = tuple(int(line) for line in lines[where.to_numpy()])
        if at:
            example = f' ("{str(cells[where].iloc[0])[:40]}")' if kind == "text" else ""
            found.append(Finding(kind, name, f'"{name}" has {words}{example} in {line_list(at)}.', at))  # type: ignore[arg-type]
    return found


def _dates(
    cells: pd.DataFrame, reading: Reading, lines: NDArray[np.int64], findings: list[Finding]
) -> "pd.Series[pd.Timestamp] | None":
    if reading.date_column is None:
        return None
    column = cells[reading.date_column]
    dates = pd.to_datetime(column, format=reading.date_format, errors="coerce", utc=True)
    unread = dates.isna().to_numpy()
    if unread.all():
        shown = reading.date_format or "any known format"
        raise SeriesError([("date_format", f'No cell of "{reading.date_column}" is a date written as {shown}.')])
    if unread.any():
        at = tuple(int(line) for line in lines[unread])
        example = str(column[unread].iloc[0])[:40]
        message = f'"{reading.date_column}" has no readable date ("{example}") in {line_list(at)}.'
        findings.append(Finding("date", reading.date_column, message, at))
    naive = dates.dt.tz_localize(None)
    findings += _order(naive, lines, reading.date_column)
    return naive


def _order(dates: "pd.Series[pd.Timestamp]", lines: NDArray[np.int64], name: str) -> list[Finding]:
    found = []
    known = dates.dropna()
    if not known.is_monotonic_increasing:
        falling = known.is_monotonic_decreasing
        how = "newest first" if falling else "in no order"
        found.append(Finding("unsorted", name, f"The rows are {how}: they will be sorted by date."))
    repeated = (dates.duplicated(keep=False) & dates.notna()).to_numpy()
    if repeated.any():
        at = tuple(int(line) for line in lines[repeated])
        found.append(Finding("duplicates", name, f"The same date stands more than once, in {line_list(at)}.", at))
    return found


def _constants(numbers: pd.DataFrame) -> list[Finding]:
    found = []
    for name in numbers.columns:
        values = numbers[name].dropna()
        if len(values) > 1 and values.min() == values.max():
            message = f'"{name}" is always {values.iloc[0]:g}: it tells a network nothing.'
            found.append(Finding("constant", str(name), message))
    return found

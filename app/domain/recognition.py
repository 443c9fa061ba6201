"""How a CSV is written: encoding, separator, decimal sign, header, date column and format, guessed from its start."""

import csv
import itertools
import re
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from app.domain.series import SeriesError

SAMPLE_LINES = 400
SAMPLE_BYTES = 400_000
LONGEST_LINE = 100_000
SEPARATORS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1252")
DATE_FORMATS = (
    "%Y-%m-%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M",
    "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%d %H:%M:%S%z", "%Y-%m-%dT%H:%M:%S.%f", "%Y-%m-%d %H:%M:%S.%f",
    "%Y/%m/%d", "%Y.%m.%d", "%Y/%m/%d %H:%M:%S", "%Y%m%d", "%d.%m.%Y", "%d.%m.%y", "%d.%m.%Y %H:%M",
    "%m/%d/%Y", "%d/%m/%Y", "%m/%d/%y", "%d/%m/%y", "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M", "%d-%m-%Y", "%m-%d-%Y",
    "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%Y-%m", "%m/%Y", "%Y",
)  # fmt: skip
DATE_NAME = re.compile(r"date|time|day|datum|zeit|year|jahr|month|^ds$|^dt$", re.IGNORECASE)
NUMBER = re.compile(r"^[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?$")
COMMA_DECIMAL = re.compile(r"^[+-]?(\d{1,3}(\.\d{3})+|\d+),\d+$")
POINT_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(\.\d{3})+(,\d+)?$")
COMMA_THOUSANDS = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


@dataclass(frozen=True)
class Reading:
    """How to read a CSV; each can be corrected. date_column None: rows are numbered."""

    encoding: str = "utf-8"
    separator: str = ","
    decimal: str = "."
    thousands: str | None = None
    has_header: bool = True
    date_column: str | None = None
    date_format: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def recognise(content: bytes) -> Reading:
    """Guess how a file is written. Raises SeriesError for what is no text or no table."""
    encoding = recognise_encoding(content)
    rows_of = {separator: split_rows(sample_lines(content, encoding), separator) for separator in SEPARATORS}
    separator = max(SEPARATORS, key=lambda sign: _regularity(rows_of[sign]))
    rows = rows_of[separator] if _regularity(rows_of[separator])[0] > 0 else rows_of[","]
    cells = [cell.strip() for row in rows[1:] for cell in row]
    decimal, thousands = _signs(cells, separator)
    has_header = _has_header(rows, decimal, thousands)
    names = column_names(rows[0], has_header)
    body = rows[1:] if has_header else rows
    date_column, date_format = _dates(names, body)
    return Reading(encoding, separator, decimal, thousands, has_header, date_column, date_format)


def recognise_encoding(content: bytes) -> str:
    """The encoding. Raises SeriesError for empty and binary files."""
    if not content.strip():
        raise SeriesError([("file", "The file is empty.")])
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\x00" in content:
        raise SeriesError([("file", "This is a binary file, not a CSV: it contains NUL bytes.")])
    for encoding in ("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_text(text):
            return encoding
    raise SeriesError([("file", "The text of this file cannot be read: save it as UTF-8 and try again.")])


def sample_lines(content: bytes, encoding: str) -> list[str]:
    """The first lines with something in them. Raises SeriesError for a line of absurd length."""
    text = content[:SAMPLE_BYTES].decode(encoding, errors="ignore")
    lines = [line for line in text.splitlines() if line.strip()][:SAMPLE_LINES]
    if not lines:
        raise SeriesError([("file", "The file holds no lines with text.")])
    if len(content) > SAMPLE_BYTES and len(lines) > 1:
        lines = lines[:-1]
    longest = max(range(len(lines)), key=lambda place: len(lines[place]))
    if len(lines[longest]) > LONGEST_LINE:
        size = len(lines[longest])
        raise SeriesError([("file", f"Line {longest + 1} is {size:,} characters long: this is no table.")])
    return lines


def split_rows(lines: list[str], separator: str) -> list[list[str]]:
    """Lines as cells."""
    try:
        return [row for row in csv.reader(lines, delimiter=separator) if row]
    except csv.Error:
        return [line.split(separator) for line in lines]


def column_names(first: list[str], has_header: bool) -> list[str]:
    """Names of the columns: the header's, made unique, or "Column 1", "Column 2", …"""
    if not has_header:
        return [f"Column {place}" for place in range(1, len(first) + 1)]
    names: list[str] = []
    for place, cell in enumerate(first, start=1):
        name = base = " ".join(cell.split())[:100] or f"Column {place}"
        repeat = 1
        while name in names:
            repeat += 1
            name = f"{base} ({repeat})"
        names.append(name)
    return names


def parses(value: str, date_format: str) -> bool:
    """Whether a text is a date of that format."""
    return _date(value, date_format) is not None


def _date(value: str, date_format: str) -> datetime | None:
    try:
        return datetime.strptime(value.strip(), date_format)
    except ValueError:
        return None


def _is_text(text: str) -> bool:
    start = text[:SAMPLE_BYTES]
    strange = sum(character < " " and character not in "\t\r\n\f" for character in start)
    return strange <= len(start) * 0.001


def _regularity(rows: list[list[str]]) -> tuple[float, int]:
    counts = Counter(len(row) for row in rows)
    width, times = counts.most_common(1)[0] if counts else (0, 0)
    return (round(times / len(rows), 1), width) if width > 1 else (0.0, 0)


def _signs(cells: list[str], separator: str) -> tuple[str, str | None]:
    commas = sum(bool(COMMA_DECIMAL.match(cell)) and not COMMA_THOUSANDS.match(cell) for cell in cells)
    if separator != "," and commas:
        return ",", "." if any(POINT_THOUSANDS.match(cell) for cell in cells) else None
    return ".", "," if any(COMMA_THOUSANDS.match(cell) for cell in cells) else None


def is_number(cell: str, decimal: str, thousands: str | None) -> bool:
    """Whether a cell is written as a number."""
    text = cell.strip().replace(thousands, "") if thousands else cell.strip()
    return bool(NUMBER.match(text.replace(decimal, ".")))


def _has_header(rows: list[list[str]], decimal: str, thousands: str | None) -> bool:
    first, body = rows[0], rows[1:50]
    if not body:
        return not any(is_number(cell, decimal, thousands) for cell in first)
    for place, cell in enumerate(first):
        below = [row[place] for row in body if place < len(row) and row[place].strip()]
        numbers = sum(is_number(other, decimal, thousands) for other in below)
        if below and numbers > len(below) / 2 and not is_number(cell, decimal, thousands) and cell.strip():
            return True
    return False


def _dates(names: list[str], body: list[list[str]]) -> tuple[str | None, str | None]:
    """The column that reads as dates, preferring one that is called so."""
    for place in sorted(range(len(names)), key=lambda place: (not DATE_NAME.search(names[place]), place)):
        values = [row[place].strip() for row in body if place < len(row) and row[place].strip()]
        found = date_format_of(values, named=bool(DATE_NAME.search(names[place])))
        if found is not None:
            return names[place], found
    return None, None


def date_format_of(values: list[str], *, named: bool) -> str | None:
    """The format most of the values have; of two that fit, the one in which the dates are in better order."""
    numbers = all(value.isdigit() for value in values[:20])
    fitting = []
    for date_format in DATE_FORMATS:
        if numbers and not (date_format == "%Y%m%d" or (date_format == "%Y" and named)):
            continue
        dates = [_date(value, date_format) for value in values]
        read = [date for date in dates if date is not None]
        if values and len(read) >= 0.8 * len(values) and _plausible(read):
            fitting.append((len(read), _order(read), -DATE_FORMATS.index(date_format), date_format))
    return max(fitting)[-1] if fitting else None


def _plausible(dates: list[datetime]) -> bool:
    return all(1600 <= date.year <= 2300 for date in dates)


def _order(dates: list[datetime]) -> float:
    """How well the dates are ordered, up or down: share of the steps that go the commoner way."""
    plain = [date.replace(tzinfo=None) for date in dates]
    rising = sum(after > before for before, after in itertools.pairwise(plain))
    falling = sum(after < before for before, after in itertools.pairwise(plain))
    return max(rising, falling) / max(1, len(plain) - 1)

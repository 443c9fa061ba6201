"""A CSV as text: its encoding, its lines, its separator, and where the table in it begins."""

import csv
import re
from collections import Counter
from dataclasses import dataclass

from app.domain.csv_reading.series import SeriesError

SAMPLE_LINES = 400
SAMPLE_CHARACTERS = 400_000
LONGEST_LINE = 100_000
LONGEST_CELL = 10_000
MAX_COLUMNS = 500
LONGEST_NAME = 100
SEPARATORS = {";": "semicolon", "\t": "tab", "|": "bar", ",": "comma"}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")
MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
NO_TABLES = {
    b"pk\x03\x04": "a binary workbook or archive",
    b"\x1f\x8b": "a compressed binary file",
    b"%pdf": "a PDF",
    b"<!doctype html": "a web page",
    b"<html": "a web page",
}
COMMENT = re.compile(r"^#.*$", re.MULTILINE)
LINE_END = re.compile(rb"\r\n|\r|\n")
DIGITS = re.compile(r"\d")
Row = tuple[int, list[str]]  # number of its first line in the file, cells


@dataclass(frozen=True)
class Layout:
    """Where the table stands. header: its cells, None without one; first_line: line number of the first row of data."""

    header: list[str] | None
    body: list[Row]
    width: int
    first_line: int
    skipped: tuple[int, ...]  # numbers of lines with text that stand before the table

    @property
    def names(self) -> list[str]:
        """Names of the columns: the header's, made unique, or "Column 1", "Column 2", …"""
        cells = self.header if self.header is not None else [""] * self.width
        names: list[str] = []
        for place, cell in enumerate(cells, start=1):
            printable = "".join(
                sign for sign in cell.lstrip("# ") if sign.isprintable() or sign.isspace()
            )
            base = " ".join(printable.split())[:LONGEST_NAME] or f"Column {place}"
            names.append(_fresh(base, names))
        return names


def recognise_encoding(content: bytes) -> str:
    """The encoding. Raises SeriesError for empty and binary files."""
    if not content.strip():
        raise SeriesError([("file", "The file is empty.")])
    start = content[:100].lstrip().lower()
    for mark, what in NO_TABLES.items():
        if start.startswith(mark):
            raise SeriesError(
                [("file", f"This is {what}, not a CSV: save the table as CSV first.")]
            )
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\x00" in content:
        return _without_mark(content)
    line = 0  # the first that is no text
    for encoding in ("utf-8", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError as error:
            line = line or _line_at(content, error.start)
            continue
        if _is_text(text):
            return encoding
        line = line or _line_at(
            text.encode(), next(place for place, sign in enumerate(text) if _is_strange(sign))
        )
    words = f"Line {line} of this file holds what is no text: save it as UTF-8 and try again."
    raise SeriesError([("file", words)])


def decoded(content: bytes, encoding: str) -> str:
    """The text, lines ended by a line feed. Raises SeriesError."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = _line_at(content[: error.start].decode(encoding, "ignore").encode(), error.start)
        words = f"The file cannot be read as {encoding}: line {line} holds something else."
        raise SeriesError([("encoding", words)]) from None
    except LookupError:
        raise SeriesError([("encoding", f"The file cannot be read as {encoding}.")]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        raise _binary(text.count("\n", 0, text.index("\x00")) + 1)
    return text


def sample_lines(text: str) -> list[tuple[int, str]]:
    """The first lines with something in them, and their numbers. Raises SeriesError for one of absurd length."""
    lines = text[:SAMPLE_CHARACTERS].split("\n")
    if len(text) > SAMPLE_CHARACTERS:
        _refuse_long(len(lines), len(lines[-1]), text)
        lines.pop()
    found = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()][
        :SAMPLE_LINES
    ]
    if not found:
        raise SeriesError([("file", "The file holds no lines with text.")])
    number, longest = max(found, key=lambda pair: len(pair[1]))
    _refuse_long(number, len(longest), text)
    return found


def recognise_separator(lines: list[tuple[int, str]]) -> str:
    """The sign that cuts most lines into equally many cells that hold no other such sign; a comma if there is none."""
    scores = {
        separator: _regularity(split_rows(lines, separator), separator) for separator in SEPARATORS
    }
    best = max(scores, key=lambda separator: scores[separator])
    return best if scores[best][0] > 0 else ","


def split_rows(lines: list[tuple[int, str]], separator: str) -> list[Row]:
    """Lines as cells."""
    reader = csv.reader(
        [line + "\n" for _, line in lines], delimiter=separator, skipinitialspace=True
    )
    rows: list[Row] = []
    begun = 0
    try:
        for cells in reader:
            if cells:
                rows.append((lines[begun][0], [cell.strip() for cell in cells]))
            begun = reader.line_num
    except csv.Error:
        return [(number, line.split(separator)) for number, line in lines]
    return rows


def find_table(
    lines: list[tuple[int, str]], separator: str, has_header: bool | None = None
) -> Layout:
    """Where the table begins: at the first line with the usual number of cells. has_header None: look for one.

    Raises SeriesError for too many columns and for cells of absurd length.
    """
    rows = split_rows(lines, separator)
    plain = [row for row in rows if not row[1][0].startswith("#")]
    plain = plain if 2 * len(plain) > len(rows) else rows
    width = _usual_width(plain)
    if width > MAX_COLUMNS:
        raise SeriesError(
            [("file", f"The file has {width:,} columns; {MAX_COLUMNS} are the most.")]
        )
    start = next(rows.index(row) for row in plain if len(row[1]) == width)
    body = [row for row in rows[start:] if not is_comment(row[1], width)]
    _refuse_wide(body, width)
    above = rows[start - 1][1] if start else []
    header = None
    if has_header is not False and _names_all_but_one(above, body):
        header, start = _stretched(above, body), start - 1
    elif has_header or (has_header is None and _has_header(body)):
        header, body = body[0][1], body[1:]
    elif has_header is None and len(above) == width and above[0].startswith("#"):
        header, start = above, start - 1
    first = body[0][0] if body else rows[-1][0] + 1
    layout = Layout(header, body, width, first, tuple(number for number, _ in rows[:start]))
    _refuse_long_cells(layout)
    return layout


def wide_line(line: int, cells: int, width: int) -> SeriesError:
    """Why a line with more cells than the table has columns cannot be read."""
    words = f"Line {line} has {cells:,} cells where {width:,} are expected. Is the separator right?"
    return SeriesError([("file", words)])


def long_cell(line: int, column: str, length: int) -> SeriesError:
    """Why a cell that is too long cannot be read."""
    words = f'Line {line}, column "{column}": this cell has {length:,} characters; {LONGEST_CELL:,} are the most.'
    return SeriesError([("file", words)])


def is_comment(cells: list[str], width: int) -> bool:
    """Whether a line is no row of the table but a remark."""
    return cells[0].startswith("#") and len(cells) != width


def without_comments(text: str, separator: str, width: int) -> str:
    """The text with its remarks emptied, all other lines where they were."""
    if "#" not in text:
        return text
    return COMMENT.sub(
        lambda found: found[0] if is_comment(found[0].split(separator), width) else "", text
    )


def _without_mark(content: bytes) -> str:
    start = content[:SAMPLE_CHARACTERS]
    for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
        if zeros.count(0) > 0.7 * len(zeros):
            return encoding
    raise _binary(_line_at(content, content.index(b"\x00")))


def _binary(line: int) -> SeriesError:
    return SeriesError(
        [("file", f"This is a binary file, not a CSV: line {line} contains a NUL character.")]
    )


def _line_at(content: bytes, place: int) -> int:
    return len(LINE_END.findall(content, 0, place)) + 1


def _is_strange(sign: str) -> bool:
    return sign < " " and sign not in "\t\r\n\f"


def _is_text(text: str) -> bool:
    start = text[:SAMPLE_CHARACTERS]
    return sum(map(_is_strange, start)) <= len(start) * 0.001


def _refuse_long(number: int, length: int, text: str) -> None:
    if length > LONGEST_LINE:
        length = len(text.split("\n", number)[number - 1])
        raise SeriesError(
            [("file", f"Line {number} is {length:,} characters long: this is no table.")]
        )


def _refuse_long_cells(layout: Layout) -> None:
    for line, cells in layout.body:
        for index, cell in enumerate(cells):
            if len(cell) > LONGEST_CELL:
                raise long_cell(line, layout.names[index], len(cell))


def _fresh(base: str, taken: list[str]) -> str:
    name, repeat = base, 1
    while name in taken:
        repeat += 1
        name = f"{base} ({repeat})"
    return name


def _usual_width(rows: list[Row]) -> int:
    counts = Counter(len(cells) for _, cells in rows)
    return max(counts, key=lambda width: (counts[width], width))


def _regularity(rows: list[Row], separator: str) -> tuple[float, float, int]:
    """Share of the rows of the usual width, share of cells without another separator, width."""
    if not rows or (width := _usual_width(rows)) < 2:
        return (0.0, 0.0, 0)
    regular = [cells for _, cells in rows if len(cells) == width]
    others = [sign for sign in SEPARATORS if sign not in (separator, ",")]
    plain = sum(not any(sign in cell for sign in others) for cells in regular for cell in cells)
    return (round(len(regular) / len(rows), 1), round(plain / (len(regular) * width), 1), width)


def _refuse_wide(body: list[Row], width: int) -> None:
    for line, cells in body:
        if len(cells) > width:
            raise wide_line(line, len(cells), width)


def _has_header(body: list[Row]) -> bool:
    first, rest = body[0][1], [cells for _, cells in body[1:50]]
    if not rest:
        return not any(DIGITS.search(cell) for cell in first)
    for place, cell in enumerate(first):
        below = [cells[place] for cells in rest if place < len(cells) and cells[place]]
        if (
            below
            and sum(_starts_as_number(other) for other in below) > len(below) / 2
            and _is_word(cell)
        ):
            return True
    return False


def _names_all_but_one(cells: list[str], body: list[Row]) -> bool:
    """Whether a line with one cell less than the table names all columns but one, as R writes it."""
    if not cells or len(cells) != len(body[0][1]) - 1 or cells[0].startswith("#"):
        return False
    return all(_is_word(cell) for cell in cells) and any(DIGITS.match(cell) for cell in body[0][1])


def _stretched(cells: list[str], body: list[Row]) -> list[str]:
    """The names with an empty one where the table has a column more: last when each line ends with a separator."""
    return [*cells, ""] if all(row[1][-1] == "" for row in body) else ["", *cells]


def _starts_as_number(cell: str) -> bool:
    return bool(DIGITS.match(cell.lstrip("+-$€£¥.,( ")))


def _is_word(cell: str) -> bool:
    return (
        bool(cell)
        and not _starts_as_number(cell)
        and cell.lower() not in ("na", "nan", "n/a", "null", "none", "-")
    )

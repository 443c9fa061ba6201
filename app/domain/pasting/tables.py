"""Pasted text as a table: CSV, cells parted by tabs or spaces, Markdown tables and JSON."""

import csv
import json
from dataclasses import dataclass, field
from io import StringIO

MAX_RESULTS = 3000
MAX_JSON_NAMES = 1000  # of the values in all objects
SEPARATORS = ("\t", ";", ",")  # the first one that the heading has
BARS = "|│"
RULER_CHARACTERS = frozenset("-=+:| ─━│┼├┤┌┐└┘┬┴╞╡╪")
SHORTENED = ("...", "…")
COLUMN_OF_INDEX = ("", "Unnamed: 0")


class TableError(ValueError):
    """Why a pasted text is no table, in words."""


@dataclass(frozen=True)
class Line:
    """A line of a table; `number` counts from 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Table:
    """The names of the columns, the number of the line with them, and the lines below."""

    names: list[str]
    line: int
    rows: list[Line] = field(default_factory=list)


def read_table(text: str) -> Table:
    """A pasted text as a table. Raises TableError."""
    if "\x00" in text:
        raise TableError("This cannot be parsed as CSV: there are NUL characters in it.")
    text = text.lstrip("\ufeff")
    start = text.lstrip("\ufeff \r\n\t")
    if start.startswith(("{", "[{")) or _starts_list_of_objects(start):
        return _read_json(text)
    first_line, _, rest = start.partition("\n")
    if first_line.lower().startswith("sep="):
        start = rest
        first_line = start.lstrip("\r\n").partition("\n")[0]
    if any(bar in first_line for bar in BARS) or _is_ruler(first_line):
        return _to_table(_split_bars(text))
    for separator in SEPARATORS:
        if separator in first_line:
            return _to_table(_split_separated(text, separator))
    return _read_printed(text)


def _starts_list_of_objects(text: str) -> bool:
    return text.startswith("[") and text[1:].lstrip().startswith("{")


def _to_table(lines: list[Line]) -> Table:
    if not lines:
        return Table([], 1)
    heading = lines[0]
    names = [cell.strip() for cell in heading.cells]
    return Table(names, heading.number, lines[1:])


def _split_separated(text: str, separator: str) -> list[Line]:
    """The lines of a CSV that are not empty. Raises TableError."""
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter=separator,
        skipinitialspace=separator != "\t",
    )
    lines: list[Line] = []
    try:
        for cells in reader:
            if "".join(cells).strip() and not _is_separator_line(cells, lines):
                lines.append(Line(reader.line_num, cells))
    except csv.Error as error:
        raise TableError(f"This cannot be parsed as CSV: {error}.") from None
    return lines


def _is_separator_line(cells: list[str], lines_before: list[Line]) -> bool:
    """Whether a line is the `sep=;` that Excel takes above a heading."""
    return not lines_before and cells[0].strip().lower().startswith("sep=")


def _split_bars(text: str) -> list[Line]:
    """The lines of a table whose cells are parted by bars, without its rulers."""
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip().replace("│", "|")
        if not content or _is_ruler(content) or "|" not in content:
            continue
        cells = content.removeprefix("|").removesuffix("|").split("|")
        lines.append(Line(number, [cell.strip(" *`") for cell in cells]))
    return lines


def _is_ruler(line: str) -> bool:
    """Whether a line is drawn of dashes and the like alone."""
    content = line.strip()
    return len(content) > 1 and set(content) <= RULER_CHARACTERS


def _read_printed(text: str) -> Table:
    """A table whose cells are parted by spaces, as a notebook prints a DataFrame.

    Its lines may begin with an index that has no name. Raises TableError.
    """
    lines = []
    for number, line in enumerate(text.splitlines(), start=1):
        content = line.strip()
        if not content or _is_ruler(content) or _is_footer(content):
            continue
        if content.endswith("\\"):
            raise TableError(
                f"Line {number}: this table was printed in several blocks. "
                "Paste what print(table.to_csv()) prints."
            )
        lines.append(Line(number, content.split()))
    table = _to_table(lines)
    cells = [cell for line in lines for cell in line.cells]
    if any(cell in SHORTENED for cell in cells):
        raise TableError(
            'This table was shortened when it was printed: it has "...". '
            "Paste what print(table.to_csv()) prints."
        )
    n_names = len(table.names)
    has_index = bool(table.rows) and all(len(row.cells) == n_names + 1 for row in table.rows)
    if not has_index:
        return table
    return Table(["", *table.names], table.line, table.rows)


def _is_footer(line: str) -> bool:
    """Whether a line is the `[10 rows x 5 columns]` below a printed DataFrame."""
    return line.startswith("[") and line.endswith("columns]")


def _read_json(text: str) -> Table:
    """Results as JSON: a list of objects, or an object a line. Raises TableError."""
    names: dict[str, None] = {}
    flat_objects = []
    try:
        for number, content in _load_objects(text):
            flat = _flatten(content, "")
            names.update(dict.fromkeys(flat))
            flat_objects.append((number, flat))
    except TableError:
        raise
    except (ValueError, RecursionError) as error:
        raise TableError(f"This cannot be parsed as JSON: {error}.") from None
    if len(names) > MAX_JSON_NAMES or len(flat_objects) > MAX_RESULTS:
        raise TableError(
            f"This JSON has {len(flat_objects):,} results with {len(names):,} names; the limit is "
            f"{MAX_RESULTS:,} results with {MAX_JSON_NAMES:,} names."
        )
    rows = []
    for number, flat in flat_objects:
        rows.append(Line(number, [flat.get(name, "") for name in names]))
    return Table(list(names), 0, rows)


def _load_objects(text: str) -> list[tuple[int, dict[str, object]]]:
    """The objects of a JSON text, each with a number: of its line, or of its place in a list."""
    try:
        whole = json.loads(text)
    except ValueError:
        numbered = []
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip().rstrip(","):
                numbered.append((number, json.loads(line.strip().rstrip(","))))
    else:
        if isinstance(whole, dict):
            lists = [value for value in whole.values() if _is_list_of_objects(value)]
            whole = lists[0] if len(lists) == 1 else [whole]
        numbered = list(enumerate(whole, start=1))
    for _, content in numbered:
        if not isinstance(content, dict):
            raise TableError("This JSON is no list of objects with a name for each value.")
    return numbered


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(v, dict) for v in value)


def _flatten(content: dict[str, object], prefix: str) -> dict[str, str]:
    """The values of an object by names such as `params.units`."""
    flat: dict[str, str] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{name}.")
        elif value is None:
            flat[prefix + name] = ""
        elif isinstance(value, bool | int | float):
            flat[prefix + name] = str(value)
        elif isinstance(value, str):
            flat[prefix + name] = value
        else:
            flat[prefix + name] = json.dumps(value)
    return flat

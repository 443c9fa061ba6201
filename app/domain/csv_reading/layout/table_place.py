"""Where the table stands in a CSV: what is above it, its header and its rows."""

from dataclasses import dataclass
from functools import cached_property

from app.domain.csv_reading.layout.columns import (
    NUMBER,
    Column,
    cell_kind,
    describe_columns,
    is_row,
)
from app.domain.csv_reading.layout.header import Header, find_header
from app.domain.csv_reading.layout.name_words import (
    add_missing_name,
    begins_with_header,
    is_word,
    names_all_but_one,
    starts_as_number,
)
from app.domain.csv_reading.layout.naming import name_columns
from app.domain.csv_reading.layout.passed_over import PassedOver, Reason, RowShape
from app.domain.csv_reading.layout.rows import (
    MAX_CELL_LENGTH,
    Line,
    Row,
    is_marked,
    leave_out_preamble,
    long_cell,
    split_rows,
    usual_width,
    wide_row,
)
from app.domain.csv_reading.series import Choice, FileProblem, SeriesError
from app.domain.csv_reading.several.transposed_header import find_dates_in_order

MAX_COLUMNS = 500
MAX_TURNED_COLUMNS = 20_000  # dates in the header of a table whose lines are series
MIN_ROWS_OF_TABLE = 3


@dataclass(frozen=True)
class Layout:
    """The place of a table in its file, and the sampled rows of its body.

    heading: None without a line of names. shape: what tells the rows from other lines. first_line:
    the number of the line the body begins on. above: the lines above the body with text that
    names no column.
    """

    heading: Header | None
    body: list[Row]
    shape: RowShape
    first_line: int
    above: tuple[PassedOver, ...]

    @property
    def header(self) -> list[str] | None:
        """The names as written."""
        if self.heading is None:
            return None
        return self.heading.names

    @property
    def skipped(self) -> tuple[int, ...]:
        """Numbers of the lines above the body that name no column."""
        return tuple(line.line for line in self.above)

    @property
    def width(self) -> int:
        """How many columns the table has."""
        return self.shape.width

    @cached_property
    def names(self) -> list[str]:
        """Names of the columns: the header's, made unique, or "Column 1", "Column 2", …"""
        if self.header is None:
            return name_columns([""] * self.width)
        return name_columns(self.header)

    @cached_property
    def code_columns(self) -> list[str]:
        """Columns of digits that begin with a zero, such as 007: these are names, not numbers."""
        columns = []
        for index, name in enumerate(self.names):
            cells = [row.cells[index] for row in self.body if index < len(row.cells)]
            filled = [cell for cell in cells if cell]
            begins_with_zero = any(len(cell) > 1 and cell[0] == "0" for cell in filled)
            if begins_with_zero and all(cell.isdecimal() for cell in filled):
                columns.append(name)
        return columns


def find_table(lines: list[Line], separator: str, has_header: bool | None = None) -> Layout:
    """Find the table: its rows are those with the usual number and kinds of cells.

    has_header: None to find out. Raises SeriesError for too many columns or cells in a row, for
    cells that are too long, and for a line of names that does not fit the rows.
    """
    rows = split_rows(lines, separator)
    uncommented = _leave_out_comments(rows)
    width = _find_width(uncommented)
    _refuse_many_columns(width, uncommented)
    rows = [_trim_row(row, width) for row in rows]
    fitting = _fitting_rows(_leave_out_comments(rows), width)
    columns = describe_columns(fitting, width)
    start = _find_start(rows, fitting, columns)
    _refuse_rows_above(rows[:start], columns)
    body = rows[start:]
    header = None
    if has_header is not False:
        header = _find_names(rows[:start], body, columns)
    if header is None and (has_header or (has_header is None and begins_with_header(body))):
        header = Header(body[0].cells, (body[0].line_number,))
        body = body[1:]
    if header is None and has_header is None:
        _refuse_unfitting_names(rows[:start], width)
    shape = RowShape(columns, header.names if header else None)
    first_line = rows[-1].line_number + 1
    if body:
        first_line = body[0].line_number
    body = _keep_rows(body, shape)
    layout = Layout(
        heading=header,
        body=body,
        shape=shape,
        first_line=first_line,
        above=_list_above(rows[:start], header, width),
    )
    _refuse_long_cells(layout)
    return layout


def _find_width(rows: list[Row]) -> int:
    """How many cells a row of the table has; some may leave out the last ones."""
    with_numbers = [row for row in rows if len(row.cells) > 1 and _has_number(row.cells)]
    width = usual_width(leave_out_preamble(with_numbers or rows))
    widest = max(rows, key=lambda row: len(row.cells))
    wider = [row for row in with_numbers if len(row.cells) > width]
    usual = [row for row in with_numbers if len(row.cells) == width]
    are_mixed = bool(wider and usual) and wider[-1].line_number > usual[0].line_number
    are_rows = are_mixed or len(wider) >= MIN_ROWS_OF_TABLE
    if are_rows and widest not in with_numbers and all(widest.cells):
        return len(widest.cells)
    return width


def _has_number(cells: list[str]) -> bool:
    return any(starts_as_number(cell) for cell in cells)


def _find_start(rows: list[Row], fitting: list[Row], columns: list[Column]) -> int:
    """The index of the first row of the table; the first rows can leave out the last cells."""
    first_row = next((row for row in fitting if is_row(row.cells, columns)), fitting[0])
    start = rows.index(first_row)
    while start > 0 and _is_like_row(rows[start - 1], columns):
        start -= 1
    return start


def _trim_row(row: Row, width: int) -> Row:
    """The row without empty cells that are too many."""
    if any(row.cells[width:]):
        return row
    return Row(row.line_number, row.cells[:width])


def _fitting_rows(rows: list[Row], width: int) -> list[Row]:
    """The rows with as many cells as a row of the table has, or with none for the last columns."""
    last_rows = leave_out_preamble(rows)
    fewest = min(width, usual_width(last_rows))
    return [row for row in rows if fewest <= len(row.cells) <= width]


def _find_names(above: list[Row], body: list[Row], columns: list[Column]) -> Header | None:
    """The header in the lines above the body; R leaves out the name of the first column."""
    if above and names_all_but_one(above[-1].cells, body):
        names = add_missing_name(above[-1].cells, body)
        is_short = not names[0]
        return Header(names, (above[-1].line_number,), is_short=is_short)
    return find_header(above, columns)


def _keep_rows(rows: list[Row], shape: RowShape) -> list[Row]:
    """The sampled lines that are rows of the table. Raises SeriesError for wide ones."""
    end = len(rows)
    while end > 0 and shape.classify_last(rows[end - 1].cells) is not None:
        end -= 1
    kept = [row for row in rows[:end] if shape.classify(row.cells) is None]
    _refuse_wide_rows(kept, shape.width)
    return kept


def _list_above(above: list[Row], header: Header | None, width: int) -> tuple[PassedOver, ...]:
    """The lines above the body that name no column; those with numbers below a header are said."""
    header_lines = header.lines if header else ()
    passed_over = []
    for row in above:
        if row.line_number in header_lines:
            continue
        is_below_header = header is not None and row.line_number > max(header_lines)
        has_number = any(cell_kind(cell) == NUMBER for cell in row.cells[1:])
        if is_below_header and len(row.cells) == width and has_number:
            total = PassedOver(row.line_number, Reason.TOTAL, " ".join(row.cells))
            passed_over.append(total)
        else:
            passed_over.append(PassedOver(row.line_number, Reason.ABOVE))
    return tuple(passed_over)


def _refuse_rows_above(above: list[Row], columns: list[Column]) -> None:
    """Raise SeriesError where lines above the table are rows of another one."""
    rows = [row for row in above if _is_like_row(row, columns)]
    if len(rows) >= MIN_ROWS_OF_TABLE:
        raise SeriesError.at(
            "file",
            f"Line {rows[0].line_number} has {len(rows[0].cells):,} cells and later ones have "
            f"{len(columns):,}: there are several tables. Save each as a file of its own.",
        )


def _is_like_row(row: Row, columns: list[Column]) -> bool:
    """Whether a line of another width begins as rows do and has a value that fits."""
    if len(row.cells) > len(columns) or is_marked(row.cells):
        return False
    fitting = [
        column
        for cell, column in zip(row.cells, columns, strict=False)
        if column.is_anchor and column.fits(cell)
    ]
    return len(fitting) > 1 and is_row(row.cells, columns)


def _refuse_unfitting_names(above: list[Row], width: int) -> None:
    """Raise SeriesError where the last line above the rows has names, but not one for each."""
    if not above or is_marked(above[-1].cells):
        return
    row = above[-1]
    words = [cell for cell in row.cells if is_word(cell)]
    if len(words) < 2 or len(words) < len(row.cells):
        return
    message = (
        f"Line {row.line_number} has {len(words):,} names, and the rows below have {width:,} "
        "cells. Is the separator right? A comma cannot be both separator and decimal sign."
    )
    choice = Choice("false", f"line {row.line_number} names no columns")
    raise SeriesError([FileProblem("has_header", message, (choice,))])


def _refuse_many_columns(width: int, rows: list[Row]) -> None:
    """Raise SeriesError for more columns than a table can have, but for dates in the header."""
    if width <= MAX_COLUMNS:
        return
    first_row = next(row for row in rows if len(row.cells) == width)
    dates = find_dates_in_order(first_row.cells[:MAX_TURNED_COLUMNS])
    n_dates = 0
    if dates is not None:
        n_dates = len(dates.columns)
    if width - n_dates > MAX_COLUMNS:
        raise SeriesError.at(
            "file",
            f"The file has {width:,} columns; at most {MAX_COLUMNS} are allowed.",
        )


def _leave_out_comments(rows: list[Row]) -> list[Row]:
    """The rows without a mark of comments at their start, if there are any."""
    uncommented = [row for row in rows if not is_marked(row.cells)]
    return uncommented or rows


def _refuse_wide_rows(body: list[Row], width: int) -> None:
    for row in body:
        if any(row.cells[width:]):
            raise wide_row(row.line_number, len(row.cells), width)


def _refuse_long_cells(layout: Layout) -> None:
    for row in layout.body:
        for index, cell in enumerate(row.cells):
            length = len(cell)
            if length > MAX_CELL_LENGTH:
                column = layout.names[index]
                raise long_cell(row.line_number, column, length)

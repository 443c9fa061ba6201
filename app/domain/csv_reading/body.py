"""The cells of a CSV below its header, and the line each row begins on."""

import io
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.findings import Lines
from app.domain.csv_reading.layout.rows import (
    MAX_CELL_LENGTH,
    PANDAS_SEPARATORS,
    long_cell,
    wide_row,
)
from app.domain.csv_reading.layout.table_place import Layout
from app.domain.csv_reading.numbers.parsing import MISSING_WORDS
from app.domain.csv_reading.series import SeriesError

if TYPE_CHECKING:
    from app.domain.csv_reading.dialect import Dialect

MISSING_CELLS = sorted(
    MISSING_WORDS | {word.upper() for word in MISSING_WORDS} | {"NaN", "None", "Null", "Nan", "NaT"}
)


READ_CSV_OPTIONS: dict[str, Any] = {
    "na_values": MISSING_CELLS,
    "keep_default_na": False,
    "skip_blank_lines": False,
    "skipinitialspace": True,
    "index_col": False,
    "low_memory": False,
    "on_bad_lines": "error",
}


@dataclass(frozen=True)
class Body:
    """The cells below the header, NaN where there is no value, and the line each row begins on.

    Columns of plain numbers are float64 or int64, the others are text.
    """

    cells: pd.DataFrame
    lines: Lines


def read_body(text: str, layout: Layout, dialect: "Dialect") -> Body:
    """Split the text below the header into columns, without blank rows."""
    if not layout.body:
        raise _no_rows()
    try:
        cells = parse_cells(text, layout, dialect)
    except pd.errors.EmptyDataError:
        raise _no_rows() from None
    except (pd.errors.ParserError, ValueError, OverflowError) as error:
        raise _explain_parser_error(str(error), layout.first_line - 1) from None
    lines = _number_lines(cells, text, layout.first_line)
    _refuse_long_cells(cells, lines)
    has_value = cells.notna()
    is_filled = has_value.any(axis=1).to_numpy()
    if not is_filled.any():
        raise SeriesError.at("file", "The file has no rows.")
    if is_filled.all():
        return Body(cells, lines)
    filled_rows = cells[is_filled].reset_index(drop=True)
    return Body(filled_rows, lines[is_filled])


def parse_cells(
    text: str,
    layout: Layout,
    dialect: "Dialect",
    columns: list[str] | None = None,
    *,
    as_text: bool = False,
) -> pd.DataFrame:
    """The cells below the header, in all columns or some. as_text: also those of plain numbers.

    Without any columns to read, there are none. Raises pandas' ParserError, EmptyDataError and
    ValueError for rows that are no table.
    """
    if columns == []:  # pandas raises IndexError for some rows
        return pd.DataFrame()
    options = {
        "header": None,
        "names": layout.names,
        "usecols": columns,
        "dtype": _choose_types(layout, dialect, as_text=as_text),
        "sep": PANDAS_SEPARATORS.get(dialect.separator, dialect.separator),
        "decimal": dialect.decimal,
    }
    body = io.StringIO(text.split("\n", layout.first_line - 1)[-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error", pd.errors.ParserWarning)  # cells that would be lost
        try:
            frame: pd.DataFrame = pd.read_csv(body, **options, **READ_CSV_OPTIONS)
        except pd.errors.ParserWarning as warning:
            raise pd.errors.ParserError(str(warning)) from None
    return frame


def _choose_types(layout: Layout, dialect: "Dialect", *, as_text: bool) -> Any:
    """What pandas is to make of the columns; it finds out for those that are left out."""
    if dialect.is_transposed:
        return object  # texts; thousands of columns take less time so than as "str"
    names = layout.names
    if not as_text:
        names = [*dialect.date_columns, *dialect.swapped_columns, *layout.code_columns]
    return dict.fromkeys(names, "str")


def _number_lines(cells: pd.DataFrame, text: str, first_line: int) -> Lines:
    """The line each row begins on; a quoted cell may go over several lines."""
    rows = len(cells)
    lines = np.arange(rows, dtype=np.int64) + first_line
    lines_of_text = text.count("\n", 0, -1) + 1
    last_line = first_line + rows - 1
    if lines_of_text == last_line:
        return lines
    line_breaks = np.zeros(rows, np.int64)
    for column in _text_columns(cells):
        line_breaks += _count_line_breaks(column)
    breaks_above: Lines = np.cumsum(line_breaks) - line_breaks
    return lines + breaks_above


def _text_columns(cells: pd.DataFrame) -> list["pd.Series[str]"]:
    """The columns that pandas has not read as plain numbers."""
    columns = []
    for name in cells.columns:
        column = cells[name]
        if not pd.api.types.is_numeric_dtype(column):
            columns.append(column)
    return columns


def _count_line_breaks(column: "pd.Series[str]") -> NDArray[np.int64]:
    """How many line breaks each cell of a column has."""
    counts = []
    for cell in column:
        text = str(cell)
        counts.append(text.count("\n"))
    return np.array(counts, np.int64)


def _refuse_long_cells(cells: pd.DataFrame, lines: Lines) -> None:
    """Raise SeriesError for a cell that is too long, also below the sampled lines."""
    for column in _text_columns(cells):
        for line, cell in zip(lines, column.tolist(), strict=True):
            if not isinstance(cell, str):
                continue
            length = len(cell.strip())
            if length > MAX_CELL_LENGTH:
                raise long_cell(
                    int(line),
                    column=str(column.name),
                    length=length,
                )


def _explain_parser_error(message: str, lines_above: int) -> SeriesError:
    """The error of pandas' parser in words that help; it knows nothing of the lines above."""
    fields = re.search(r"Expected (\d+) fields in line (\d+), saw (\d+)", message)
    if fields:
        expected, line, actual = fields.groups()
        return wide_row(
            lines_above + int(line),
            cells=int(actual),
            width=int(expected),
        )
    if "EOF inside string" in message:
        row = re.search(r"starting at row (\d+)", message)
        where = ""
        if row:
            line_number = lines_above + int(row[1]) + 1
            where = f" in line {line_number}"
        return SeriesError.at(
            "file",
            f"A quotation mark is opened{where} and never closed, "
            "so the rest of the file cannot be parsed.",
        )
    return SeriesError.at(
        "file",
        "The rows of this file have different numbers of cells. Is the separator right?",
    )


def _no_rows() -> SeriesError:
    return SeriesError.at(
        "file",
        "The file has a header and no rows.",
    )

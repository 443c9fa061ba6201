"""Each series of a file as a file of its own: the lines above the table, and those of its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.body import Body, read_body
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.encodings.encoding import decode_text
from app.domain.csv_reading.findings import Lines
from app.domain.csv_reading.layout.rows import sample_lines
from app.domain.csv_reading.layout.scan import keep_rows
from app.domain.csv_reading.layout.table_place import Layout, find_table
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.several.keys import SeriesIndex, format_key
from app.domain.csv_reading.several.series_choice import name_key_columns
from app.domain.csv_reading.several.series_report import MAX_DATASETS
from app.domain.csv_reading.several.several_series import find_series_of_rows
from app.domain.csv_reading.several.transposed import keep_filled_lines
from app.domain.csv_reading.several.transposed_layout import find_transposed
from app.domain.csv_reading.several.transposed_series import find_series_of_lines


@dataclass(frozen=True)
class SeriesFile:
    """A file with one series of another file. dialect: how it is read, its key included."""

    dialect: Dialect
    content: bytes

    @property
    def name(self) -> str:
        """The name of the series."""
        return format_key(self.dialect.key)


def split_file(content: bytes, dialect: Dialect) -> list[SeriesFile]:
    """A file for each series, in their order. Raises SeriesError for one, and for too many."""
    text = decode_text(content, dialect.encoding)
    layout = find_table(sample_lines(text), dialect.separator, dialect.has_header)
    kept = keep_rows(text, layout, dialect.separator)
    body = read_body(kept.text, layout, dialect)
    without_key = replace(dialect, key=())
    index, lines, lengths = _find_series(body, layout, without_key)
    if len(index) > MAX_DATASETS:
        raise SeriesError.at(
            "key",
            f"The file has {len(index):,} series; at most {MAX_DATASETS} can become datasets at "
            "once. Choose one of them.",
        )
    texts = text.split("\n")
    head = texts[: layout.first_line - 1]
    files = []
    for number in range(len(index)):
        rows = index.rows_of(number)
        own_lines = _select_lines(texts, lines[rows], lengths[rows])
        own_text = "\n".join([*head, *own_lines]) + "\n"
        own_dialect = replace(name_key_columns(dialect, index), key=index.key_of(number))
        files.append(SeriesFile(own_dialect, own_text.encode(dialect.encoding, "replace")))
    return files


def _find_series(
    body: Body, layout: Layout, dialect: Dialect
) -> tuple[SeriesIndex, Lines, NDArray[np.int64]]:
    """The series, the line each row begins on, and over how many lines it goes."""
    if dialect.is_transposed:
        transposed = find_transposed(layout, dialect.date_columns, dialect.date_format or "")
        body, _ = keep_filled_lines(body, transposed)
        detected = find_series_of_lines(body, transposed, dialect)
    else:
        detected = find_series_of_rows(body, dialect)
    if detected is None or len(detected.index) < 2:
        raise SeriesError.at("key", "The file has only one series: leave out the key.")
    return detected.index, body.lines, _count_lines(body.cells)


def _count_lines(cells: pd.DataFrame) -> NDArray[np.int64]:
    """Over how many lines each row goes: a quoted cell may have line breaks."""
    lines = np.ones(len(cells), np.int64)
    for name in cells.columns:
        column = cells[name]
        if not pd.api.types.is_string_dtype(column):
            continue
        line_breaks = column.str.count("\n").fillna(0)
        lines += line_breaks.to_numpy(dtype=np.int64)
    return lines


def _select_lines(texts: Sequence[str], lines: Lines, lengths: NDArray[np.int64]) -> list[str]:
    selected: list[str] = []
    for line, length in zip(lines.tolist(), lengths.tolist(), strict=True):
        selected += texts[line - 1 : line - 1 + length]
    return selected

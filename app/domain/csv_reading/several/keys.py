"""The series of a file with several: the columns that name one, and its name in them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.texts import read_count

EVERY_SERIES = "*"  # each series becomes a dataset of its own
WIDE = "*wide"  # each series becomes a column
ONE_SERIES = "*one"  # all rows are one series, whatever their names are
KEY_SEPARATOR = " | "
EMPTY_KEY = "(empty)"
Codes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class KeyColumn:
    """A column whose cells name series: a number for each row, and the text it stands for."""

    name: str
    codes: Codes
    texts: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SeriesIndex:
    """The series of a table, numbered as they first occur.

    codes: the number of the series of each row, from 0. first_rows, counts: of each series.
    """

    columns: Sequence[KeyColumn]
    codes: Codes
    first_rows: Codes
    counts: Codes

    @classmethod
    def of(cls, columns: Sequence[KeyColumn]) -> "SeriesIndex":
        """The series that these columns name."""
        codes = combine_codes([column.codes for column in columns])
        counts = np.bincount(codes)
        first_rows = np.flatnonzero(~pd.Series(codes).duplicated().to_numpy())
        return cls(columns, codes, first_rows, counts)

    def __len__(self) -> int:
        return len(self.first_rows)

    def key_of(self, number: int) -> tuple[str, ...]:
        """The name of a series, cell by cell."""
        row = self.first_rows[number]
        return tuple(column.texts[column.codes[row]] for column in self.columns)

    def name_of(self, number: int) -> str:
        """The name of a series as people see it."""
        return format_key(self.key_of(number))

    def rows_of(self, number: int) -> Codes:
        """The positions of the rows of a series."""
        return np.flatnonzero(self.codes == number)

    def find(self, key: Sequence[str]) -> int | None:
        """The number of the series of this name, None where there is none."""
        if len(key) != len(self.columns):
            return None
        is_series = np.ones(len(self.codes), np.bool_)
        for column, name in zip(self.columns, key, strict=True):
            code = _find_name(column, name)
            if code is None:
                return None
            is_series &= column.codes == code
        if not is_series.any():
            return None
        first_row = int(is_series.argmax())
        return int(self.codes[first_row])


def format_key(key: Sequence[str]) -> str:
    """The name of a series, as fields of the form and the API have it."""
    if len(key) == 1:
        return key[0] or EMPTY_KEY
    names = [name or EMPTY_KEY for name in key]
    return KEY_SEPARATOR.join(names)


def parse_key(text: str, width: int) -> tuple[str, ...]:
    """The inverse of `format_key` for a key of `width` columns."""
    parts = [text]
    if width > 1:
        parts = text.split(KEY_SEPARATOR)
    return tuple(_parse_name(part) for part in parts)


def fit_key(key: Sequence[str], width: int) -> tuple[str, ...]:
    """A key that was given cell by cell, or as one text, for `width` columns."""
    if len(key) == 1:
        return parse_key(key[0], width)
    return tuple(_parse_name(part) for part in key)


def encode_column(name: str, cells: "pd.Series[str]") -> KeyColumn:
    """The names in a column; cells that differ only in blanks at their ends are the same."""
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    return name_codes(name, codes, values)


def name_codes(name: str, codes: Codes, values: "pd.Index[str]") -> KeyColumn:
    """The same where the different cells are numbered already."""
    texts = [_to_text(value) for value in values]
    text_codes, different_texts = pd.factorize(np.array(texts, dtype=object))
    return KeyColumn(
        name=name,
        codes=text_codes[codes].astype(np.int64),
        texts=tuple(different_texts),
    )


def combine_codes(columns: Sequence[Codes]) -> Codes:
    """A number for each row, equal where all columns are equal; numbered as they first occur."""
    combined = columns[0]
    for codes in columns[1:]:
        width = int(codes.max(initial=0)) + 1
        combined, _ = pd.factorize(combined * width + codes)
    if len(columns) == 1:
        combined, _ = pd.factorize(combined)
    return combined.astype(np.int64)


def _find_name(column: KeyColumn, name: str) -> int | None:
    """The code of a name; 01 is the 1 of a column that was read as numbers."""
    names = [name]
    number = read_count(name)
    if number is not None:
        names.append(str(number))
    for possible_name in names:
        if possible_name in column.texts:
            return column.texts.index(possible_name)
    return None


def _parse_name(text: str) -> str:
    name = " ".join(text.split())
    if name == EMPTY_KEY:
        return ""
    return name


def _to_text(value: object) -> str:
    """A cell as a name; whole numbers have no point, and an empty cell is an empty name."""
    if isinstance(value, str):
        return " ".join(value.split())
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)

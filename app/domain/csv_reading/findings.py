"""What is unusual about a table, in words and with the line numbers of the file."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.series import Choice, FileProblem

MAX_LISTED_LINES = 10
MAX_LISTED_NAMES = 10
MAX_EXAMPLE_LENGTH = 40
Lines = NDArray[np.int64]


class FindingKind(StrEnum):
    """What can be unusual about a table."""

    MISSING = "missing"  # cells without a value
    TEXT = "text"  # cells with something else than a number
    DATE = "date"  # cells that are not dates
    DUPLICATES = "duplicates"  # dates that occur more than once
    CONSTANT = "constant"  # a column of numbers that never changes
    UNSORTED = "unsorted"  # dates out of order
    GAP = "gap"  # a long time without rows
    HEADER = "header"  # a name that two columns have
    SKIPPED = "skipped"  # lines that are no rows of the table
    LEFT_OUT = "left_out"  # a column that is not one of numbers
    SERIES = "series"  # several series, one of which must be chosen
    COARSE = "coarse"  # dates most of which repeat, though no column names series
    AMBIGUOUS = "ambiguous"  # dates or numbers that can be read in two ways
    QUESTION = "question"  # what only a person can decide; `choices` has the answers
    READING = "reading"  # how dates are read, where that is no matter of course
    CLOCK = "clock"  # an hour that stands twice, or is missing, where summer time changes
    NUMBERS = "numbers"  # how numbers were read that are more than digits
    SENTINEL = "sentinel"  # a number that is taken for a missing value
    BOUND = "bound"  # cells such as <1, which only bound a number
    COUNTER = "counter"  # a column that counts or names the rows, or repeats their dates
    TARGET = "target"  # why a column is the target
    FUTURE = "future"  # the last rows are taken as those to forecast


NOTED_KINDS = (  # worth keeping with the dataset
    FindingKind.SKIPPED,
    FindingKind.HEADER,
    FindingKind.AMBIGUOUS,
    FindingKind.READING,
    FindingKind.CLOCK,
    FindingKind.NUMBERS,
    FindingKind.SENTINEL,
    FindingKind.LEFT_OUT,
    FindingKind.UNSORTED,
)
OFFERED_KINDS = (  # whose choices are an offer, not a question: the file itself decides
    FindingKind.NUMBERS,
    FindingKind.SENTINEL,
    FindingKind.TARGET,
    FindingKind.FUTURE,
)


@dataclass(frozen=True)
class Finding:
    """Something unusual. `lines`: the numbers of all lines of the file it concerns.

    field, choices: where the file itself does not decide, the field of the form and the API that
    does, and what it can be set to; the first choice is the one that was taken.
    """

    kind: FindingKind
    column: str
    message: str
    lines: tuple[int, ...] = ()
    field: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether a person has to choose, because the file itself does not decide."""
        return bool(self.choices) and self.kind not in OFFERED_KINDS


def to_problem(finding: Finding) -> FileProblem:
    """What a finding leaves open, as what is in the way of using the file."""
    return FileProblem(finding.field, finding.message, finding.choices)


def list_lines(lines: Sequence[int]) -> str:
    """Line numbers for people: the first ten, and how many more."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    first_lines = lines[:MAX_LISTED_LINES]
    listed = ", ".join(str(line) for line in first_lines)
    more = len(lines) - len(first_lines)
    if more == 0:
        return f"lines {listed}"
    return f"lines {listed} and {more:,} more"


def list_names(names: Sequence[str]) -> str:
    """Names of columns for people: the first ten, and how many more."""
    shown = [f'"{shorten_cell(name)}"' for name in names[:MAX_LISTED_NAMES]]
    more = len(names) - len(shown)
    if more:
        return f"{', '.join(shown)} and {more:,} more"
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def format_duration(duration: "pd.Timedelta") -> str:
    """A length of time for people, such as 3 days or 15 min."""
    seconds = duration.total_seconds()
    if seconds >= 86_400:
        days = seconds / 86_400
        return _format_days(round(days, 1))
    if seconds >= 3600:
        hours = seconds / 3600
        return f"{hours:g} h"
    if seconds >= 60:
        minutes = seconds / 60
        return f"{minutes:g} min"
    return f"{seconds:g} s"


def shorten_cell(cell: str) -> str:
    """A cell on one line and of limited length, as an example."""
    words = cell.split()
    on_one_line = " ".join(words)
    return on_one_line[:MAX_EXAMPLE_LENGTH]


def report_reading(column: str, examples: Sequence[tuple[str, float]]) -> Finding:
    """How cells were read that are more than digits: each of these cells, and its number."""
    readings = [f'"{shorten_cell(cell)}" is read as {number:,.12g}' for cell, number in examples]
    return Finding(
        kind=FindingKind.NUMBERS,
        column=column,
        message=f'In "{column}", {", ".join(readings)}.',
    )


def report_bounds(column: str, example: str, bound: float, lines: tuple[int, ...]) -> Finding:
    """Cells such as <1, of which nobody knows more than a bound."""
    cells = f"{len(lines):,} cells"
    if len(lines) == 1:
        cells = "1 cell"
    return Finding(
        kind=FindingKind.BOUND,
        column=column,
        message=f'"{column}" has no exact number in {cells} such as "{shorten_cell(example)}", '
        f"in {list_lines(lines)}. It could be read as {bound:.12g}.",
        lines=lines,
    )


def report_fractions(column: str, example: str) -> Finding:
    """A column of fractions, such as the prices of bonds in 32nds."""
    return Finding(
        kind=FindingKind.LEFT_OUT,
        column=column,
        message=f'"{column}" holds fractions ("{shorten_cell(example)}"), which can mean several '
        "things, and was left out. Write them with decimals to use the column.",
    )


def report_text_column(column: str, example: str) -> Finding:
    """A column that holds text."""
    return Finding(
        kind=FindingKind.LEFT_OUT,
        column=column,
        message=f'"{column}" holds text ("{shorten_cell(example)}") and cannot be a feature.',
    )


def report_empty_column(column: str) -> Finding:
    """A column without a single value."""
    return Finding(
        kind=FindingKind.LEFT_OUT,
        column=column,
        message=f'"{column}" is empty and was left out.',
    )


def _format_days(days: float) -> str:
    if days == 1:
        return "1 day"
    if days == int(days):
        return f"{days:,.0f} days"
    return f"{days:,} days"

"""Which columns of a table a series is made of, and what they are for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from app.domain.csv_reading.findings import FindingKind
from app.domain.csv_reading.future_rows import Ahead, describe_ahead, find_ahead
from app.domain.csv_reading.numbers.targets import choose_target, default_features
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.table import Table

MAX_LISTED_COLUMNS = 20
MAX_WRONG_NAMES = 10  # that are explained one by one


@dataclass(frozen=True)
class CleaningOptions:
    """Which columns to take, and what to do about incomplete rows, repeated dates and constants.

    target and features: None for a good default. known_ahead: those features whose values are known
    for the rows to forecast; None for those that have values where the last rows lack only the
    target. missing: also covers text in a column of numbers and unreadable dates; fill and
    interpolate: see app.domain.csv_reading.filling; bound: <1 is read as 1, and rows that are still
    incomplete are dropped.
    """

    target: str | None = None
    features: tuple[str, ...] | None = None
    known_ahead: tuple[str, ...] | None = None
    missing: Literal["refuse", "drop", "fill", "interpolate", "bound"] = "refuse"
    duplicates: Literal["refuse", "first", "last"] = "refuse"
    constant: Literal["drop", "keep"] = "drop"


@dataclass(frozen=True)
class Selection:
    """The columns of a series in the file's order, and notes on why it is these.

    ahead: the rows to forecast, and which of the columns are known in them.
    """

    target: str
    columns: list[str]
    ahead: Ahead
    notes: list[str]


def select_columns(table: Table, options: CleaningOptions) -> Selection:
    """The chosen columns. Raises SeriesError for those that are not columns of numbers."""
    target = options.target
    notes = []
    if target is None:
        choice = choose_target(table)
        target = choice.name
        notes.append(f'"{target}" is the target, {choice.reason}.')
    features: Sequence[str] = default_features(table)
    if options.features is not None:
        features = options.features
    problems = _check_columns(table, "target", [target])
    problems += _check_columns(table, "features", features)
    problems += _check_known_ahead(table, options, target)
    if problems:
        raise SeriesError(problems)
    chosen = {target, *features}
    if options.features is None:
        chosen |= set(options.known_ahead or ())
        notes += _explain_left_out(table, chosen)
    if options.constant == "drop":
        constants = table.constant_columns - {target}
        left_out = [name for name in features if name in constants]
        notes += [f'"{name}" never changes and was left out.' for name in left_out]
        chosen -= constants
    columns = [name for name in table.number_columns if name in chosen]
    ahead = find_ahead(table, target, columns, options.known_ahead)
    if ahead.n_rows:
        notes.append(describe_ahead(ahead, target))
    return Selection(target, columns, ahead, notes)


def _explain_left_out(table: Table, chosen: set[str]) -> list[str]:
    """Why columns of numbers are no features by default."""
    notes = []
    for finding in table.findings:
        if finding.kind == FindingKind.COUNTER and finding.column not in chosen:
            notes.append(finding.message)
    return notes


def _check_columns(table: Table, field: str, names: Sequence[str]) -> list[FileProblem]:
    """A problem for each name, chosen in a field, that is not of a column of numbers.

    Only the first of them are named.
    """
    number_columns = set(table.number_columns)
    wrong_names = [name for name in dict.fromkeys(names) if name not in number_columns]
    problems = []
    for name in wrong_names[:MAX_WRONG_NAMES]:
        explanation = _explain_no_numbers(table, name)
        problems.append(FileProblem(field, explanation))
    more = len(wrong_names) - MAX_WRONG_NAMES
    if more > 0:
        problems.append(FileProblem(field, f"There are {more:,} more names like these."))
    return problems


def _check_known_ahead(table: Table, options: CleaningOptions, target: str) -> list[FileProblem]:
    """What is wrong about the columns that a person calls known ahead."""
    names = options.known_ahead or ()
    problems = _check_columns(table, "known_ahead", names)
    if problems:
        return problems
    for name in names:
        message = ""
        if name == target:
            message = f'"{name}" is the target, which is what is forecast.'
        elif options.features is not None and name not in options.features:
            message = f'"{name}" is known ahead and no feature: choose it as a feature too.'
        if message:
            problems.append(FileProblem("known_ahead", message))
    return problems


def _explain_no_numbers(table: Table, name: str) -> str:
    shown_name = name[:100]
    reason = f'Column "{shown_name}" not found.'
    if name in table.columns:
        reason = f'"{shown_name}" holds no numbers.'
    first_columns = table.number_columns[:MAX_LISTED_COLUMNS]
    columns = ", ".join(first_columns)
    return f"{reason} Columns of numbers are: {columns}."

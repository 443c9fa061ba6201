"""What a dataset stores of a CSV, worked out from its bytes alone: no database is needed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import numpy as np

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect, read_column_names
from app.domain.csv_reading.numbers.bounds import with_bounds_read
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import NONE, Choice, FileProblem, SeriesError
from app.domain.csv_reading.table import Table, read_table
from app.services.csv_fields import CsvAnswers, offer_options, split_names
from app.services.csv_questions import find_questions

MAX_NAMED_COLUMNS = 20
MAX_OFFERED_COLUMNS = 50
COLUMN_FIELDS = {"date": "date_columns", "key_columns": "key_columns"}


@dataclass(frozen=True)
class PreparedDataset:
    """A series and what is known of it.

    series: see Series.to_bytes. columns: of the file. shape: see `find_shape`. series_name: of one
    of several series of the file. source: the lines of that series; None where it is the file.
    """

    dialect: Dialect
    columns: tuple[str, ...]
    notes: list[str]
    series: bytes
    fingerprint: str
    rows: int
    target: str
    features: tuple[str, ...]
    known_ahead: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    shape: str = ""
    series_name: str = ""
    source: bytes | None = None


def prepare(table: Table, choices: CleaningOptions) -> PreparedDataset:
    """Make a series of a table. Raises SeriesError with every problem at its field."""
    try:
        series, notes = make_series(table, choices)
    except SeriesError as error:
        raise SeriesError(_offer_values(error.problems, table)) from None
    return PreparedDataset(
        dialect=with_bounds_read(table.dialect, choices.missing),
        columns=table.columns,
        notes=notes,
        series=series.to_bytes(),
        fingerprint=series.fingerprint,
        rows=len(series.dates),
        target=series.target,
        features=series.columns,
        known_ahead=series.known_ahead,
        first_at=_to_datetime(series.dates[0]),
        last_at=_to_datetime(series.dates[-1]),
    )


def prepare_csv(
    content: bytes, settled: Mapping[str, Any] | None, cleaning: CleaningOptions
) -> PreparedDataset:
    """The same for a CSV: what is not settled of its dialect is detected.

    Raises SeriesError, also for everything that the file leaves open and nobody has settled.
    """
    sent = CsvAnswers(dict(settled or {}), cleaning)
    answers = resolve_names(content, sent)
    dialect = settle_dialect(content, answers)
    table = read_table(content, dialect)
    problems = find_questions(table, answers.settled_fields)
    try:
        prepared = prepare(table, answers.cleaning)
    except SeriesError as error:
        raise SeriesError(merge_problems(problems, error.problems)) from None
    if problems:
        raise SeriesError(problems)
    return replace(prepared, shape=find_shape(content))


def find_shape(content: bytes) -> str:
    """What files of the same exporter have in common: separator and names of the columns.

    It is that of the file as it is detected, before anybody corrects it. Empty for a file that
    cannot be read so.
    """
    try:
        dialect = detect_dialect(content)
        columns = read_column_names(content, dialect)
    except SeriesError:
        return ""
    shape = json.dumps([dialect.separator, dialect.has_header, columns])
    return sha256(shape.encode()).hexdigest()


def resolve_names(content: bytes, answers: CsvAnswers) -> CsvAnswers:
    """The answers with names of columns that came as one text split where that is needed."""
    has_commas = False
    for names in _sent_names(answers):
        has_commas = has_commas or (len(names) == 1 and "," in names[0])
    if not has_commas:
        return answers
    columns = _read_columns(content, answers.settled)
    settled = dict(answers.settled)
    for part in COLUMN_FIELDS.values():
        if part in settled:
            settled[part] = split_names(settled[part], columns)
    cleaning = answers.cleaning
    if cleaning.features is not None:
        cleaning = replace(cleaning, features=split_names(cleaning.features, columns))
    if cleaning.known_ahead is not None:
        cleaning = replace(cleaning, known_ahead=split_names(cleaning.known_ahead, columns))
    return replace(answers, settled=settled, cleaning=cleaning)


def settle_dialect(content: bytes, answers: CsvAnswers) -> Dialect:
    """How a CSV is written. Raises SeriesError for an answer that does not fit the file."""
    settled = answers.settled
    dialect = detect_dialect(content, settled)
    problems: list[FileProblem] = []
    for field, part in COLUMN_FIELDS.items():
        if settled.get(part):
            columns = read_column_names(content, dialect)
            problems += _check_names(field, settled[part], columns)
    if problems:
        raise SeriesError(problems)
    if settled.get("date_columns") and dialect.date_format is None:
        shown_name = " ".join(settled["date_columns"])[:100]
        message = f'The cells of "{shown_name}" do not read as dates.'
        columns = read_column_names(content, dialect)
        raise SeriesError([FileProblem("date", message, offer_columns(columns, with_none=True))])
    date_format = settled.get("date_format")
    if date_format and dialect.date_columns and dialect.date_format != date_format:
        message = f'No cell of "{dialect.date_name[:100]}" is a date written as {date_format}.'
        raise SeriesError([FileProblem("date_format", message, offer_options("date_format"))])
    return dialect


def merge_problems(
    first: Sequence[FileProblem], others: Sequence[FileProblem]
) -> list[FileProblem]:
    """All problems without those that say the same at the same field."""
    merged: dict[tuple[str, str], FileProblem] = {}
    for problem in (*first, *others):
        merged.setdefault((problem.field, problem.message), problem)
    return list(merged.values())


def offer_columns(columns: Sequence[str], *, with_none: bool = False) -> tuple[Choice, ...]:
    """Names of columns as the values of a field."""
    choices = [Choice(name, name) for name in columns[:MAX_OFFERED_COLUMNS]]
    if with_none:
        choices.append(Choice(NONE, "number the rows"))
    return tuple(choices)


def _sent_names(answers: CsvAnswers) -> list[Sequence[str]]:
    sent = [answers.settled.get(part, ()) for part in COLUMN_FIELDS.values()]
    sent.append(answers.cleaning.features or ())
    sent.append(answers.cleaning.known_ahead or ())
    return sent


def _read_columns(content: bytes, settled: Mapping[str, Any]) -> list[str]:
    """The names of the columns; none where the file cannot be read without them."""
    named_parts = COLUMN_FIELDS.values()
    without_names = {part: value for part, value in settled.items() if part not in named_parts}
    try:
        dialect = detect_dialect(content, without_names)
        return read_column_names(content, dialect)
    except SeriesError:
        return []


def _check_names(field: str, names: Sequence[str], columns: Sequence[str]) -> list[FileProblem]:
    problems = []
    for name in names:
        if name in columns:
            continue
        listed = ", ".join(columns[:MAX_NAMED_COLUMNS])
        message = f'Column "{name[:100]}" not found. The columns are: {listed}.'
        choices = offer_columns(columns, with_none=field == "date")
        problems.append(FileProblem(field, message, choices))
    return problems


def _offer_values(problems: Sequence[FileProblem], table: Table) -> list[FileProblem]:
    """The problems, each with the values that its field can have, where they are few."""
    offered = []
    for problem in problems:
        choices = problem.choices or offer_options(problem.field)
        if problem.field in ("target", "features", "known_ahead") and not choices:
            choices = offer_columns(table.number_columns)
        offered.append(problem._replace(choices=choices))
    return offered


def _to_datetime(date: Any) -> datetime:
    """A datetime64 as a time in UTC."""
    moment = np.datetime64(date, "us")
    without_zone: datetime = moment.astype(datetime)
    return without_zone.replace(tzinfo=UTC)

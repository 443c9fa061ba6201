"""Datasets: make one from a CSV, list them, read their series."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Dataset, Experiment
from app.domain.csv_reading.cleaning import CleaningOptions, make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect, read_column_names
from app.domain.csv_reading.series import Series, SeriesError
from app.domain.csv_reading.table import Table, read_table
from app.errors import Conflict, FieldProblem, Invalid, NotFound
from app.samples import SAMPLE, SAMPLE_NAME
from app.services.paging import Page, paged

MAX_DATASET_NAME_LENGTH = 200
MAX_FILENAME_LENGTH = 255
MAX_NAMED_COLUMNS = 20
MAX_CACHED_SERIES = 8
MISSING_OPTIONS = ("refuse", "drop", "fill")
DUPLICATES_OPTIONS = ("refuse", "first", "last")

_SERIES: Cache[str, Series] = Cache(MAX_CACHED_SERIES)  # by fingerprint, which names the content


def create(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    table: Table,
    choices: CleaningOptions,
) -> Dataset:
    """Store a CSV that was read as a table, and the series made of it.

    Raises Invalid with every problem at its field.
    """
    try:
        series, notes = make_series(table, choices)
    except SeriesError as error:
        raise _to_invalid(error) from None
    dataset = Dataset(
        name=_choose_name(name, filename),
        filename=clean(filename, MAX_FILENAME_LENGTH),
        size=len(content),
        source=content,
        dialect={**table.dialect.document(), "columns": table.columns},
        notes=notes,
        series=series.to_bytes(),
        fingerprint=series.fingerprint,
        rows=len(series.dates),
        date_column=table.dialect.date_column,
        target=series.target,
        features=list(series.columns),
        first_at=_to_datetime(series.dates[0]),
        last_at=_to_datetime(series.dates[-1]),
    )
    session.add(dataset)
    session.flush()
    return dataset


def _choose_name(name: str, filename: str) -> str:
    """The name that was given, or the file's."""
    candidates = (clean(name, MAX_DATASET_NAME_LENGTH), clean(filename, MAX_DATASET_NAME_LENGTH))
    return next(filter(None, candidates), "Dataset")


def create_from_csv(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    target: str | None = None,
    date: str | None = None,
    features: Sequence[str] | None = None,
    missing: str = "refuse",
    duplicates: str = "refuse",
) -> Dataset:
    """The same for a program: how the CSV is written is detected. Raises Invalid."""
    problems = [
        *_option_problems("missing", missing, MISSING_OPTIONS),
        *_option_problems("duplicates", duplicates, DUPLICATES_OPTIONS),
    ]
    if problems:
        raise Invalid(problems)
    try:
        table = read_table(content, _dialect_with_date(content, date))
    except SeriesError as error:
        raise _to_invalid(error) from None
    choices = CleaningOptions(
        target=target,
        features=tuple(features) if features else None,
        missing=missing,  # type: ignore[arg-type]
        duplicates=duplicates,  # type: ignore[arg-type]
    )
    return create(
        session, name=name, filename=filename, content=content, table=table, choices=choices
    )


def _option_problems(field: str, value: str, options: Collection[str]) -> list[FieldProblem]:
    if value in options:
        return []
    shown_value = value[:40]
    offered = ", ".join(options)
    message = f'"{shown_value}" is none of {offered}.'
    return [FieldProblem((field,), message)]


def _dialect_with_date(content: bytes, date_column: str | None) -> Dialect:
    """How a CSV is written, with the date column that was chosen. Raises SeriesError."""
    dialect = detect_dialect(content)
    if date_column is None or date_column == dialect.date_column:
        return dialect
    corrections = {"date_column": date_column}
    chosen = detect_dialect(content, corrections)
    shown_name = date_column[:100]
    if chosen.date_column != date_column:
        names = read_column_names(content, dialect)
        listed = ", ".join(names[:MAX_NAMED_COLUMNS])
        message = f'There is no column "{shown_name}". The columns are: {listed}.'
        raise SeriesError([("date", message)])
    if chosen.date_format is None:
        message = f'The cells of "{shown_name}" do not read as dates.'
        raise SeriesError([("date", message)])
    return chosen


def get(session: Session, dataset_id: int) -> Dataset:
    """One dataset. Raises NotFound."""
    dataset = None
    is_possible_id = 0 < dataset_id < 2**31
    if is_possible_id:
        dataset = session.get(Dataset, dataset_id)
    if dataset is None:
        raise NotFound(f"There is no dataset {dataset_id}.")
    return dataset


def listing(session: Session, page: int = 1, size: int = 50) -> Page[Dataset]:
    """Datasets, newest first."""
    newest_first = select(Dataset).order_by(Dataset.id.desc())
    return paged(session, newest_first, page, size)


def experiments_of(session: Session, dataset: Dataset) -> list[Experiment]:
    """The experiments on a dataset, newest first."""
    query = (
        select(Experiment).where(Experiment.dataset_id == dataset.id).order_by(Experiment.id.desc())
    )
    return list(session.scalars(query))


def delete(session: Session, dataset: Dataset) -> None:
    """Delete a dataset that no experiment uses. Raises Conflict."""
    uses_dataset = Experiment.dataset_id == dataset.id
    query = select(func.count()).where(uses_dataset)
    n_experiments = session.scalar(query) or 0
    if n_experiments:
        users = "experiments use"
        if n_experiments == 1:
            users = "experiment uses"
        raise Conflict(f"{n_experiments} {users} this dataset: delete them first.")
    session.delete(dataset)


def series(session: Session, dataset: Dataset) -> Series:
    """The series of a dataset. The latest ones that were read stay in memory."""

    def load_series() -> Series:
        query = select(Dataset.series).where(Dataset.id == dataset.id)
        content = session.scalars(query).one()
        return Series.from_bytes(content)

    return _SERIES.get_or_make(dataset.fingerprint, load_series)


def add_sample(session: Session) -> Dataset:
    """The sample dataset; stored only once."""
    query = select(Dataset).where(Dataset.name == SAMPLE_NAME).limit(1)
    stored = session.scalar(query)
    if stored is not None:
        return stored
    return create_from_csv(
        session,
        name=SAMPLE_NAME,
        filename=SAMPLE.name,
        content=SAMPLE.read_bytes(),
    )


def clean(text: str, length: int) -> str:
    """A name of limited length, on one line, without control characters."""
    printable = "".join(filter(str.isprintable, text))
    encodable = printable.encode("utf-8", "ignore").decode()
    words = encodable.split()
    one_line = " ".join(words)
    return one_line[:length]


def _to_datetime(date: Any) -> datetime:
    """A datetime64 as a time in UTC."""
    moment = np.datetime64(date, "us")
    without_zone: datetime = moment.astype(datetime)
    return without_zone.replace(tzinfo=UTC)


def _to_invalid(error: SeriesError) -> Invalid:
    """The domain's error as a service's."""
    problems = []
    for field, message in error.problems:
        problems.append(FieldProblem((field,), message))
    return Invalid(problems)

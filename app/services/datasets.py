"""Datasets: make one from a CSV, list them, read their series."""

from collections.abc import Sequence
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

NAME_LENGTH = 200
MAX_SERIES_IN_MEMORY = 8
# Series by fingerprint: it changes with the content, so a cached series stays right.
_SERIES: Cache[str, Series] = Cache(MAX_SERIES_IN_MEMORY)


def create(
    session: Session,
    *,
    name: str,
    filename: str,
    content: bytes,
    table: Table,
    choices: CleaningOptions,
) -> Dataset:
    """Store a CSV, read as a table, and the series made of it. Raises Invalid with every problem at its field."""
    try:
        series, notes = make_series(table, choices)
    except SeriesError as error:
        raise refused(error) from None
    dataset = Dataset(
        name=clean(name, NAME_LENGTH) or clean(filename, NAME_LENGTH) or "Dataset",
        filename=clean(filename, 255),
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
        first_at=moment(series.dates[0]),
        last_at=moment(series.dates[-1]),
    )
    session.add(dataset)
    session.flush()
    return dataset


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
    """The same for a program: how the CSV is written is recognised. Raises Invalid."""
    found = [
        FieldProblem((field,), f'"{value[:40]}" is none of {", ".join(known)}.')
        for field, value, known in (
            ("missing", missing, ("refuse", "drop", "fill")),
            ("duplicates", duplicates, ("refuse", "first", "last")),
        )
        if value not in known
    ]
    if found:
        raise Invalid(found)
    try:
        table = read_table(content, recognised(content, date))
    except SeriesError as error:
        raise refused(error) from None
    choices = CleaningOptions(target, tuple(features) if features else None, missing, duplicates)  # type: ignore[arg-type]
    return create(
        session, name=name, filename=filename, content=content, table=table, choices=choices
    )


def recognised(content: bytes, date: str | None = None) -> Dialect:
    """How a CSV is written, with the date column somebody chose. Raises SeriesError."""
    dialect = detect_dialect(content)
    if date is None or date == dialect.date_column:
        return dialect
    chosen = detect_dialect(content, {"date_column": date})
    if chosen.date_column != date:
        names = ", ".join(read_column_names(content, dialect)[:20])
        message = f'There is no column "{date[:100]}". The columns are: {names}.'
        raise SeriesError.at("date", message)
    if chosen.date_format is None:
        raise SeriesError.at("date", f'The cells of "{date[:100]}" do not read as dates.')
    return chosen


def get(session: Session, dataset_id: int) -> Dataset:
    """One dataset. Raises NotFound."""
    found = session.get(Dataset, dataset_id) if 0 < dataset_id < 2**31 else None
    if found is None:
        raise NotFound(f"There is no dataset {dataset_id}.")
    return found


def listing(session: Session, page: int = 1, size: int = 50) -> Page[Dataset]:
    """Datasets, newest first."""
    return paged(session, select(Dataset).order_by(Dataset.id.desc()), page, size)


def experiments_of(session: Session, dataset: Dataset) -> list[Experiment]:
    """The experiments on a dataset, newest first."""
    query = (
        select(Experiment).where(Experiment.dataset_id == dataset.id).order_by(Experiment.id.desc())
    )
    return list(session.scalars(query))


def delete(session: Session, dataset: Dataset) -> None:
    """Forget a dataset no experiment uses."""
    used = session.scalar(select(func.count()).where(Experiment.dataset_id == dataset.id)) or 0
    if used:
        plural = "experiment uses" if used == 1 else "experiments use"
        raise Conflict(f"{used} {plural} this dataset: delete them first.")
    session.delete(dataset)


def series(session: Session, dataset: Dataset) -> Series:
    """The series of a dataset, from memory where it was read lately."""

    def read_series() -> Series:
        content = session.scalars(select(Dataset.series).where(Dataset.id == dataset.id)).one()
        return Series.from_bytes(content)

    return _SERIES.get_or_make(dataset.fingerprint, read_series)


def add_sample(session: Session) -> Dataset:
    """The sample dataset; made once."""
    found = session.scalar(select(Dataset).where(Dataset.name == SAMPLE_NAME).limit(1))
    if found is not None:
        return found
    return create_from_csv(
        session, name=SAMPLE_NAME, filename=SAMPLE.name, content=SAMPLE.read_bytes()
    )


def moment(date: Any) -> datetime:
    """A datetime64 as a time in UTC."""
    found: datetime = np.datetime64(date, "us").astype(datetime)
    return found.replace(tzinfo=UTC)


def clean(text: str, length: int) -> str:
    """A name without control characters, of limited length."""
    printable = "".join(character for character in text if character.isprintable())
    return " ".join(printable.encode("utf-8", "ignore").decode().split())[:length]


def refused(error: SeriesError) -> Invalid:
    """A domain's refusal as a service's."""
    return Invalid([FieldProblem((field,), message) for field, message in error.problems])

"""Uploaded files and the datasets made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.types import DatabaseTime


class Upload(Base):
    """A CSV that was sent and not yet saved as a dataset."""

    __tablename__ = "uploads"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())


class Dataset(Base):
    """One uploaded table: the CSV itself, how it was read, and the series that was read from it."""

    __tablename__ = "datasets"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    filename: Mapped[str] = mapped_column(String(255))
    size: Mapped[int]
    source: Mapped[bytes] = mapped_column(deferred=True)
    # Separator, decimal sign, date format and so on, as detected or corrected.
    dialect: Mapped[dict[str, Any]]
    notes: Mapped[list[Any]]  # what was found in the CSV and what was done about it, in words
    # See app.domain.csv_reading.series.Series.to_bytes.
    series: Mapped[bytes] = mapped_column(deferred=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    date_column: Mapped[str | None] = mapped_column(String(200))
    target: Mapped[str] = mapped_column(String(200))
    features: Mapped[list[Any]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    # Rows in a season, at most two, the shortest first, as detected or corrected. None: a dataset
    # of an earlier version, whose seasons are not known yet.
    season_lengths: Mapped[list[Any] | None]
    # Features whose values are known for the rows to forecast; None: a dataset of an earlier
    # version, which has none.
    known_ahead: Mapped[list[Any] | None]
    deleted_at: Mapped[datetime | None]  # hidden since then: see app.services.deletion
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())

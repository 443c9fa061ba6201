"""Boards: the baselines of a dataset under one split, and what each of them forecasts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.models.base import Base, ScoreColumns
from app.db.types import DatabaseTime, Words


class Board(Base):
    """The baselines of one dataset, split and list of season lengths; a worker computes them once.

    It is requested first, then claimed under a lease, and finished with or without a problem.
    """

    __tablename__ = "boards"
    id: Mapped[int] = mapped_column(primary_key=True)
    # SHA-256 of all that changes its numbers: see app.queue.boards.
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    dataset_id: Mapped[int] = mapped_column(
        ForeignKey("datasets.id", ondelete="CASCADE"), index=True
    )
    train_fraction: Mapped[float]
    validation_fraction: Mapped[float]
    test_fraction: Mapped[float]
    season_lengths: Mapped[list[Any]]  # rows, the shortest first
    horizon: Mapped[int] = mapped_column(default=1, server_default="1")  # rows ahead
    problem: Mapped[str | None] = mapped_column(Words)  # why it could not be computed, in words
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    lease_beats: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    finished_at: Mapped[datetime | None]

    baselines: Mapped[list["Baseline"]] = relationship(order_by="Baseline.id")


class Baseline(ScoreColumns, Base):
    """A forecast that needs no network: one of ours, or another program's that was uploaded.

    Its scores and forecasts are those of the validation and the test part, as a trial's are. A
    baseline that was skipped or failed has a problem and no scores.
    """

    __tablename__ = "baselines"
    __table_args__ = (UniqueConstraint("board_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int] = mapped_column(ForeignKey("boards.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))  # app.domain.baselines.BASELINES, or its own
    filename: Mapped[str | None] = mapped_column(String(255))  # of the CSV it was uploaded as
    settings: Mapped[dict[str, Any]]  # what was chosen on the validation part: lags, penalty, …
    problem: Mapped[str | None] = mapped_column(Words)  # why it was skipped or failed, in words
    seconds: Mapped[float | None]
    # As app.queue.evaluations.pack_forecast packs them; NaN: none given.
    validation_forecast: Mapped[bytes | None] = mapped_column(deferred=True)
    test_forecast: Mapped[bytes | None] = mapped_column(deferred=True)
    future_forecast: Mapped[bytes | None] = mapped_column(deferred=True)  # float64 (horizon,)
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())

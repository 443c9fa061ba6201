"""What an experiment hands over at its end."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db.models.base import Base, ScoreColumns
from app.db.models.experiments import Experiment
from app.db.types import DatabaseTime, Words


class Delivery(ScoreColumns, Base):
    """The model that an experiment hands over, and its bundle.

    It is requested when the experiment ends, claimed by a worker under a lease, and then has a
    bundle, or a problem. `members`: app.domain.delivery.Member, as JSON.
    """

    __tablename__ = "deliveries"
    experiment_id: Mapped[int] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), primary_key=True
    )
    members: Mapped[list[Any]]
    reason: Mapped[str | None] = mapped_column(Words)  # why these members, in words
    is_retrained: Mapped[bool] = mapped_column(default=False)  # on train and validation
    seconds: Mapped[float | None]
    # As app.queue.evaluations.pack_forecast packs them. Validation: of the members before
    # retraining.
    validation_forecast: Mapped[bytes | None] = mapped_column(deferred=True)
    test_forecast: Mapped[bytes | None] = mapped_column(deferred=True)
    future_forecast: Mapped[bytes | None] = mapped_column(deferred=True)  # float64 (horizon,)
    size: Mapped[int | None]  # of the bundle in bytes
    content: Mapped[bytes | None] = mapped_column(deferred=True)  # the bundle
    problem: Mapped[str | None] = mapped_column(Words)  # why there is no bundle, in words
    lease_token: Mapped[str | None] = mapped_column(String(32), index=True)
    lease_beats: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    finished_at: Mapped[datetime | None]

    experiment: Mapped[Experiment] = relationship()

"""The worker processes."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.types import DatabaseTime, Words


class Worker(Base):
    """One worker process, and when it was last heard of."""

    __tablename__ = "workers"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    hostname: Mapped[str] = mapped_column(String(255))
    pid: Mapped[int]
    slots: Mapped[int]
    heartbeat_seconds: Mapped[float] = mapped_column(default=5.0, server_default="5")
    started_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    seen_at: Mapped[datetime] = mapped_column(default=DatabaseTime())
    stopped_at: Mapped[datetime | None]
    trouble: Mapped[str | None] = mapped_column(Words)  # why it waits for the database, in words
    # Ids of experiments that it leaves alone: nobody has confirmed their program on its machine.
    untrusted: Mapped[list[Any] | None]

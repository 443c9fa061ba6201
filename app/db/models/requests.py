"""Requests that have taken effect and may be sent again."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.types import DatabaseTime


class RequestKey(Base):
    """One request with a one-time key, and what it led to: see app.services.one_time."""

    __tablename__ = "request_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    result: Mapped[str] = mapped_column(Text)  # an address of a page, or the id of a row
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime(), index=True)

"""Views that people stored: what an experiment's page shows, under a name."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base
from app.db.types import DatabaseTime

MAX_VIEW_NAME_LENGTH = 80  # app.schemas checks it


class NamedView(Base):
    """The query string of an experiment's page, of one experiment or, without one, of all."""

    __tablename__ = "named_views"
    id: Mapped[int] = mapped_column(primary_key=True)
    experiment_id: Mapped[int | None] = mapped_column(
        ForeignKey("experiments.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(MAX_VIEW_NAME_LENGTH))
    query: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=DatabaseTime())

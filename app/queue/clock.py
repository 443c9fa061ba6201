"""The database's clock, for all times that two processes compare."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.types import DatabaseTime


def clock(session: Session) -> datetime:
    """The time by the database's clock: the same for all workers and readers."""
    query = select(DatabaseTime())
    return session.scalars(query).one()

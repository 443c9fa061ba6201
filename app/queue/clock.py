"""The time by the database, for whatever two processes compare."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.types import DatabaseTime


def clock(session: Session) -> datetime:
    """The time by the database, which is one for all workers and readers whatever their own clocks say."""
    return session.scalars(select(DatabaseTime())).one()

"""What the log of a trial says."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import LogLine, Trial


def messages_of(session: Session, trial: Trial) -> list[str]:
    """The log of a trial, oldest first."""
    query = select(LogLine.message).filter_by(trial_id=trial.id).order_by(LogLine.id)
    return list(session.scalars(query))

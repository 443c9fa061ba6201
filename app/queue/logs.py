"""The log of a trial: one line for each thing that happens to it."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from app.db.models import LogLine


def write_log(session: Session, trial_ids: Collection[int], message: str) -> None:
    """Write one line into the log of each trial."""
    for trial_id in trial_ids:
        line = LogLine(trial_id=trial_id, message=message)
        session.add(line)

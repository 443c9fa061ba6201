"""How much time an experiment has used, and whether its time budget is used up."""

from datetime import datetime

from sqlalchemy.orm import object_session
from sqlalchemy.orm.exc import DetachedInstanceError

from app.db.models import Experiment
from app.queue.clock import clock


def seconds_used(experiment: Experiment, now: datetime | None = None) -> float:
    """Seconds the experiment has been running, without pauses. `now`: by the database's clock."""
    if experiment.resumed_at is None:
        return experiment.seconds_used
    if now is None:
        now = _read_clock(experiment)
    since_resumed = now - experiment.resumed_at
    seconds_since_resumed = max(0.0, since_resumed.total_seconds())
    return experiment.seconds_used + seconds_since_resumed


def is_spent(experiment: Experiment) -> bool:
    """Whether there is a time budget and it is used up."""
    budget = experiment.time_budget_seconds
    if budget is None:
        return False
    return seconds_used(experiment) >= budget


def _read_clock(experiment: Experiment) -> datetime:
    session = object_session(experiment)
    if session is None:
        raise DetachedInstanceError("The time an experiment has used is asked of its session.")
    return clock(session)

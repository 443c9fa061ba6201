"""How much time an experiment has used, and whether its time budget is spent."""

from datetime import datetime

from sqlalchemy.orm import object_session
from sqlalchemy.orm.exc import DetachedInstanceError

from app.db.models import Experiment
from app.queue.clock import clock


def seconds_used(experiment: Experiment, moment: datetime | None = None) -> float:
    """Seconds the experiment has been running, pauses left out."""
    since = experiment.resumed_at
    running = ((moment or _time_of(experiment)) - since).total_seconds() if since else 0.0
    return experiment.seconds_used + max(0.0, running)


def is_spent(experiment: Experiment) -> bool:
    """True when there is a time budget and it is used up."""
    budget = experiment.time_budget_seconds
    return budget is not None and seconds_used(experiment) >= budget


def _time_of(experiment: Experiment) -> datetime:
    session = object_session(experiment)
    if session is None:
        raise DetachedInstanceError("The time an experiment has used is asked of its session.")
    return clock(session)

"""Experiments that cannot be read: one of them never keeps the others from going on.

A row may hold what this version cannot read: a custom model in another Python, a strategy that
does not exist, a column that somebody edited. Such an experiment becomes failed, with the reason.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import or_, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db.models import Experiment
from app.db.types import DatabaseTime
from app.domain.states import FAIL_EXPERIMENT
from app.domain.terms import OPEN_EXPERIMENT_STATES, ExperimentState
from app.queue.readability import find_damage
from app.queue.transitions import change_experiment, fail_unknown_state

MACHINE_ERRORS = (DBAPIError, MemoryError, OSError)  # no experiment is to blame for these


class ExperimentFault(Exception):
    """Work on one experiment raised an error, which is the cause of this one."""

    def __init__(self, experiment_id: int, error: Exception) -> None:
        error_type = type(error).__name__
        super().__init__(f"{error_type}: {error}")
        self.experiment_id = experiment_id


@contextmanager
def blame(experiment_id: int) -> Iterator[None]:
    """Raise what goes wrong inside as a fault of this experiment, unless the machine is at fault.

    Around all that is done for one of several experiments, so that the others can go on.
    """
    try:
        yield
    except (ExperimentFault, *MACHINE_ERRORS):
        raise
    except Exception as error:  # what is stored may be anything
        raise ExperimentFault(experiment_id, error) from error


def possibly_open(session: Session) -> list[int]:
    """Ids of the experiments that workers work on, or whose state is unknown."""
    query = select(Experiment.id).where(
        or_(
            Experiment.state.in_(OPEN_EXPERIMENT_STATES),
            Experiment.state.not_in(tuple(ExperimentState)),
        )
    )
    return list(session.scalars(query))


def fail_damaged(session: Session, experiment_id: int) -> str | None:
    """End an experiment if it cannot be read; the reason, or None where nothing was changed."""
    damage = find_damage(session, experiment_id)
    if damage is None:
        return None
    return _fail(session, experiment_id, f"This experiment cannot be read: {damage}")


def fail_at_fault(session: Session, fault: ExperimentFault) -> str | None:
    """End an experiment that raised an error; the reason, or None where nothing was changed."""
    experiment_id = fault.experiment_id
    reason = fail_damaged(session, experiment_id)
    if reason is not None:
        return reason
    return _fail(session, experiment_id, f"This experiment cannot go on: {fault}")


def _fail(session: Session, experiment_id: int, reason: str) -> str | None:
    values = {
        "reason": reason,
        "finished_at": DatabaseTime(),
    }
    is_changed = change_experiment(session, FAIL_EXPERIMENT, experiment_id, **values)
    if not is_changed:
        is_changed = fail_unknown_state(session, experiment_id, **values)
    if not is_changed:
        return None
    return reason

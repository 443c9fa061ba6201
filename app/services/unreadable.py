"""Experiments that cannot be read, as far as anything of them can be shown."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.db.types import UnreadableJson
from app.queue.readability import find_damage
from app.queue.unreadable import MACHINE_ERRORS

Result = TypeVar("Result")

MAX_SHOWN_TRIALS = 500
TRIAL_COLUMNS = (
    "number",
    "state",
    "objective",
    "best_epoch",
    "epochs_trained",
    "validation_rmse",
    "test_rmse",
    "parameters",
    "error",
)


@dataclass(frozen=True)
class UnreadableExperiment:
    """What can be said of an experiment that cannot be read. `problem`: why, in words."""

    id: int
    name: str
    state: str
    reason: str | None
    problem: str
    is_finished: bool = True  # nothing about it changes by itself


@dataclass(frozen=True)
class StoredTrials:
    """Trials as they are stored, each value a text or a number, in the order of TRIAL_COLUMNS."""

    rows: list[list[str | int | float]]
    total: int
    columns: tuple[str, ...] = TRIAL_COLUMNS


def find(session: Session, experiment_id: int) -> UnreadableExperiment | None:
    """An experiment that cannot be read; None where it can be, or where there is none."""
    problem = find_damage(session, experiment_id)
    if problem is None:
        return None
    experiment = session.get_one(Experiment, experiment_id)
    reason = experiment.reason
    if reason is not None:
        reason = str(reason)
    return UnreadableExperiment(
        id=experiment_id,
        name=str(experiment.name),
        state=str(experiment.state),
        reason=reason,
        problem=problem,
    )


def stored_trials(session: Session, experiment_id: int, limit: int | None = None) -> StoredTrials:
    """The trials of an experiment by number, at most `limit` of them."""
    columns = [getattr(Trial, name) for name in TRIAL_COLUMNS]
    query = select(*columns).where(Trial.experiment_id == experiment_id).order_by(Trial.number)
    rows = session.execute(query).all()
    shown = rows[:limit]
    return StoredTrials(
        rows=[[_as_cell(value) for value in row] for row in shown],
        total=len(rows),
    )


def checked_if_needed(make: Callable[[bool], Result]) -> Result:
    """What `make(False)` returns; where that raises an error, what `make(True)` returns.

    For lists, which are not checked for what cannot be read unless something in them cannot.
    """
    try:
        return make(False)
    except MACHINE_ERRORS:
        raise
    except Exception:  # what is stored may be anything
        return make(True)


def _as_cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, UnreadableJson):
        return value.text
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int | float):
        return value
    return str(value)

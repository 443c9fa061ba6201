"""The trials of a search as its chart shows them: each of few, and the spread of many."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Trial
from app.domain.terms import FINISHED_TRIAL_STATES
from app.queue.artifacts import IS_EVALUATED
from app.services.trials import ObjectivePoint, objective_points

MAX_SHOWN_EACH = 1_000  # with more trials a chart of points is a blur, and slow to draw
N_LATEST = 200  # trials that are shown each all the same


@dataclass(frozen=True)
class Record:
    """A trial that was the best when it ended."""

    trial_id: int
    number: int
    objective: float


@dataclass(frozen=True)
class Crowd:
    """All trials of a long search that have an objective, in order of number.

    `first_number`: of the search's first trial; `records`: those evaluated trials that were better
    than all before them.
    """

    first_number: int
    numbers: NDArray[np.int64]
    objectives: NDArray[np.float64]
    records: list[Record]


@dataclass(frozen=True)
class SearchHistory:
    """`points`: the trials that are shown each: all of few, the latest of many."""

    points: list[ObjectivePoint]
    crowd: Crowd | None = None


class _JudgedTrial(NamedTuple):
    """A trial with an objective."""

    number: int
    trial_id: int
    objective: float
    is_evaluated: bool


def load_history(session: Session, experiment_id: int) -> SearchHistory:
    """What the chart of a search shows of its trials."""
    has_ended = Trial.state.in_(FINISHED_TRIAL_STATES)
    ended = select(func.count(), func.min(Trial.number), func.max(Trial.number)).where(
        Trial.experiment_id == experiment_id, has_ended
    )
    n_ended, first_number, last_number = session.execute(ended).one()
    if n_ended <= MAX_SHOWN_EACH:
        return SearchHistory(objective_points(session, experiment_id))
    crowd = _load_crowd(session, experiment_id, first_number)
    after = last_number - N_LATEST
    best = None
    for record in crowd.records:
        if record.number <= after:
            best = record.objective
    return SearchHistory(objective_points(session, experiment_id, after, best), crowd)


def _load_crowd(session: Session, experiment_id: int, first_number: int) -> Crowd:
    query = select(Trial.id, Trial.number, Trial.objective, IS_EVALUATED).where(
        Trial.experiment_id == experiment_id,
        Trial.objective.is_not(None),
    )
    trials = []
    for trial_id, number, objective, is_evaluated in session.execute(query):
        if objective is not None and isfinite(objective):
            trials.append(_JudgedTrial(number, trial_id, objective, is_evaluated))
    trials.sort()
    return Crowd(
        first_number=first_number,
        numbers=np.array([trial.number for trial in trials], np.int64),
        objectives=np.array([trial.objective for trial in trials], np.float64),
        records=_find_records(trials),
    )


def _find_records(trials: Sequence[_JudgedTrial]) -> list[Record]:
    records: list[Record] = []
    for trial in trials:
        is_better = not records or trial.objective < records[-1].objective
        if trial.is_evaluated and is_better:
            records.append(Record(trial.trial_id, trial.number, trial.objective))
    return records

"""Every change of state of a trial or an experiment: one conditional UPDATE.

Nothing else writes `state`. Whoever comes too late changes no row, and sees that from the ids
that are returned.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app.db.models import Experiment, Trial
from app.domain.states import ExperimentTransition, TrialTransition

# Execution options of an UPDATE or DELETE: rows that the session holds already stay as they are.
NOT_SYNCHRONIZED = {"synchronize_session": False}


def change_trials(
    session: Session, transition: TrialTransition, *conditions: ColumnElement[bool], **values: Any
) -> tuple[int, ...]:
    """Take the trials that meet all conditions through a transition. Returns which changed."""
    change = (
        update(Trial)
        .where(Trial.state.in_(transition.sources), *conditions)
        .values(state=transition.target, **values)
        .returning(Trial.id)
    )
    trial_ids = session.scalars(change, execution_options=NOT_SYNCHRONIZED)
    changed = tuple(trial_ids)
    columns = ("state", *values)
    _refresh(session, Trial, changed, columns)
    return changed


def change_experiment(
    session: Session, transition: ExperimentTransition, experiment_id: int, **values: Any
) -> bool:
    """Take an experiment through a transition; False where its state does not allow that."""
    change = (
        update(Experiment)
        .where(
            Experiment.id == experiment_id,
            Experiment.state.in_(transition.sources),
        )
        .values(state=transition.target, **values)
        .returning(Experiment.id)
    )
    experiment_ids = session.scalars(change, execution_options=NOT_SYNCHRONIZED)
    changed = tuple(experiment_ids)
    columns = ("state", *values)
    _refresh(session, Experiment, changed, columns)
    return bool(changed)


def _refresh(
    session: Session,
    table: type[Trial] | type[Experiment],
    row_ids: Collection[int],
    columns: Collection[str],
) -> None:
    """Read changed columns again where the session holds the row already."""
    for row_id in row_ids:
        key = identity_key(table, row_id)
        row = session.identity_map.get(key)
        if row is not None:
            session.refresh(row, columns)

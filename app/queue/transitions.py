"""Every change of state of a trial or an experiment: one conditional UPDATE.

Nothing else writes `state`. Whoever comes too late changes no row, and sees that from the ids
that are returned. Where trials begin or end to run, the time that their experiment has used is
counted.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.util import identity_key

from app.db.models import Experiment, Trial
from app.domain.states import FAIL_EXPERIMENT, ExperimentTransition, TrialTransition
from app.domain.terms import ExperimentState, TrialState
from app.queue import budget

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
        .returning(Trial.id, Trial.experiment_id)
    )
    rows = session.execute(change, execution_options=NOT_SYNCHRONIZED).all()
    changed = tuple(trial_id for trial_id, _ in rows)
    columns = ("state", *values)
    _refresh(session, Trial, changed, columns)
    if _begins_or_ends_run(transition):
        experiment_ids = {experiment_id for _, experiment_id in rows}
        budget.count_time(session, experiment_ids)
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


def _begins_or_ends_run(transition: TrialTransition) -> bool:
    """Whether trials are running before or after a transition."""
    states = transition.sources | {transition.target}
    return TrialState.RUNNING in states


def fail_unknown_state(session: Session, experiment_id: int, **values: Any) -> bool:
    """End an experiment as failed whose state is none that there is; False for any other."""
    known_states = tuple(ExperimentState)
    change = (
        update(Experiment)
        .where(
            Experiment.id == experiment_id,
            Experiment.state.not_in(known_states),
        )
        .values(state=FAIL_EXPERIMENT.target, **values)
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

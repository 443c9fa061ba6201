"""Deletes that can be undone: a row is marked and hidden, and gone for good ten seconds later."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment
from app.domain.terms import OPEN_EXPERIMENT_STATES
from app.errors import NotFound
from app.queue.clock import clock
from app.services import datasets, experiments
from app.services.rows import find_row, is_possible_id

UNDO_SECONDS = 10
TOO_LATE = "It has been deleted for good: there is nothing to undo any more."


def mark_experiment(session: Session, experiment: Experiment) -> None:
    """Hide an experiment, and let no trial of it begin. Raises Conflict while trials run."""
    mark_experiments(session, [experiment])


def mark_experiments(session: Session, marked: Sequence[Experiment]) -> None:
    """Hide several experiments at one moment, by which they are restored together."""
    now = clock(session)
    for experiment in marked:
        experiments.refuse_if_running(session, experiment)
        _mark(experiment, now)


def _mark(experiment: Experiment, now: datetime) -> None:
    experiment.deleted_at = now
    if experiment.state in OPEN_EXPERIMENT_STATES:
        experiment.stop_requested_at = experiment.deleted_at


def mark_dataset(session: Session, dataset: Dataset) -> None:
    """Hide a dataset. Raises Conflict where an experiment uses it."""
    datasets.refuse_if_used(session, dataset)
    dataset.deleted_at = clock(session)


def restore_experiment(session: Session, experiment_id: int) -> Experiment:
    """Show an experiment again, with its dataset; it goes on where it was. Raises NotFound."""
    experiment = find_row(session, Experiment, experiment_id)
    if experiment is None:
        raise NotFound(TOO_LATE)
    if experiment.deleted_at is not None and experiment.state in OPEN_EXPERIMENT_STATES:
        experiment.stop_requested_at = None
    experiment.deleted_at = None
    experiment.dataset.deleted_at = None
    return experiment


def restore_together(session: Session, experiment_id: int) -> list[Experiment]:
    """Show an experiment again and those that were deleted with it. Raises NotFound."""
    experiment = find_row(session, Experiment, experiment_id)
    if experiment is None:
        raise NotFound(TOO_LATE)
    if experiment.deleted_at is None:
        return [experiment]
    were_together = Experiment.deleted_at == experiment.deleted_at
    ids = session.scalars(select(Experiment.id).where(were_together)).all()
    return [restore_experiment(session, restored_id) for restored_id in ids]


def restore_dataset(session: Session, dataset_id: int) -> Dataset:
    """Show a dataset again. Raises NotFound."""
    dataset = find_row(session, Dataset, dataset_id)
    if dataset is None:
        raise NotFound(TOO_LATE)
    dataset.deleted_at = None
    return dataset


def is_marked(session: Session, experiment_id: int) -> bool:
    """Whether an experiment is hidden; also of one whose row cannot be read."""
    if not is_possible_id(experiment_id):
        return False
    is_hidden = Experiment.deleted_at.is_not(None)
    query = select(Experiment.id).where(Experiment.id == experiment_id, is_hidden)
    return session.scalar(query) is not None


def has_marked(session: Session) -> bool:
    """Whether anything waits for its end."""
    return any(
        session.scalar(select(table.id).where(table.deleted_at.is_not(None)).limit(1)) is not None
        for table in (Experiment, Dataset)
    )


def carry_out(session: Session, min_seconds: float = UNDO_SECONDS) -> None:
    """Delete for good what was marked so long ago: experiments before their datasets."""
    latest = clock(session) - timedelta(seconds=min_seconds)
    is_due = Experiment.deleted_at <= latest
    for experiment_id in session.scalars(select(Experiment.id).where(is_due)).all():
        experiments.delete(session, session.get_one(Experiment, experiment_id))
    session.flush()
    for dataset in session.scalars(select(Dataset).where(*_is_unused_since(latest))).all():
        session.delete(dataset)


def _is_unused_since(latest: object) -> tuple[ColumnElement[bool], ...]:
    is_used = exists().where(Experiment.dataset_id == Dataset.id)
    return Dataset.deleted_at <= latest, ~is_used

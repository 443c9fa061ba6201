"""Changes of several experiments at once: archive, restore, delete."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.terms import TrialState
from app.errors import FieldProblem, Invalid
from app.services import annotations, deletion
from app.services.rows import is_possible_id

FIELD = "experiments"
NOTHING_TICKED = "Tick at least one experiment in the list first."


@dataclass(frozen=True)
class Loss:
    """What goes with an experiment. `is_running`: it cannot be deleted before it is stopped."""

    experiment: Experiment
    n_trials: int
    n_noted: int  # trials with notes, tags or a star
    is_running: bool


def load(session: Session, experiment_ids: Sequence[int]) -> list[Experiment]:
    """The experiments that are still there. Raises Invalid where none is named."""
    if not experiment_ids:
        raise Invalid([FieldProblem((FIELD,), NOTHING_TICKED)])
    possible_ids = [number for number in experiment_ids if is_possible_id(number)]
    is_asked_for = Experiment.id.in_(possible_ids)
    is_shown = Experiment.deleted_at.is_(None)
    query = select(Experiment).where(is_asked_for, is_shown).order_by(Experiment.id.desc())
    return list(session.scalars(query))


def find_losses(session: Session, experiment_ids: Sequence[int]) -> list[Loss]:
    """What would be lost if these experiments were deleted."""
    losses = []
    is_noted = (Trial.notes != "") | Trial.is_starred.is_(True) | Trial.tag_rows.any()
    for experiment in load(session, experiment_ids):
        of_experiment = select(func.count()).where(Trial.experiment_id == experiment.id)
        n_running = session.scalar(of_experiment.where(Trial.state == TrialState.RUNNING))
        loss = Loss(
            experiment,
            n_trials=session.scalar(of_experiment) or 0,
            n_noted=session.scalar(of_experiment.where(is_noted)) or 0,
            is_running=bool(n_running),
        )
        losses.append(loss)
    return losses


def delete_all(session: Session, experiment_ids: Sequence[int]) -> list[Experiment]:
    """Delete these experiments, which can be undone for a while; one of which a trial runs stays.

    Returns those that are deleted.
    """
    losses = find_losses(session, experiment_ids)
    deleted = [loss.experiment for loss in losses if not loss.is_running]
    deletion.mark_experiments(session, deleted)
    return deleted


def archive_all(session: Session, experiment_ids: Sequence[int], *, is_archived: bool) -> None:
    """Have the list leave these experiments out, or show them again."""
    for experiment in load(session, experiment_ids):
        annotations.archive(session, experiment, is_archived=is_archived)

"""What people write on experiments and trials: notes, tags and stars."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Experiment, ExperimentTag, Trial, TrialTag
from app.queue.clock import clock
from app.schemas import ExperimentChange, TrialChange
from app.services import experiments

Tag = TypeVar("Tag", ExperimentTag, TrialTag)


def change_experiment(session: Session, experiment: Experiment, change: ExperimentChange) -> None:
    """Change what is sent about an experiment, and leave the rest."""
    changed_fields = change.model_fields_set
    if "name" in changed_fields:
        experiments.rename(session, experiment, change.name)
    if "is_archived" in changed_fields:
        archive(session, experiment, is_archived=change.is_archived)
    if "tags" in changed_fields:
        tag_experiment(experiment, change.tags)
    _change_notes(experiment, change)


def change_trial(session: Session, trial: Trial, change: TrialChange) -> None:
    """Change what is sent about a trial, and leave the rest."""
    if "tags" in change.model_fields_set:
        trial.tag_rows = _replace_tags(trial.tag_rows, change.tags, TrialTag)
    _change_notes(trial, change)


def tag_experiment(experiment: Experiment, tags: Sequence[str]) -> None:
    """Give an experiment these tags and no others."""
    experiment.tag_rows = _replace_tags(experiment.tag_rows, tags, ExperimentTag)


def archive(session: Session, experiment: Experiment, *, is_archived: bool) -> None:
    """Have the list leave an experiment out, or show it again."""
    if is_archived == (experiment.archived_at is not None):
        return
    experiment.archived_at = clock(session) if is_archived else None


def list_experiment_tags(session: Session) -> list[str]:
    """Every tag that an experiment has, in alphabetical order."""
    query = select(ExperimentTag.name).distinct().order_by(ExperimentTag.name)
    return list(session.scalars(query))


def list_trial_tags(session: Session, experiment_id: int) -> list[str]:
    """Every tag that a trial of an experiment has, in alphabetical order."""
    trial_ids = select(Trial.id).where(Trial.experiment_id == experiment_id)
    query = select(TrialTag.name).where(TrialTag.trial_id.in_(trial_ids)).distinct()
    return list(session.scalars(query.order_by(TrialTag.name)))


def _replace_tags(rows: Sequence[Tag], names: Sequence[str], table: type[Tag]) -> list[Tag]:
    """The rows of these names in alphabetical order; those that there are stay."""
    by_name = {row.name: row for row in rows}
    return [by_name.get(name) or table(name=name) for name in sorted(set(names))]


def _change_notes(row: Experiment | Trial, change: TrialChange) -> None:
    changed_fields = change.model_fields_set
    if "notes" in changed_fields:
        row.notes = change.notes
    if "is_starred" in changed_fields:
        row.is_starred = change.is_starred

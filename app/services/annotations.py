"""What people write on experiments and trials: notes, tags and stars."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Experiment, ExperimentTag, Trial, TrialTag
from app.queue.clock import clock
from app.schemas import ExperimentChange, TrialChange
from app.services import experiments


def change_experiment(session: Session, experiment: Experiment, change: ExperimentChange) -> None:
    """Change what is given about an experiment, and leave the rest."""
    given = change.model_fields_set
    if "name" in given:
        experiments.rename(session, experiment, change.name)
    if "is_archived" in given:
        archive(session, experiment, is_archived=change.is_archived)
    if "tags" in given:
        tag_experiment(experiment, change.tags)
    _change_notes(experiment, change)


def change_trial(session: Session, trial: Trial, change: TrialChange) -> None:
    """Change what is given about a trial, and leave the rest."""
    if "tags" in change.model_fields_set:
        kept = {row.name: row for row in trial.tag_rows}
        names = sorted(set(change.tags))
        trial.tag_rows = [kept.get(name) or TrialTag(name=name) for name in names]
    _change_notes(trial, change)


def tag_experiment(experiment: Experiment, tags: Sequence[str]) -> None:
    """Give an experiment these tags and no others."""
    kept = {row.name: row for row in experiment.tag_rows}
    names = sorted(set(tags))
    experiment.tag_rows = [kept.get(name) or ExperimentTag(name=name) for name in names]


def archive(session: Session, experiment: Experiment, *, is_archived: bool) -> None:
    """Have the list leave an experiment out, or show it again."""
    if is_archived == (experiment.archived_at is not None):
        return
    experiment.archived_at = clock(session) if is_archived else None


def list_experiment_tags(session: Session) -> list[str]:
    """Every tag that an experiment has, in alphabetical order."""
    query = select(ExperimentTag.name).distinct().order_by(ExperimentTag.name)
    return list(session.scalars(query))


def _change_notes(row: Experiment | Trial, change: TrialChange) -> None:
    given = change.model_fields_set
    if "notes" in given:
        row.notes = change.notes
    if "is_starred" in given:
        row.is_starred = change.is_starred

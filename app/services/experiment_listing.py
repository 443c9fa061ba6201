"""The list of experiments: searched, filtered and sorted by the database."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import Dataset, Experiment, ExperimentTag, Trial
from app.domain.terms import ExperimentState
from app.errors import FieldProblem, Invalid
from app.queue.artifacts import IS_EVALUATED

NEWEST_FIRST = ""
HIDDEN = "no"
ONLY = "only"
ALL = "all"
ARCHIVED = (HIDDEN, ONLY, ALL)
MAX_SEARCH_WORDS = 10


@dataclass(frozen=True)
class ExperimentQuery:
    """Which experiments, in which order.

    search: words that must all be in the name, the dataset's name, the notes or a tag.
    archived: whether archived ones are left out, or shown alone, or too: "no", "only", "all".
    sort: a name of SORTS; by default the newest come first.
    """

    search: str = ""
    state: str = ""
    tag: str = ""
    starred: bool = False
    archived: str = HIDDEN
    sort: str = NEWEST_FIRST
    descending: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether it leaves out some that are not archived."""
        return bool(self.search.strip() or self.state or self.tag or self.starred)


def matching(query: ExperimentQuery) -> Select[Experiment]:
    """Selects the experiments of a query in its order: empty values last.

    Raises Invalid where there is no such state, sort or choice.
    """
    problems = _find_problems(query)
    if problems:
        raise Invalid(problems)
    experiments = select(Experiment).where(*_conditions(query))
    if query.sort == NEWEST_FIRST:
        return experiments.order_by(Experiment.id.desc())
    key = SORTS[query.sort]
    direction = key.desc() if query.descending else key.asc()
    empty_last = case((key.is_(None), 1), else_=0)
    return experiments.order_by(empty_last, direction, Experiment.id.desc())


def _find_problems(query: ExperimentQuery) -> list[FieldProblem]:
    problems = []
    if query.sort != NEWEST_FIRST and query.sort not in SORTS:
        message = (
            f'Experiments cannot be sorted by "{query.sort[:60]}". Choose: {", ".join(SORTS)}.'
        )
        problems.append(FieldProblem(("sort",), message))
    if query.state and query.state not in list(ExperimentState):
        states = ", ".join(ExperimentState)
        message = f'State "{query.state[:60]}" not found. Choose: {states}.'
        problems.append(FieldProblem(("state",), message))
    if query.archived not in ARCHIVED:
        message = f"Choose one of {', '.join(ARCHIVED)}."
        problems.append(FieldProblem(("archived",), message))
    return problems


def _conditions(query: ExperimentQuery) -> list[ColumnElement[bool]]:
    conditions = [_contains(word) for word in query.search.split()[:MAX_SEARCH_WORDS]]
    conditions.append(Experiment.deleted_at.is_(None))
    if query.state:
        conditions.append(Experiment.state == query.state)
    if query.tag:
        conditions.append(_has_tag(ExperimentTag.name == query.tag))
    if query.starred:
        conditions.append(Experiment.is_starred.is_(True))
    if query.archived == HIDDEN:
        conditions.append(Experiment.archived_at.is_(None))
    elif query.archived == ONLY:
        conditions.append(Experiment.archived_at.is_not(None))
    return conditions


def _contains(word: str) -> ColumnElement[bool]:
    def has_word(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return column.icontains(word, autoescape=True)

    dataset_ids = select(Dataset.id).where(has_word(Dataset.name))
    return or_(
        has_word(Experiment.name),
        has_word(Experiment.notes),
        Experiment.dataset_id.in_(dataset_ids),
        _has_tag(has_word(ExperimentTag.name)),
    )


def _has_tag(is_wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    tagged = select(ExperimentTag.experiment_id).where(is_wanted)
    return Experiment.id.in_(tagged)


def _of_best_trial(column: InstrumentedAttribute[float | None]) -> ColumnElement[Any]:
    """A score of the best trial of each experiment."""
    return (
        select(column)
        .where(Trial.experiment_id == Experiment.id, IS_EVALUATED)
        .order_by(Trial.objective, Trial.number)
        .limit(1)
        .correlate(Experiment)
        .scalar_subquery()
    )


_N_TRIALS = (
    select(func.count())
    .where(Trial.experiment_id == Experiment.id)
    .correlate(Experiment)
    .scalar_subquery()
)
SORTS: dict[str, ColumnElement[Any]] = {
    "name": func.lower(Experiment.name),
    "state": Experiment.state,  # type: ignore[dict-item]
    "trials": _N_TRIALS,
    "validation_rmse": _of_best_trial(Trial.validation_rmse),
    "validation_skill": _of_best_trial(Trial.validation_skill),
    "seconds_used": Experiment.seconds_used,  # type: ignore[dict-item]
    "stored_bytes": Experiment.stored_bytes,  # type: ignore[dict-item]
    "created_at": Experiment.created_at,  # type: ignore[dict-item]
}

"""The trial table: sorted, filtered and paged by the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Label, Row, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from app.db.models import Trial
from app.domain.filters.tree import FilterError
from app.domain.search_space.parameters import CATALOGUE, Catalogue
from app.domain.terms import TrialState
from app.errors import FieldProblem, Invalid, OfferedValue
from app.services.paging import Page, paged
from app.services.trial_columns import find_column
from app.services.trial_filters import translate_filter

MAX_PAGE_SIZE = 200
FIRST_BATCH_SIZE = 50  # trials: whoever downloads a table sees at once that it comes
BATCH_SIZE = 500
# Columns that can be sorted by, but not compared with a number.
OTHERS: dict[str, Any] = {
    "state": Trial.state,
    "started_at": Trial.started_at,
    "finished_at": Trial.finished_at,
}
NEVER_EMPTY = ("number", "state")
FILTER_EXAMPLE = "objective < 1.5 and (cell = lstm or tag = wide)"


@dataclass(frozen=True)
class TrialQuery:
    """Which trials, in which order, which page.

    search: a filter: see app.domain.filters. headings: of the table, by the names of columns.
    """

    page: int = 1
    size: int = 50
    sort: str = "number"
    descending: bool = False
    states: tuple[TrialState, ...] = ()
    search: str = ""
    catalogue: Catalogue = field(default_factory=lambda: CATALOGUE, compare=False)
    headings: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class ListedTrials:
    """One page of trials. `problem`: why it is of this `query` and not of the one asked for."""

    page: Page[Trial]
    query: TrialQuery
    problem: str


@dataclass(frozen=True)
class FilterCheck:
    """How many trials match a filter, of how many. `problem`: why it cannot be read."""

    n_matching: int
    n_trials: int
    problem: FilterError | None


def listing(session: Session, experiment_id: int, query: TrialQuery) -> Page[Trial]:
    """One page of an experiment's trials.

    Raises Invalid for an unknown sort, or a filter that cannot be read.
    """
    size = min(query.size, MAX_PAGE_SIZE)
    ids = matching(experiment_id, query).with_only_columns(Trial.id)
    page = paged(session, ids, query.page, size)  # what is sorted stays small
    trials = select(Trial).where(Trial.id.in_(page.items)).options(selectinload(Trial.tag_rows))
    by_id = {trial.id: trial for trial in session.scalars(trials)}
    return page.map(lambda trial_id: by_id[trial_id])


def list_or_fall_back(
    session: Session, experiment_id: int, query: TrialQuery, last_search: str
) -> ListedTrials:
    """One page of the trials; where the filter cannot be read, of the last one that could be.

    The same for a sort that there is not: then the trials are in the order of their numbers.
    """
    queries = [
        query,
        replace(query, search=last_search),
        replace(query, search=""),
        replace(query, search="", sort="number"),
    ]
    problem = ""
    for possible_query in queries:
        try:
            page = listing(session, experiment_id, possible_query)
        except Invalid as error:
            problem = problem or str(error)
            continue
        return ListedTrials(page, possible_query, problem)
    raise AssertionError("the last query has nothing that could be wrong")


def check_filter(session: Session, experiment_id: int, query: TrialQuery) -> FilterCheck:
    """How many trials a filter finds, or what is wrong with it."""
    n_trials = _count(session, experiment_id, TrialQuery())
    try:
        translate_filter(query.search, query.catalogue, query.headings)
    except FilterError as error:
        return FilterCheck(0, n_trials, error)
    return FilterCheck(_count(session, experiment_id, query), n_trials, None)


def _count(session: Session, experiment_id: int, query: TrialQuery) -> int:
    trials = matching(experiment_id, query).with_only_columns(func.count()).order_by(None)
    return session.scalar(trials) or 0


def matching(experiment_id: int, query: TrialQuery) -> Select[Trial]:
    """Selects all trials of a query in its order: empty values last, equal ones by number."""
    is_of_experiment = Trial.experiment_id == experiment_id
    trials = select(Trial).where(is_of_experiment, _translate_search(query))
    if query.states:
        trials = trials.where(Trial.state.in_(query.states))
    key = _sort_key(query.sort, query.catalogue)
    direction = key.asc()
    if query.descending:
        direction = key.desc()
    if query.sort in NEVER_EMPTY:
        return trials.order_by(direction, Trial.number)
    return trials.order_by(direction.nulls_last(), Trial.number)


def read_in_batches(
    session: Session,
    experiment_id: int,
    query: TrialQuery,
    columns: Collection[InstrumentedAttribute[Any] | Label[Any]],
) -> Iterator[Sequence[Row[Any]]]:
    """These columns of all trials of a query, in its order, some hundred trials at a time.

    At least one batch, which may be empty.
    """
    trials = matching(experiment_id, query).with_only_columns(*columns)
    result = session.execute(trials, execution_options={"yield_per": BATCH_SIZE})
    batch = result.fetchmany(FIRST_BATCH_SIZE)
    yield batch
    while batch := result.fetchmany(BATCH_SIZE):
        yield batch


def _sort_key(name: str, catalogue: Catalogue) -> ColumnElement[Any]:
    key = OTHERS.get(name)
    if key is None:
        key = find_column(name, catalogue)
    if key is None:
        message = f'Trials cannot be sorted by "{name[:60]}".'
        problem = FieldProblem(("sort",), message)
        raise Invalid([problem])
    return cast(ColumnElement[Any], key)


def _translate_search(query: TrialQuery) -> ColumnElement[bool]:
    try:
        return translate_filter(query.search, query.catalogue, query.headings)
    except FilterError as error:
        offered = tuple(OfferedValue(text, text) for text in error.offered)
        raise Invalid([FieldProblem(("search",), error.message, offered)]) from error

"""The trial table: sorted, filtered and paged by the database.

A filter is words like `units_1>=32 cell=lstm objective<1.5 state=failed`, all of which must hold.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from operator import eq, ge, gt, le, lt, ne
from typing import Any, cast

from sqlalchemy import ColumnElement, Float, Label, Row, Select, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.db.models import Trial, TrialTag
from app.domain.more_scores import MORE_SCORE_NAMES
from app.domain.search_space.parameters import CATALOGUE, Catalogue, Hyperparameter
from app.domain.terms import EVALUATED_PARTS, TrialState
from app.errors import FieldProblem, Invalid
from app.services.paging import Page, paged
from app.services.parameter_columns import parameter_column

MAX_PAGE_SIZE = 200
FIRST_BATCH_SIZE = 50  # trials: whoever downloads a table sees at once that it comes
BATCH_SIZE = 500


def more_score_columns() -> dict[str, ColumnElement[float]]:
    """The scores of app.domain.more_scores by the names of their columns, such as test_mase."""
    columns = {}
    for part, name in product(EVALUATED_PARTS, MORE_SCORE_NAMES):
        columns[f"{part}_{name}"] = Trial.more_scores[(part.value, name)].as_float()
    return columns


COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    ">=": ge,
    "<=": le,
    "!=": ne,
    "=": eq,
    ">": gt,
    "<": lt,
}
TERM = re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9_.]*)(?P<sign>>=|<=|!=|=|>|<)(?P<value>\S+)$")
NUMBERS: dict[str, Any] = {
    "number": Trial.number,
    "objective": Trial.objective,
    "objective_se": Trial.objective_se,
    "validation_rmse": Trial.validation_rmse,
    "validation_skill": Trial.validation_skill,
    "test_rmse": Trial.test_rmse,
    "validation_mae": Trial.validation_mae,
    "test_mae": Trial.test_mae,
    "test_skill": Trial.test_skill,
    "skill": Trial.test_skill,
    "epochs_trained": Trial.epochs_trained,
    "best_epoch": Trial.best_epoch,
    **more_score_columns(),
}
# Columns that can be sorted by, but not compared with a number.
OTHERS: dict[str, Any] = {
    "state": Trial.state,
    "started_at": Trial.started_at,
    "finished_at": Trial.finished_at,
}
NEVER_EMPTY = ("number", "state")
TRUE_WORDS = ("true", "yes", "on", "1")
FILTER_EXAMPLE = "units_1>=32 cell=lstm objective<1.5"


@dataclass(frozen=True)
class TrialQuery:
    """Which trials, in which order, which page."""

    page: int = 1
    size: int = 50
    sort: str = "number"
    descending: bool = False
    states: tuple[TrialState, ...] = ()
    search: str = ""
    catalogue: Catalogue = field(default_factory=lambda: CATALOGUE, compare=False)


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


def list_or_explain(
    session: Session, experiment_id: int, query: TrialQuery
) -> tuple[Page[Trial], str]:
    """One page of the trials, or none and what is wrong with the filter."""
    try:
        page = listing(session, experiment_id, query)
    except Invalid as error:
        empty_page: Page[Trial] = Page([], 0, 1, query.size)
        return empty_page, str(error)
    return page, ""


def matching(experiment_id: int, query: TrialQuery) -> Select[Trial]:
    """Selects all trials of a query in its order: empty values last, equal ones by number."""
    is_of_experiment = Trial.experiment_id == experiment_id
    conditions = _parse_filter(query)
    trials = select(Trial).where(is_of_experiment, *conditions)
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
        key = _number_column(name, catalogue)
    if key is None:
        message = f'Trials cannot be sorted by "{name[:60]}".'
        problem = FieldProblem(("sort",), message)
        raise Invalid([problem])
    return cast(ColumnElement[Any], key)


def _number_column(name: str, catalogue: Catalogue) -> ColumnElement[Any] | None:
    """What a filter can compare with a number, or a sort can order; None where there is none."""
    if name == "duration":
        return SecondsBetween(Trial.started_at, Trial.finished_at)
    if name in NUMBERS:
        return cast(ColumnElement[Any], NUMBERS[name])
    hyperparameter = _find_hyperparameter(name, catalogue)
    if hyperparameter is None:
        return None
    return parameter_column(hyperparameter)


def _find_hyperparameter(name: str, catalogue: Catalogue) -> Hyperparameter | None:
    short_name = name.removeprefix("parameters.")
    return catalogue.get(short_name)


def _parse_filter(query: TrialQuery) -> list[ColumnElement[bool]]:
    problems = []
    conditions = []
    for word in query.search.split():
        condition = _parse_condition(word, query.catalogue)
        if condition is None:
            message = f'"{word[:60]}" is no filter. Write for example: {FILTER_EXAMPLE}'
            problems.append(FieldProblem(("search",), message))
        else:
            conditions.append(condition)
    if problems:
        raise Invalid(problems)
    return conditions


def _parse_condition(word: str, catalogue: Catalogue) -> ColumnElement[bool] | None:
    """The condition of one word; None where it is no filter."""
    match = TERM.match(word)
    if match is None:
        return None
    name = match["name"]
    compare = COMPARISONS[match["sign"]]
    text = match["value"]
    if name == "state":
        return compare(Trial.state, text)
    if name == "starred":
        return compare(Trial.is_starred, text in TRUE_WORDS)
    if name == "tag":
        is_tagged = Trial.id.in_(select(TrialTag.trial_id).where(TrialTag.name == text))
        return {"=": is_tagged, "!=": ~is_tagged}.get(match["sign"])
    hyperparameter = _find_hyperparameter(name, catalogue)
    if hyperparameter is not None and hyperparameter.kind == "category":
        category = parameter_column(hyperparameter)
        return compare(category, text)
    if hyperparameter is not None and hyperparameter.kind == "flag":
        flag = parameter_column(hyperparameter)
        return compare(flag, text in TRUE_WORDS)
    column = _number_column(name, catalogue)
    if column is None:
        return None
    try:
        return compare(column, float(text))
    except ValueError:
        return None


class SecondsBetween(FunctionElement[float]):
    """Seconds from the first time to the second."""

    name = "seconds_between"
    type = Float()
    inherit_cache = True


@compiles(SecondsBetween)
def _seconds_between(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    times = [compiler.process(clause, **options) for clause in element.clauses]
    start, end = times
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(SecondsBetween, "sqlite")
def _seconds_between_in_sqlite(
    element: SecondsBetween, compiler: SQLCompiler, **options: Any
) -> str:
    """SQLite counts in days since noon of 4714 BC."""
    times = [compiler.process(clause, **options) for clause in element.clauses]
    start, end = times
    return f"(julianday({end}) - julianday({start})) * 86400.0"

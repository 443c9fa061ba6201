"""The trial table: sorted, filtered and paged by the database.

A filter is words like `units_1>=32 cell=lstm objective<1.5 state=failed`, all of which must hold.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import ColumnElement, Float, Select, case, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.db.models import Trial
from app.domain.search_space.parameters import CATALOGUE, Catalogue, Hyperparameter
from app.domain.terms import TrialState
from app.errors import FieldProblem, Invalid
from app.services.paging import Page, paged

LARGEST_PAGE = 200
COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    "!=": lambda left, right: left != right,
    "=": lambda left, right: left == right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
}
TERM = re.compile(r"^(?P<name>[A-Za-z][A-Za-z0-9_.]*)(?P<sign>>=|<=|!=|=|>|<)(?P<value>\S+)$")
COLUMNS: dict[str, Any] = {
    "number": Trial.number,
    "state": Trial.state,
    "objective": Trial.objective,
    "validation_rmse": Trial.validation_rmse,
    "validation_skill": Trial.validation_skill,
    "test_rmse": Trial.test_rmse,
    "test_skill": Trial.test_skill,
    "skill": Trial.test_skill,
    "epochs_trained": Trial.epochs_trained,
    "best_epoch": Trial.best_epoch,
    "started_at": Trial.started_at,
    "finished_at": Trial.finished_at,
}
TIMES = ("started_at", "finished_at")


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
    """One page of an experiment's trials. Raises Invalid for an unknown sort or a filter it cannot read."""
    return paged(session, matching(experiment_id, query), query.page, min(query.size, LARGEST_PAGE))


def matching(experiment_id: int, query: TrialQuery) -> Select[Trial]:
    """All trials the query names, in its order; empty values last, equals by number."""
    found = select(Trial).where(Trial.experiment_id == experiment_id, *_conditions(query))
    if query.states:
        found = found.where(Trial.state.in_(query.states))
    key = _sort_key(query.sort, query.catalogue)
    order = key.desc() if query.descending else key.asc()
    return found.order_by(case((key.is_(None), 1), else_=0), order, Trial.number)


def _sort_key(name: str, catalogue: Catalogue) -> ColumnElement[Any]:
    if name == "duration":
        return _duration()
    if name in COLUMNS:
        return COLUMNS[name]  # type: ignore[no-any-return]
    hyperparameter = catalogue.get(name.removeprefix("parameters."))
    if hyperparameter is None:
        raise Invalid([FieldProblem(("sort",), f'Trials cannot be sorted by "{name[:60]}".')])
    return _parameter(hyperparameter)


def _conditions(query: TrialQuery) -> list[ColumnElement[bool]]:
    problems, conditions = [], []
    for word in query.search.split():
        condition = _condition(word, query.catalogue)
        if condition is None:
            example = "units_1>=32 cell=lstm objective<1.5"
            problems.append(
                FieldProblem(
                    ("search",), f'"{word[:60]}" is no filter. Write for example: {example}'
                )
            )
        else:
            conditions.append(condition)
    if problems:
        raise Invalid(problems)
    return conditions


def _condition(word: str, catalogue: Catalogue) -> ColumnElement[bool] | None:
    match = TERM.match(word)
    if match is None:
        return None
    name, compare, text = match["name"], COMPARISONS[match["sign"]], match["value"]
    hyperparameter = catalogue.get(name.removeprefix("parameters."))
    if name == "state":
        return compare(Trial.state, text)
    if hyperparameter is not None and hyperparameter.kind in ("category", "flag"):
        return compare(_parameter(hyperparameter), _word(hyperparameter, text))
    if hyperparameter is None and ((name not in COLUMNS and name != "duration") or name in TIMES):
        return None
    try:
        return compare(_sort_key(name, catalogue), float(text))
    except ValueError:
        return None


def _word(hyperparameter: Hyperparameter, text: str) -> str | bool:
    return text in ("true", "yes", "on", "1") if hyperparameter.kind == "flag" else text


def _parameter(hyperparameter: Hyperparameter) -> ColumnElement[Any]:
    value = Trial.parameters[hyperparameter.name]
    if hyperparameter.kind == "category":
        return cast(ColumnElement[Any], value.as_string())
    return cast(
        ColumnElement[Any],
        value.as_boolean() if hyperparameter.kind == "flag" else value.as_float(),
    )


def _duration() -> ColumnElement[float]:
    """Seconds from start to end: SQLite counts in days since noon of 4714 BC, others in epochs."""
    return SecondsBetween(Trial.started_at, Trial.finished_at)


class SecondsBetween(FunctionElement[float]):
    """Seconds from the first time to the second."""

    name = "seconds_between"
    type = Float()
    inherit_cache = True


@compiles(SecondsBetween)
def _seconds_between(element: SecondsBetween, compiler: SQLCompiler, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"EXTRACT(EPOCH FROM ({end} - {start}))"


@compiles(SecondsBetween, "sqlite")
def _seconds_between_in_sqlite(
    element: SecondsBetween, compiler: SQLCompiler, **options: Any
) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"(julianday({end}) - julianday({start})) * 86400.0"

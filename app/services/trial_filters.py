"""Filters of the trial table: which names they know, and what they mean to the database.

A text is searched for in the tags, the notes, the state, the cause of a failure and the values of
the hyperparameters. Where a trial has no value, no condition on it holds.
"""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true

from app.db.models import Trial, TrialTag
from app.domain.filters.names import FilterName, ValueKind, Vocabulary
from app.domain.filters.parsing import parse_filter
from app.domain.filters.tree import AllOf, AnyOf, Condition, FilterNode, TextSearch
from app.domain.search_space.parameters import Catalogue, Hyperparameter
from app.domain.terms import TrialState
from app.services.trial_columns import NUMBERS, find_column, parameter_column

COMPARISONS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    ">=": ge,
    "<=": le,
    "!=": ne,
    "=": eq,
    ">": gt,
    "<": lt,
}
KINDS = {"category": ValueKind.CHOICE, "flag": ValueKind.FLAG}
UNITS = {"duration": "seconds"}


def make_vocabulary(catalogue: Catalogue, headings: Mapping[str, str]) -> Vocabulary:
    """All names of an experiment's filters. `headings`: of the table, by the names of columns."""
    names = []
    for name in NUMBERS:
        heading = headings.get(name, "")
        names.append(FilterName(name, ValueKind.NUMBER, heading=heading, unit=UNITS.get(name, "")))
    names.append(FilterName("state", ValueKind.CHOICE, choices=tuple(TrialState)))
    names.append(FilterName("tag", ValueKind.TEXT))
    names.append(FilterName("starred", ValueKind.FLAG))
    for hyperparameter in catalogue.values():
        kind = KINDS.get(hyperparameter.kind, ValueKind.NUMBER)
        heading = headings.get(hyperparameter.name, "")
        names.append(FilterName(hyperparameter.name, kind, hyperparameter.choices, heading))
    return Vocabulary(names)


def translate_filter(
    text: str, catalogue: Catalogue, headings: Mapping[str, str]
) -> ColumnElement[bool]:
    """The condition of a filter. Raises FilterError where it cannot be read."""
    tree = parse_filter(text, make_vocabulary(catalogue, headings))
    return _translate(tree, catalogue)


def _translate(node: FilterNode, catalogue: Catalogue) -> ColumnElement[bool]:
    if isinstance(node, AllOf):
        return and_(true(), *(_translate(part, catalogue) for part in node.parts))
    if isinstance(node, AnyOf):
        return or_(*(_translate(part, catalogue) for part in node.parts))
    if isinstance(node, TextSearch):
        return _contains(node.text, catalogue)
    return _compare(node, catalogue)


def _compare(condition: Condition, catalogue: Catalogue) -> ColumnElement[bool]:
    compare = COMPARISONS[condition.sign]
    if condition.name == "tag":
        is_tagged = _has_tag(TrialTag.name == condition.value)
        return is_tagged if condition.sign == "=" else ~is_tagged
    if condition.name == "state":
        return compare(Trial.state, condition.value)
    if condition.name == "starred":
        return compare(Trial.is_starred, condition.value)
    column = find_column(condition.name, catalogue)
    return compare(column, condition.value)


def _has_tag(is_wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    return Trial.id.in_(select(TrialTag.trial_id).where(is_wanted))


def _contains(text: str, catalogue: Catalogue) -> ColumnElement[bool]:
    word = text.casefold()
    conditions = [
        _has_tag(TrialTag.name.icontains(text, autoescape=True)),
        Trial.notes.icontains(text, autoescape=True),
        Trial.failure_cause.icontains(text, autoescape=True),
    ]
    states = [state for state in TrialState if word in state.value]
    if states:
        conditions.append(Trial.state.in_(states))
    for hyperparameter in catalogue.values():
        values = _find_values(text, hyperparameter)
        if values:
            conditions.append(parameter_column(hyperparameter).in_(values))
    return or_(*conditions)


def _find_values(text: str, hyperparameter: Hyperparameter) -> list[str | float]:
    """The values of a hyperparameter that a text is in; of a number, it is all of it."""
    if hyperparameter.kind == "category":
        word = text.casefold()
        return [choice for choice in hyperparameter.choices if word in choice.casefold()]
    if hyperparameter.kind == "flag":
        return []
    try:
        number = float(text)
    except ValueError:
        return []
    if hyperparameter.low <= number <= hyperparameter.high:
        return [number]
    return []

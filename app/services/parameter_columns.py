"""Hyperparameters of trials as columns of a query."""

from typing import Any, cast

from sqlalchemy import ColumnElement

from app.db.models import Trial
from app.domain.search_space.hyperparameter import Hyperparameter


def parameter_column(hyperparameter: Hyperparameter) -> ColumnElement[Any]:
    """The values of a hyperparameter in their type; NULL where a trial has none."""
    value = Trial.parameters[hyperparameter.name]
    if hyperparameter.kind == "category":
        column = value.as_string()
    elif hyperparameter.kind == "flag":
        column = value.as_boolean()
    else:
        column = value.as_float()
    return cast(ColumnElement[Any], column)

"""The columns of the trial table in the database, by their names: to sort and to compare by."""

from itertools import product
from typing import Any, cast

from sqlalchemy import ColumnElement, Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from app.db.models import Trial
from app.domain.more_scores import MORE_SCORE_NAMES
from app.domain.search_space.parameters import Catalogue, Hyperparameter
from app.domain.terms import EVALUATED_PARTS


def more_score_columns() -> dict[str, ColumnElement[float]]:
    """The scores of app.domain.more_scores by the names of their columns, such as test_mase."""
    columns = {}
    for part, name in product(EVALUATED_PARTS, MORE_SCORE_NAMES):
        columns[f"{part}_{name}"] = Trial.more_scores[(part.value, name)].as_float()
    return columns


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
    "duration": SecondsBetween(Trial.started_at, Trial.finished_at),
    **more_score_columns(),
}


def find_column(name: str, catalogue: Catalogue) -> ColumnElement[Any] | None:
    """What can be compared with a number or sorted by; None where there is none.

    name: of a score or a hyperparameter, which may have "parameters." before it.
    """
    if name in NUMBERS:
        return cast(ColumnElement[Any], NUMBERS[name])
    hyperparameter = catalogue.get(name.removeprefix("parameters."))
    if hyperparameter is None:
        return None
    return parameter_column(hyperparameter)


def parameter_column(hyperparameter: Hyperparameter) -> ColumnElement[Any]:
    """The values of a hyperparameter, in its own type."""
    value = Trial.parameters[hyperparameter.name]
    if hyperparameter.kind == "category":
        column = value.as_string()
    elif hyperparameter.kind == "flag":
        column = value.as_boolean()
    else:
        column = value.as_float()
    return cast(ColumnElement[Any], column)

"""The parameters of one trial: which are active, which values are possible."""

import math
import re
from collections.abc import Mapping

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter, Kind, Value
from app.domain.search_space.problems import Problem, excerpt

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "Hyperparameter",
    "Kind",
    "Parameters",
    "Problem",
    "Value",
    "add_later_defaults",
    "incompatibilities",
    "is_active",
    "parameter_problems",
    "parse_value",
    "to_canonical",
    "value_problem",
    "with_defaults",
    "with_new_defaults",
]

Parameters = dict[str, Value]

LATER_HYPERPARAMETERS = ("calendar", "season_lags")  # not in trials of earlier versions
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
MAX_QUOTED_NUMBER = 1e15  # numbers beyond it are not repeated in messages


def is_active(
    name: str, parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> bool:
    """Whether a hyperparameter matters beside the others; missing ones count as their defaults."""
    requires = catalogue[name].requires
    if requires is None:
        return True
    other, minimum = requires
    default = catalogue[other].default
    value = parameters.get(other, default)
    if not isinstance(value, int | float):
        return False
    return value >= minimum


def with_defaults(parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE) -> Parameters:
    """Parameters with defaults filled in and inactive ones left out.

    Types and order are canonical, so that parameters of the same meaning become equal.
    The values must be possible: check them with `parameter_problems` first.
    """
    completed: Parameters = {}
    for name, row in catalogue.items():
        if not is_active(name, parameters, catalogue):
            continue
        if name in parameters:
            completed[name] = to_canonical(row, parameters[name])
        else:
            completed[name] = row.default
    return completed


def with_new_defaults(
    parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> dict[str, object]:
    """Parameters of a trial of a new experiment, with its defaults where these are possible."""
    completed = dict(parameters)
    for name, row in catalogue.items():
        if row.new_default is None or name in parameters:
            continue
        if row.new_default_unless is not None:
            other, value = row.new_default_unless
            if parameters.get(other) == value:
                continue
        completed[name] = row.new_default
    return completed


def add_later_defaults(parameters: Mapping[str, Value]) -> Parameters:
    """Complete parameters that an earlier version stored, which had fewer hyperparameters."""
    completed = dict(parameters)
    for name in LATER_HYPERPARAMETERS:
        completed.setdefault(name, CATALOGUE[name].default)
    return completed


def to_canonical(row: Hyperparameter, value: object) -> Value:
    """A possible value in its own type: 30.0 units are 30, a dropout of 0 is 0.0."""
    assert isinstance(value, str | int | float)
    if row.kind == "integer":
        return int(value)
    if row.kind == "number":
        return float(value)
    return value


def parse_value(row: Hyperparameter, text: str) -> Value:
    """The value that a text means; the text itself where it means none (see `value_problem`)."""
    text = text.strip()
    if row.kind == "flag":
        return FLAGS.get(text.lower(), text)
    if row.kind == "category":
        return text
    if re.fullmatch(r"[+-]?\d{1,15}", text):
        return int(text)
    try:
        return float(text)
    except ValueError:
        return text


def parameter_problems(
    parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> list[Problem]:
    """All that is wrong with the parameters of one trial. Inactive ones are checked as well."""
    problems = []
    for name, value in parameters.items():
        row = catalogue.get(name)
        if row is None:
            message: str | None = f'Hyperparameter "{excerpt(name)}" not found.'
        else:
            message = value_problem(row, value)
        if message:
            problems.append(Problem(excerpt(name), message))
    if problems:
        return problems
    completed = with_defaults(parameters, catalogue)
    return incompatibilities(completed, catalogue)


def value_problem(row: Hyperparameter, value: object) -> str | None:
    """What is wrong with one value; None where nothing is."""
    if row.kind == "flag":
        if isinstance(value, bool):
            return None
        return _refuse(row, "true or false", value)
    if row.kind == "category":
        if isinstance(value, str) and value in row.choices:
            return None
        choices = ", ".join(row.choices)
        return _refuse(row, f"one of {choices}", value)
    return number_problem(row, value) or _bounds_problem(row, value)


def number_problem(row: Hyperparameter, value: object) -> str | None:
    """Why a value is not a number of the right sort, whatever its bounds; None where it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _refuse(row, "a number", value)
    if not -MAX_QUOTED_NUMBER < value < MAX_QUOTED_NUMBER:
        bounds = bounds_text(row)
        return _refuse(row, bounds, value)
    if row.kind == "integer" and value != int(value):
        return _refuse(row, "a whole number", value)
    return None


def _bounds_problem(row: Hyperparameter, value: object) -> str | None:
    assert isinstance(value, int | float)
    if row.name == "learning_rate" and value == 0:
        return "learning_rate must be greater than 0: with 0, nothing is learned."
    if not row.low <= value <= row.high:
        bounds = bounds_text(row)
        return f"{row.name} must be {bounds}, not {value:g}."
    return None


def bounds_text(row: Hyperparameter) -> str:
    """The bounds of a hyperparameter in words."""
    return f"between {row.low:g} and {row.high:g}"


def incompatibilities(
    parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> list[Problem]:
    """Values that are possible on their own, but not together. Missing ones count as defaults.

    Only the built-in catalogue has any: what is incompatible in a custom model is unknown.
    """
    if catalogue is not CATALOGUE:
        return []
    problems = []
    if parameters.get("stateful") and parameters.get("shuffle"):
        message = (
            "A stateful network carries its state from one window to the next, "
            "so its windows cannot be shuffled."
        )
        problems.append(Problem("shuffle", message))
    is_sigmoid = parameters.get("output_activation") == "sigmoid"
    if is_sigmoid and parameters.get("scaling") == "standard":
        message = (
            "A sigmoid output lies between 0 and 1, but standard scaling goes below 0: "
            "use minmax scaling or a linear output."
        )
        problems.append(Problem("output_activation", message))
    return problems


def _refuse(row: Hyperparameter, requirement: str, value: object) -> str:
    """Say what a value must be, and what it is."""
    return f"{row.name} must be {requirement}, not {_describe(value)}."


def _describe(value: object) -> str:
    """A value that a client sent, in a few words that are safe to print."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _describe_number(value)
    if isinstance(value, str):
        return f'"{excerpt(value)}"'
    if isinstance(value, list):
        return "a list"
    return "an object"


def _describe_number(number: float) -> str:
    if isinstance(number, int):
        if abs(number) >= MAX_QUOTED_NUMBER:
            return "such a large number"
        return str(number)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "infinity"
    return f"{number:g}"

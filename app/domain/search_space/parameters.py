"""The parameters of one trial: which hyperparameters are active, which values are possible, what fits the data."""

import math
import re
from collections.abc import Mapping

from app.domain.search_space.catalogue import CATALOGUE, Catalogue, Hyperparameter, Kind, Value
from app.domain.search_space.problems import Problem, named

__all__ = [
    "CATALOGUE",
    "Catalogue",
    "Hyperparameter",
    "Kind",
    "Parameters",
    "Problem",
    "Value",
    "canonical",
    "complete",
    "fit_problems",
    "impossible",
    "is_active",
    "problems",
    "typed",
    "value_problem",
    "with_new_defaults",
]

Parameters = dict[str, Value]
MEMORY_LIMIT = 4e9  # bytes a training may need by the estimate below
FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
FAR = 1e15  # numbers beyond are not worth a precise message


def is_active(
    name: str, parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> bool:
    """Whether a hyperparameter plays a part, given the others; those left out have their defaults."""
    requires = catalogue[name].requires
    if requires is None:
        return True
    value = parameters.get(requires[0], catalogue[requires[0]].default)
    return isinstance(value, int | float) and value >= requires[1]


def complete(parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE) -> Parameters:
    """Defaults filled in, inactive ones left out, types and order canonical: same meaning, equal dictionaries.

    The values must be possible ones: ask `problems` first.
    """
    return {
        name: canonical(row, parameters[name]) if name in parameters else row.default
        for name, row in catalogue.items()
        if is_active(name, parameters, catalogue)
    }


def with_new_defaults(
    parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE
) -> dict[str, object]:
    """The parameters of a trial of a new experiment, with the defaults of new experiments where these are possible."""
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


def problems(parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE) -> list[Problem]:
    """All that is wrong with the parameters of one trial, in words. Inactive ones must be possible values too."""
    found = []
    for name, value in parameters.items():
        row = catalogue.get(name)
        message = (
            value_problem(row, value) if row else f'There is no hyperparameter "{named(name)}".'
        )
        if message:
            found.append(Problem(named(name), message))
    return found or impossible(complete(parameters, catalogue), catalogue)


def value_problem(row: Hyperparameter, value: object) -> str | None:
    """What is wrong with one value, in words."""
    if row.kind == "flag":
        return (
            None
            if isinstance(value, bool)
            else f"{row.name} is true or false, not {_shown(value)}."
        )
    if row.kind == "category":
        if isinstance(value, str) and value in row.choices:
            return None
        return f"{row.name} is one of {', '.join(row.choices)}, not {_shown(value)}."
    return number_problem(row, value) or _bounds_problem(row, value)


def number_problem(row: Hyperparameter, value: object) -> str | None:
    """Whether a value is a number of the right sort, wherever it lies."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{row.name} is a number, not {_shown(value)}."
    if not -FAR < value < FAR:
        return f"{row.name} lies between {row.low:g} and {row.high:g}: {_shown(value)} is out of the question."
    if row.kind == "integer" and value != int(value):
        return f"{row.name} is a whole number, not {_shown(value)}."
    return None


def typed(row: Hyperparameter, text: str) -> Value:
    """A text as a value of a hyperparameter; as it stands where it is none, for `value_problem` to complain about."""
    text = text.strip()
    if row.kind == "flag":
        return FLAGS.get(text.lower(), text)
    if row.kind == "category":
        return text
    try:
        return int(text) if re.fullmatch(r"[+-]?\d{1,15}", text) else float(text)
    except ValueError:
        return text


def impossible(parameters: Mapping[str, object], catalogue: Catalogue = CATALOGUE) -> list[Problem]:
    """Values that are possible on their own and not together. Those left out have their defaults.

    What goes together in another catalogue than ours is not known here.
    """
    found: list[Problem] = []
    if catalogue is not CATALOGUE:
        return found
    if parameters.get("stateful") and parameters.get("shuffle"):
        why = "stateful carries the state from one window to the next, so the windows cannot be shuffled."
        found.append(Problem("shuffle", why))
    if parameters.get("output_activation") == "sigmoid" and parameters.get("scaling") == "standard":
        why = "A sigmoid output lies between 0 and 1, and standard scaling goes below 0: use minmax or linear."
        found.append(Problem("output_activation", why))
    return found


def fit_problems(
    parameters: Mapping[str, object], train_rows: int, validation_rows: int
) -> list[Problem]:
    """What does not fit the data: windows, batches, memory. Parameters are complete ones."""
    steps, batch = int(_number(parameters, "time_steps")), int(_number(parameters, "batch_size"))
    first = (
        0 if parameters["target"] == "level" else 1
    )  # the first row has no change from the row before
    windows = train_rows - steps - first
    if windows < 1:
        return [
            Problem(
                "time_steps",
                f"Windows of {steps} rows do not fit into a train part of {train_rows} rows.",
            )
        ]
    found = []
    if batch > windows:
        many = f"{windows} windows" if windows > 1 else "one window"
        why = f"A batch of {batch} is more than the {many} of {steps} rows in the train part."
        found.append(Problem("batch_size", why))
    elif parameters["stateful"] and batch > validation_rows:
        why = f"A stateful network judges whole batches, and the validation part has {validation_rows} rows."
        found.append(Problem("batch_size", f"{why} A batch_size of {batch} is more than that."))
    needed = memory_bytes(parameters)
    if needed > MEMORY_LIMIT:
        why = f"This network would need about {needed / 1e9:.0f} GB, and {MEMORY_LIMIT / 1e9:.0f} GB is the most."
        found.append(
            Problem(
                "units_1", f"{why} Choose fewer units, fewer time_steps or a smaller batch_size."
            )
        )
    return found


def memory_bytes(parameters: Mapping[str, object]) -> float:
    """A rough estimate of what one training needs: activations kept for the gradient, weights four times over."""
    steps, batch = _number(parameters, "time_steps"), _number(parameters, "batch_size")
    units = [_number(parameters, name) for name in parameters if name.startswith("units_")]
    activations = 4 * batch * steps * sum(12 * size for size in units)
    weights = 16 * sum(
        4 * size * (size + before) for size, before in zip(units, [16.0, *units], strict=False)
    )
    return activations + weights


def canonical(row: Hyperparameter, value: object) -> Value:
    """A possible value in its own type: 30.0 units are 30, a dropout of 0 is 0.0."""
    assert isinstance(value, str | int | float | bool)
    if row.kind == "integer":
        return int(value)
    return float(value) if row.kind == "number" else value


def _bounds_problem(row: Hyperparameter, value: object) -> str | None:
    assert isinstance(value, int | float)
    if row.name == "learning_rate" and value == 0:
        return "learning_rate must be greater than 0, else nothing is learnt."
    if not row.low <= value <= row.high:
        return f"{row.name} lies between {row.low:g} and {row.high:g}, and {value:g} does not."
    return None


def _number(parameters: Mapping[str, object], name: str) -> float:
    value = parameters[name]
    assert isinstance(value, int | float)
    return float(value)


def _shown(value: object) -> str:
    """A value a client sent, short and safe to print."""
    if isinstance(value, float) and not math.isfinite(value):
        return "something that is not a number" if math.isnan(value) else "infinity"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < FAR else "a number that large"
    if isinstance(value, str):
        return f'"{named(value)}"'
    return (
        f"{value:g}"
        if isinstance(value, float)
        else "a list"
        if isinstance(value, list)
        else "an object"
    )

"""The hyperparameters: what each is called and means, its bounds and default, and which go together."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | bool
Parameters = dict[str, Value]
Kind = Literal["category", "integer", "number", "flag"]

MAX_LAYERS = 3
MAX_DENSE_LAYERS = 2
MEMORY_LIMIT = 4e9  # bytes a training may need by the estimate below


@dataclass(frozen=True)
class Problem:
    """What is wrong with one hyperparameter; `name` is empty where it is about the whole."""

    name: str
    message: str


@dataclass(frozen=True)
class Hyperparameter:
    """One thing a search can vary. `requires`: active only while another is at least so much."""

    name: str
    label: str
    kind: Kind
    default: Value
    group: str
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    log: bool = False
    requires: tuple[str, int] | None = None


def _layer(number: int) -> list[Hyperparameter]:
    requires = ("recurrent_layers", number) if number > 1 else None
    units = 32 if number == 1 else 16
    group = "Network"

    def rate(name: str, label: str, help_text: str) -> Hyperparameter:
        return Hyperparameter(
            f"{name}_{number}", f"{label} {number}", "number", 0.0, group, help_text, 0.0, 0.95, requires=requires
        )

    return [
        Hyperparameter(
            f"units_{number}",
            f"Units, layer {number}",
            "integer",
            units,
            group,
            f"Size of recurrent layer {number}: more units learn more, cost more and overfit sooner.",
            1,
            1024,
            log=True,
            requires=requires,
        ),
        rate("dropout", "Dropout after layer", f"Share of layer {number}'s outputs dropped while training."),
        rate("input_dropout", "Input dropout, layer", f"Keras' dropout of layer {number}: share of inputs dropped."),
        rate("recurrent_dropout", "Recurrent dropout, layer", "Share of the recurrent state dropped at each step."),
    ]


def _dense(number: int) -> Hyperparameter:
    return Hyperparameter(
        f"dense_units_{number}",
        f"Units, dense layer {number}",
        "integer",
        16,
        "Network",
        f"Size of hidden dense layer {number} (relu), between the recurrent layers and the output.",
        1,
        1024,
        log=True,
        requires=("dense_layers", number),
    )


def _catalogue() -> list[Hyperparameter]:
    return [
        Hyperparameter(
            "cell", "Cell", "category", "lstm", "Network", "Kind of recurrent layer.", choices=("lstm", "gru")
        ),
        Hyperparameter(
            "recurrent_layers",
            "Recurrent layers",
            "integer",
            1,
            "Network",
            "How many recurrent layers are stacked; start with one.",
            1,
            MAX_LAYERS,
        ),
        *[row for number in range(1, MAX_LAYERS + 1) for row in _layer(number)],
        Hyperparameter(
            "dense_layers",
            "Hidden dense layers",
            "integer",
            0,
            "Network",
            "Dense layers before the output layer, which is always there.",
            0,
            MAX_DENSE_LAYERS,
        ),
        *[_dense(number) for number in range(1, MAX_DENSE_LAYERS + 1)],
        Hyperparameter(
            "output_activation",
            "Output activation",
            "category",
            "linear",
            "Network",
            "A sigmoid cannot leave 0 to 1, so it cannot follow prices above those of the train part.",
            choices=("linear", "sigmoid"),
        ),
        Hyperparameter(
            "optimizer",
            "Optimizer",
            "category",
            "adam",
            "Training",
            "sgd runs with momentum 0.9 and nesterov.",
            choices=("sgd", "rmsprop", "adam"),
        ),
        Hyperparameter(
            "learning_rate",
            "Learning rate",
            "number",
            0.001,
            "Training",
            "Size of the optimizer's steps; search it on a log scale.",
            0.0,
            1.0,
            log=True,
        ),
        Hyperparameter("batch_size", "Batch size", "integer", 32, "Training", "Windows per step.", 1, 4096, log=True),
        Hyperparameter(
            "epochs", "Epochs", "integer", 20, "Training", "Passes over the train part, at most.", 1, 10_000, log=True
        ),
        Hyperparameter(
            "patience",
            "Patience",
            "integer",
            0,
            "Training",
            "Epochs without a better one after which training ends; 0: never.",
            0,
            10_000,
        ),
        Hyperparameter(
            "stateful",
            "Stateful",
            "flag",
            False,
            "Training",
            "Carry the recurrent state from one batch to the next.",
        ),
        Hyperparameter(
            "shuffle", "Shuffle", "flag", False, "Training", "Draw the windows in another order each epoch."
        ),
        Hyperparameter(
            "time_steps", "Time steps", "integer", 30, "Data", "Rows the network looks back.", 1, 1000, log=True
        ),
        Hyperparameter(
            "target",
            "Target",
            "category",
            "level",
            "Data",
            "What is predicted: the value itself, its change, or its change in logarithms.",
            choices=("level", "difference", "log_return"),
        ),
        Hyperparameter(
            "scaling",
            "Scaling",
            "category",
            "minmax",
            "Data",
            "Scaler, fitted on the train part: to 0 to 1, or to mean 0 and deviation 1.",
            choices=("minmax", "standard"),
        ),
    ]


CATALOGUE: dict[str, Hyperparameter] = {row.name: row for row in _catalogue()}


def is_active(name: str, parameters: Mapping[str, object]) -> bool:
    """Whether a hyperparameter plays a part, given the others; those left out have their defaults."""
    requires = CATALOGUE[name].requires
    if requires is None:
        return True
    value = parameters.get(requires[0], CATALOGUE[requires[0]].default)
    return isinstance(value, int | float) and value >= requires[1]


def complete(parameters: Mapping[str, object]) -> Parameters:
    """Defaults filled in, inactive ones left out, types and order canonical: same meaning, equal dictionaries."""
    return {
        name: _canonical(row, parameters.get(name, row.default))
        for name, row in CATALOGUE.items()
        if is_active(name, parameters)
    }


def problems(parameters: Mapping[str, object]) -> list[Problem]:
    """All that is wrong with the parameters of one trial, in words."""
    found = [
        Problem(str(name), f'There is no hyperparameter "{str(name)[:60]}".')
        for name in parameters
        if name not in CATALOGUE
    ]
    for name, value in parameters.items():
        row = CATALOGUE.get(name)
        message = value_problem(row, value) if row else None
        if message:
            found.append(Problem(name, message))
    return found or _impossible(complete(parameters))


def value_problem(row: Hyperparameter, value: object) -> str | None:
    """What is wrong with one value, in words."""
    if row.kind == "flag":
        return None if isinstance(value, bool) else f"{row.name} is true or false, not {_shown(value)}."
    if row.kind == "category":
        if isinstance(value, str) and value in row.choices:
            return None
        return f"{row.name} is one of {', '.join(row.choices)}, not {_shown(value)}."
    if isinstance(value, bool) or not isinstance(value, int | float):
        return f"{row.name} is a number, not {_shown(value)}."
    if not -1e15 < value < 1e15:
        return f"{row.name} is far out of bounds."
    if row.kind == "integer" and value != int(value):
        return f"{row.name} is a whole number, not {_shown(value)}."
    return bounds_problem(row, float(value))


def bounds_problem(row: Hyperparameter, value: float, *, end_of_range: bool = False) -> str | None:
    """Whether a number lies within a hyperparameter's bounds. A range may start at a learning rate of 0."""
    assert row.low is not None
    assert row.high is not None
    if end_of_range and row.name.split("_")[-2:-1] == ["dropout"] and 0 <= value <= 1:
        return None
    if not row.low <= value <= row.high:
        return f"{row.name} lies between {row.low:g} and {row.high:g}, and {value:g} does not."
    if row.name == "learning_rate" and value == 0 and not end_of_range:
        return "learning_rate must be greater than 0, else nothing is learnt."
    return None


def fit_problems(parameters: Mapping[str, object], train_rows: int, validation_rows: int) -> list[Problem]:
    """What does not fit the data: windows, batches, memory. Parameters are complete ones."""
    steps, batch = int(_number(parameters, "time_steps")), int(_number(parameters, "batch_size"))
    first = 0 if parameters["target"] == "level" else 1
    windows = train_rows - steps - first
    if windows < 1:
        return [Problem("time_steps", f"Windows of {steps} rows do not fit into a train part of {train_rows} rows.")]
    found = []
    if batch > windows:
        why = f"A batch of {batch} is more than the {windows} windows of {steps} rows in the train part."
        found.append(Problem("batch_size", why))
    if parameters["stateful"] and batch > validation_rows:
        why = f"A stateful network judges whole batches, and the validation part has {validation_rows} rows."
        found.append(Problem("batch_size", f"{why} A batch_size of {batch} is more than that."))
    needed = memory_bytes(parameters)
    if needed > MEMORY_LIMIT:
        why = f"This network would need about {needed / 1e9:.0f} GB: fewer units, time_steps or a smaller batch_size."
        found.append(Problem("units_1", why))
    return found


def memory_bytes(parameters: Mapping[str, object]) -> float:
    """A rough estimate of what one training needs: activations kept for the gradient, weights four times over."""
    steps, batch = _number(parameters, "time_steps"), _number(parameters, "batch_size")
    units = [_number(parameters, name) for name in parameters if name.startswith("units_")]
    activations = 4 * batch * steps * sum(12 * size for size in units)
    weights = 16 * sum(4 * size * (size + before) for size, before in zip(units, [16.0, *units], strict=False))
    return activations + weights


def _impossible(parameters: Parameters) -> list[Problem]:
    found = []
    if parameters["stateful"] and parameters["shuffle"]:
        why = "stateful carries the state from one window to the next, so the windows cannot be shuffled."
        found.append(Problem("shuffle", why))
    if parameters["output_activation"] == "sigmoid" and parameters["scaling"] == "standard":
        why = "A sigmoid output lies between 0 and 1, and standard scaling goes below 0: use minmax or linear."
        found.append(Problem("output_activation", why))
    return found


def _canonical(row: Hyperparameter, value: object) -> Value:
    if row.kind == "integer":
        return int(value)  # type: ignore[call-overload, no-any-return]
    if row.kind == "number":
        return float(value)  # type: ignore[arg-type]
    assert isinstance(value, str | bool)
    return value


def _number(parameters: Mapping[str, object], name: str) -> float:
    value = parameters[name]
    assert isinstance(value, int | float)
    return float(value)


def _shown(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return "an infinite value or none at all"
    text = repr(value) if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else f"{text[:57]}…"

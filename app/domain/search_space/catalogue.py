"""The catalogue of hyperparameters: what each is called and means, its bounds and its default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | bool
Kind = Literal["category", "integer", "number", "flag"]

MAX_LAYERS = 3
MAX_DENSE_LAYERS = 2
LARGEST_SHARE = 0.95  # of values a dropout may drop


@dataclass(frozen=True)
class Hyperparameter:
    """One thing a search can vary.

    `log`: its natural scale is logarithmic. `requires`: active only while another is at least so much.
    `widest`: the ends a range may be written with; what lies beyond `low` and `high` is cut off.
    `default`: its value where a stored search space leaves it out or its condition does not hold. `new_default`:
    its value where a new experiment leaves it out, unless that experiment may have the value `new_default_unless`.
    """

    name: str
    label: str
    kind: Kind
    default: Value
    group: str
    help: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    log: bool = False
    requires: tuple[str, int] | None = None
    widest: tuple[float, float] | None = None
    new_default: Value | None = None
    new_default_unless: tuple[str, Value] | None = None


def _whole(
    name: str,
    label: str,
    default: int,
    bounds: tuple[int, int],
    group: str,
    help_text: str,
    *,
    log: bool = True,
    requires: tuple[str, int] | None = None,
) -> Hyperparameter:
    return Hyperparameter(
        name, label, "integer", default, group, help_text, *bounds, log=log, requires=requires
    )


def _category(
    name: str, label: str, choices: tuple[str, ...], default: str, group: str, text: str
) -> Hyperparameter:
    return Hyperparameter(name, label, "category", default, group, text, choices=choices)


def _rate(name: str, label: str, number: int, help_text: str) -> Hyperparameter:
    requires = ("recurrent_layers", number) if number > 1 else None
    bounds = (0.0, LARGEST_SHARE)
    row = (f"{name}_{number}", f"{label} {number}", "number", 0.0, "Network", help_text, *bounds)
    return Hyperparameter(*row, requires=requires, widest=(0.0, 1.0))  # type: ignore[arg-type]


def _layer(number: int) -> list[Hyperparameter]:
    requires = ("recurrent_layers", number) if number > 1 else None
    size = f"Size of recurrent layer {number}: more units learn more, cost more and overfit sooner."
    return [
        _whole(
            f"units_{number}",
            f"Units, layer {number}",
            32 if number == 1 else 16,
            (1, 1024),
            "Network",
            size,
            requires=requires,
        ),
        _rate(
            "dropout",
            "Dropout after layer",
            number,
            f"Share of layer {number}'s outputs dropped while training.",
        ),
        _rate(
            "input_dropout",
            "Input dropout, layer",
            number,
            "Share of the layer's inputs dropped while training.",
        ),
        _rate(
            "recurrent_dropout",
            "Recurrent dropout, layer",
            number,
            "Share of the layer's own state dropped at each step while training; slower than other dropout.",
        ),
    ]


def _dense(number: int) -> Hyperparameter:
    help_text = (
        f"Size of hidden dense layer {number} (relu), between the recurrent layers and the output."
    )
    requires = ("dense_layers", number)
    label = f"Units, dense layer {number}"
    return _whole(
        f"dense_units_{number}", label, 16, (1, 1024), "Network", help_text, requires=requires
    )


def _network() -> list[Hyperparameter]:
    layers = "How many recurrent layers are stacked; start with one."
    dense = "Dense layers before the output layer, which is always there."
    output = (
        "A sigmoid cannot leave 0 to 1, so it cannot follow prices above those of the train part."
    )
    return [
        _category("cell", "Cell", ("lstm", "gru"), "lstm", "Network", "Kind of recurrent layer."),
        _whole(
            "recurrent_layers", "Recurrent layers", 1, (1, MAX_LAYERS), "Network", layers, log=False
        ),
        *[row for number in range(1, MAX_LAYERS + 1) for row in _layer(number)],
        _whole(
            "dense_layers",
            "Hidden dense layers",
            0,
            (0, MAX_DENSE_LAYERS),
            "Network",
            dense,
            log=False,
        ),
        *[_dense(number) for number in range(1, MAX_DENSE_LAYERS + 1)],
        _category(
            "output_activation",
            "Output activation",
            ("linear", "sigmoid"),
            "linear",
            "Network",
            output,
        ),
    ]


def _training() -> list[Hyperparameter]:
    optimizers = "How errors become smaller weights; sgd runs with momentum 0.9 and nesterov."
    patience = "Epochs without a better one after which training ends; 0: never."
    stateful = "Carry the recurrent state from one batch to the next."
    shuffle = "Draw the windows in another order each epoch."
    return [
        _category(
            "optimizer", "Optimizer", ("sgd", "rmsprop", "adam"), "adam", "Training", optimizers
        ),
        Hyperparameter(
            "learning_rate",
            "Learning rate",
            "number",
            0.001,
            "Training",
            "Size of the optimizer's steps; search it on a log scale.",
            1e-8,
            1.0,
            log=True,
            widest=(0.0, 1.0),
        ),
        _whole(
            "batch_size",
            "Batch size",
            32,
            (1, 4096),
            "Training",
            "Windows per step of the optimizer.",
        ),
        _whole(
            "epochs", "Epochs", 20, (1, 10_000), "Training", "Passes over the train part, at most."
        ),
        _whole("patience", "Patience", 0, (0, 10_000), "Training", patience, log=False),
        Hyperparameter("stateful", "Stateful", "flag", False, "Training", stateful),
        Hyperparameter(
            "shuffle",
            "Shuffle",
            "flag",
            False,
            "Training",
            shuffle,
            new_default=True,
            new_default_unless=("stateful", True),
        ),
    ]


def _data() -> list[Hyperparameter]:
    target = "What is predicted: the value itself, its change, or its change in logarithms."
    scaling = "Scaler, fitted on the train part: to 0 to 1, or to mean 0 and deviation 1."
    return [
        _whole("time_steps", "Time steps", 30, (1, 1000), "Data", "Rows the network looks back."),
        _category(
            "target", "Target", ("level", "difference", "log_return"), "difference", "Data", target
        ),
        Hyperparameter(
            "scaling",
            "Scaling",
            "category",
            "minmax",
            "Data",
            scaling,
            choices=("minmax", "standard"),
            new_default="standard",
            new_default_unless=("output_activation", "sigmoid"),
        ),
    ]


Catalogue = Mapping[str, Hyperparameter]
CATALOGUE: Catalogue = {row.name: row for row in [*_network(), *_training(), *_data()]}

"""The catalogue of hyperparameters: what each is called and means, its bounds and its default."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | bool
Kind = Literal["category", "integer", "number", "flag"]

MAX_RECURRENT_LAYERS = 3
MAX_DENSE_LAYERS = 2
MAX_DROPOUT = 0.95


@dataclass(frozen=True)
class Hyperparameter:
    """One thing that a search can vary.

    `low` and `high` are both included. `written_bounds`: the bounds that a range may be written
    with, where they are wider; what lies beyond `low` and `high` is cut off.
    `log`: its natural scale is logarithmic.
    `requires`: another hyperparameter and a number; active only while the other is at least that.
    `default`: its value where a stored search space leaves it out or its condition does not hold.
    `new_default`: its value where a new experiment leaves it out, unless that experiment may have
    the value `new_default_unless`, a hyperparameter and one of its values.
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
    written_bounds: tuple[float, float] | None = None
    new_default: Value | None = None
    new_default_unless: tuple[str, Value] | None = None


Catalogue = Mapping[str, Hyperparameter]


def _integer(
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
    low, high = bounds
    return Hyperparameter(
        name,
        label,
        "integer",
        default,
        group,
        help_text,
        low=low,
        high=high,
        log=log,
        requires=requires,
    )


def _category(
    name: str, label: str, choices: tuple[str, ...], default: str, group: str, help_text: str
) -> Hyperparameter:
    return Hyperparameter(name, label, "category", default, group, help_text, choices=choices)


def _dropout(name: str, label: str, layer: int, help_text: str) -> Hyperparameter:
    return Hyperparameter(
        f"{name}_{layer}",
        f"{label} {layer}",
        "number",
        0.0,
        "Network",
        help_text,
        low=0.0,
        high=MAX_DROPOUT,
        requires=_required_by_layer(layer),
        written_bounds=(0.0, 1.0),
    )


def _required_by_layer(layer: int) -> tuple[str, int] | None:
    """What the hyperparameters of a recurrent layer require; the first layer is always there."""
    if layer == 1:
        return None
    return "recurrent_layers", layer


def _recurrent_layer(layer: int) -> list[Hyperparameter]:
    return [
        _integer(
            f"units_{layer}",
            f"Units, layer {layer}",
            32 if layer == 1 else 16,
            (1, 1024),
            "Network",
            f"Size of recurrent layer {layer}: more units learn more, cost more, overfit sooner.",
            requires=_required_by_layer(layer),
        ),
        _dropout(
            "dropout",
            "Dropout after layer",
            layer,
            f"Fraction of layer {layer}'s outputs dropped during training.",
        ),
        _dropout(
            "input_dropout",
            "Input dropout, layer",
            layer,
            "Fraction of the layer's inputs dropped during training.",
        ),
        _dropout(
            "recurrent_dropout",
            "Recurrent dropout, layer",
            layer,
            "Fraction of the layer's recurrent state dropped at each step during training; "
            "slower than other dropout.",
        ),
    ]


def _dense_layer(layer: int) -> Hyperparameter:
    return _integer(
        f"dense_units_{layer}",
        f"Units, dense layer {layer}",
        16,
        (1, 1024),
        "Network",
        f"Size of hidden dense layer {layer} (relu), between the recurrent layers and the output.",
        requires=("dense_layers", layer),
    )


def _network_hyperparameters() -> list[Hyperparameter]:
    rows = [
        _category("cell", "Cell", ("lstm", "gru"), "lstm", "Network", "Kind of recurrent layer."),
        _integer(
            "recurrent_layers",
            "Recurrent layers",
            1,
            (1, MAX_RECURRENT_LAYERS),
            "Network",
            "How many recurrent layers are stacked; start with one.",
            log=False,
        ),
    ]
    for layer in range(1, MAX_RECURRENT_LAYERS + 1):
        rows += _recurrent_layer(layer)
    rows.append(
        _integer(
            "dense_layers",
            "Hidden dense layers",
            0,
            (0, MAX_DENSE_LAYERS),
            "Network",
            "Dense layers before the output layer, which is always there.",
            log=False,
        )
    )
    for layer in range(1, MAX_DENSE_LAYERS + 1):
        rows.append(_dense_layer(layer))
    rows.append(
        _category(
            "output_activation",
            "Output activation",
            ("linear", "sigmoid"),
            "linear",
            "Network",
            "A sigmoid cannot leave the range from 0 to 1, so it cannot follow prices above those "
            "of the train part.",
        )
    )
    return rows


def _optimizer_hyperparameters() -> list[Hyperparameter]:
    return [
        _category(
            "optimizer",
            "Optimizer",
            ("sgd", "rmsprop", "adam"),
            "adam",
            "Training",
            "How gradients change the weights; sgd runs with momentum 0.9 and nesterov.",
        ),
        Hyperparameter(
            "learning_rate",
            "Learning rate",
            "number",
            0.001,
            "Training",
            "Size of the optimizer's steps; search it on a log scale.",
            low=1e-8,
            high=1.0,
            log=True,
            written_bounds=(0.0, 1.0),
        ),
        _integer(
            "batch_size",
            "Batch size",
            32,
            (1, 4096),
            "Training",
            "Windows per step of the optimizer.",
        ),
    ]


def _training_hyperparameters() -> list[Hyperparameter]:
    return [
        _integer(
            "epochs", "Epochs", 20, (1, 10_000), "Training", "Passes over the train part, at most."
        ),
        _integer(
            "patience",
            "Patience",
            0,
            (0, 10_000),
            "Training",
            "Training ends after this many epochs without improvement; 0: never.",
            log=False,
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
            "shuffle",
            "Shuffle",
            "flag",
            False,
            "Training",
            "Draw the windows in another order each epoch.",
            new_default=True,
            new_default_unless=("stateful", True),
        ),
    ]


def _data_hyperparameters() -> list[Hyperparameter]:
    return [
        _integer(
            "time_steps",
            "Time steps",
            30,
            (1, 1000),
            "Data",
            "How many rows the network looks back.",
        ),
        _category(
            "target",
            "Target",
            ("level", "difference", "log_return"),
            "difference",
            "Data",
            "What is predicted: the value itself, its change, or the change of its logarithm.",
        ),
        Hyperparameter(
            "scaling",
            "Scaling",
            "category",
            "minmax",
            "Data",
            "Scaler, fitted on the train part: to the range from 0 to 1, or to mean 0 and "
            "standard deviation 1.",
            choices=("minmax", "standard"),
            new_default="standard",
            new_default_unless=("output_activation", "sigmoid"),
        ),
    ]


CATALOGUE: Catalogue = {
    row.name: row
    for row in (
        *_network_hyperparameters(),
        *_optimizer_hyperparameters(),
        *_training_hyperparameters(),
        *_data_hyperparameters(),
    )
}

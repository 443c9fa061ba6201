"""The catalogue of hyperparameters: what each is called and means, its bounds and its default."""

from app.domain.search_space.hyperparameter import (
    Catalogue,
    Hyperparameter,
    Kind,
    Value,
    category_row,
    integer_row,
)

__all__ = ["CATALOGUE", "Catalogue", "Hyperparameter", "Kind", "Value"]

MAX_RECURRENT_LAYERS = 3
MAX_DENSE_LAYERS = 2
MAX_DROPOUT = 0.95
CELL = category_row("cell", "Cell", ("lstm", "gru"), "lstm", "Network", "Kind of recurrent layer.")


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
        integer_row(
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
    return integer_row(
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
        CELL,
        integer_row(
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
        integer_row(
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
        category_row(
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
        category_row(
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
        integer_row(
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
        integer_row(
            "epochs", "Epochs", 20, (1, 10_000), "Training", "Passes over the train part, at most."
        ),
        integer_row(
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
        integer_row(
            "time_steps",
            "Time steps",
            30,
            (1, 1000),
            "Data",
            "How many rows the network looks back.",
        ),
        category_row(
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


def _extra_inputs() -> list[Hyperparameter]:
    return [
        category_row(
            "calendar",
            "Calendar",
            ("none", "cyclic"),
            "none",
            "Data",
            "Also tell the network when the predicted row is: sine and cosine of the hour, the "
            "weekday and the day of the year, as far as the dates tell them apart.",
        ),
        category_row(
            "season_lags",
            "Season lags",
            ("none", "season"),
            "none",
            "Data",
            "Also tell the network the value one season before the predicted row, for each season "
            "of the dataset.",
        ),
    ]


CATALOGUE: Catalogue = {
    row.name: row
    for row in (
        *_network_hyperparameters(),
        *_optimizer_hyperparameters(),
        *_training_hyperparameters(),
        *_data_hyperparameters(),
        *_extra_inputs(),
    )
}

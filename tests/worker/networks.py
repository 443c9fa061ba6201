"""Tiny series, parameters and the stock `model.fit` that the engine is compared with."""

from typing import Any

import numpy as np

from app.domain.terms import Part
from worker.engines.optimizers import keras_optimizer
from worker.network import build, initial_weights
from worker.windows import Prepared, prepare

PARTS = {Part.TRAIN: range(0, 160), Part.VALIDATION: range(160, 205), Part.TEST: range(205, 240)}
PER_LAYER = {"units": 6, "dropout": 0.0, "input_dropout": 0.0, "recurrent_dropout": 0.0}


def parameters(**changes: Any) -> dict[str, Any]:
    """A tiny network, changed here and there; what a layer lacks is filled in."""
    values: dict[str, Any] = {
        "cell": "lstm", "recurrent_layers": 1, "dense_layers": 0, "optimizer": "rmsprop", "learning_rate": 0.01,
        "batch_size": 8, "time_steps": 5, "epochs": 3, "patience": 0, "stateful": False, "shuffle": False,
        "target": "level", "output_activation": "linear", "scaling": "minmax",
    } | changes  # fmt: skip
    for layer in range(1, values["recurrent_layers"] + 1):
        values = {f"{name}_{layer}": default for name, default in PER_LAYER.items()} | values
    for layer in range(1, values["dense_layers"] + 1):
        values.setdefault(f"dense_units_{layer}", 4)
    return values


def series(rows: int = 240) -> np.ndarray:
    """Three columns: a noisy wave well above zero, its neighbour, and one that crosses zero."""
    generator = np.random.default_rng(7)
    wave = 20 + 5 * np.sin(np.arange(rows) / 9) + generator.normal(0, 0.4, rows)
    return np.column_stack(
        [wave, wave * 2 + generator.normal(0, 0.2, rows), generator.normal(0, 1, rows)]
    )


def prepared(values: dict[str, Any]) -> Prepared:
    """The tiny series seen through parameters."""
    return prepare(series(), 0, values, PARTS, ("close", "open", "noise"))


def windows_of(data: Prepared, rows: np.ndarray, time_steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Windows (rows, time, features) and targets as one would cut them by hand."""
    return np.stack([data.inputs[row - time_steps : row] for row in rows]), data.targets[rows]


def fit_with_keras(
    values: dict[str, Any], data: Prepared, seed: int, epochs: int
) -> dict[str, list[float]]:
    """Losses of stock layers under `model.fit`, from the same weights over the same windows."""
    batch, stateful = values["batch_size"], values["stateful"]
    validation = (
        data.validation[: len(data.validation) // batch * batch] if stateful else data.validation
    )
    model = build(values, data.inputs.shape[1], batch_size=batch)
    model.set_weights(initial_weights(values, data.inputs.shape[1], seed))
    model.compile(
        loss="mse", optimizer=keras_optimizer(values["optimizer"], values["learning_rate"])
    )
    x, y = windows_of(data, data.train, values["time_steps"])
    judged = windows_of(data, validation, values["time_steps"])
    return model.fit(
        x,
        y,
        batch_size=batch,
        epochs=epochs,
        shuffle=False,
        validation_data=judged,
        validation_batch_size=batch,
        verbose=0,
    ).history

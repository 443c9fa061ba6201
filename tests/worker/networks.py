"""A tiny series, tiny networks, and stock `model.fit`, which engines are compared with."""

from typing import Any

import numpy as np

from app.domain.terms import Part
from worker.engines.optimizers import keras_optimizer
from worker.network import NetworkConfig, build_model, initial_weights
from worker.training import Training
from worker.windows import PreparedData, WindowConfig, prepare, whole_batches

PARTS = {Part.TRAIN: range(0, 160), Part.VALIDATION: range(160, 205), Part.TEST: range(205, 240)}
HOURS = np.datetime64("2024-01-01T00", "us") + np.arange(1000) * np.timedelta64(1, "h")
SEASONS = (24.0,)
COLUMNS = ("close", "open", "noise")
PER_LAYER = {"units": 6, "dropout": 0.0, "input_dropout": 0.0, "recurrent_dropout": 0.0}
TINY_NETWORK: dict[str, Any] = {
    "cell": "lstm",
    "recurrent_layers": 1,
    "dense_layers": 0,
    "optimizer": "rmsprop",
    "learning_rate": 0.01,
    "batch_size": 8,
    "time_steps": 5,
    "epochs": 3,
    "patience": 0,
    "stateful": False,
    "shuffle": False,
    "target": "level",
    "output_activation": "linear",
    "scaling": "minmax",
}


def tiny_parameters(**changes: Any) -> dict[str, Any]:
    """A tiny network with these changes. What its layers lack is filled in."""
    values = TINY_NETWORK | changes
    for layer in range(1, values["recurrent_layers"] + 1):
        for name, default in PER_LAYER.items():
            values.setdefault(f"{name}_{layer}", default)
    for layer in range(1, values["dense_layers"] + 1):
        values.setdefault(f"dense_units_{layer}", 4)
    return values


def tiny_config(horizon: int = 1, **changes: Any) -> NetworkConfig:
    """The configuration of a tiny network with these changes."""
    return NetworkConfig.from_parameters(tiny_parameters(**changes), horizon)


def tiny_series(rows: int = 240) -> np.ndarray:
    """Three columns: a noisy wave well above zero, its neighbour, and one that crosses zero."""
    generator = np.random.default_rng(7)
    wave = 20 + 5 * np.sin(np.arange(rows) / 9) + generator.normal(0, 0.4, rows)
    neighbour = wave * 2 + generator.normal(0, 0.2, rows)
    noise = generator.normal(0, 1, rows)
    return np.column_stack([wave, neighbour, noise])


def tiny_data(**changes: Any) -> PreparedData:
    """The tiny series as the network with these changes sees it."""
    return prepare_tiny(tiny_series(), **changes)


def prepare_tiny(series: np.ndarray, horizon: int = 1, **changes: Any) -> PreparedData:
    """A series shaped like the tiny one as the network with these changes sees it."""
    config = WindowConfig.from_parameters(tiny_parameters(**changes), horizon)
    dates = HOURS[: len(series)]
    return prepare(series, 0, config, PARTS, COLUMNS, dates=dates, season_lengths=SEASONS)


def tiny_training(seed: int, horizon: int = 1, **changes: Any) -> Training:
    """A training of a tiny network with these changes on the tiny series."""
    config = tiny_config(horizon, **changes)
    return Training(config, tiny_data(horizon=horizon, **changes), seed)


def run_epochs(training: Training, epochs: int) -> np.ndarray:
    """Train loss, validation loss and objective of each epoch, (epochs, 3)."""
    results = [training.run_epoch() for _ in range(epochs)]
    return np.array([[result.train_loss, result.val_loss, result.objective] for result in results])


def cut_windows(
    data: PreparedData, rows: np.ndarray, time_steps: int
) -> tuple[np.ndarray, np.ndarray]:
    """Windows (rows, time, features) and targets (rows, horizon), cut one by one."""
    windows = np.stack([data.inputs[row - time_steps : row] for row in rows])
    return windows, data.targets[rows]


def fit_with_keras(
    config: NetworkConfig, data: PreparedData, seed: int, epochs: int
) -> dict[str, list[float]]:
    """Losses of stock layers under `model.fit`, from the same weights over the same windows."""
    features = data.inputs.shape[1]
    model = build_model(config, features, keep_states=True)
    model.set_weights(initial_weights(config, features, seed))
    optimizer = keras_optimizer(config.optimizer, config.learning_rate)
    model.compile(loss="mse", optimizer=optimizer)
    validation_rows = data.validation
    if config.stateful:
        validation_rows = whole_batches(validation_rows, config.batch_size)
    x, y = cut_windows(data, data.train, config.time_steps)
    return model.fit(
        x,
        y,
        batch_size=config.batch_size,
        epochs=epochs,
        shuffle=False,
        validation_data=cut_windows(data, validation_rows, config.time_steps),
        validation_batch_size=config.batch_size,
        verbose=0,
    ).history

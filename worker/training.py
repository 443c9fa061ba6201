"""A training: any number of epochs of one network on one dataset, resumable after each."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from app.domain.search_space.parameters import with_defaults
from app.domain.terms import Part
from worker import hardware, serialization
from worker.engines.native.precompile import compile_once
from worker.engines.selection import choose_engine
from worker.engines.state import EngineState
from worker.hardware import configure_threads
from worker.network import NetworkConfig
from worker.windows import ForecastErrors, PreparedData, WindowConfig, prepare, whole_batches

__all__ = [
    "EpochResult",
    "Training",
    "TrainingOver",
    "TrainingProtocol",
    "configure_threads",
    "warm_up",
]


class TrainingOver(Exception):
    """There is no further epoch: the program that trains has ended by itself."""


@dataclass(frozen=True)
class EpochResult:
    """One epoch. NaN means that the training diverged."""

    number: int
    train_loss: float  # mean squared error in scaled units
    val_loss: float  # mean squared error in scaled units
    objective: float  # root mean squared error in CSV units
    mae: float  # mean absolute error in CSV units
    seconds: float


class TrainingProtocol(Protocol):
    """A training as a run drives it: the built-in network's, or a custom model's."""

    engine: str
    engine_reason: str

    def run_epoch(self) -> EpochResult:
        """Train one epoch and validate. Raises TrainingOver where there is no further one."""

    def weights(self) -> list[np.ndarray]:
        """The present weights."""

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts for these rows in CSV units."""

    def pack_model(self, weights: Sequence[np.ndarray]) -> bytes:
        """The network with these weights, as a trial keeps it."""

    def checkpoint(self) -> bytes | None:
        """All that the next epoch depends on; None where it cannot be kept."""

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint."""

    def close(self) -> None:
        """Free memory."""


class Training:
    """The built-in network being trained. When to stop is the caller's decision."""

    def __init__(self, config: NetworkConfig, data: PreparedData, seed: int) -> None:
        choice = choose_engine(
            config,
            gpus=hardware.count_gpus(),
            has_compiler=hardware.has_compiler(),
        )
        self.config = config
        self.data = data
        self.seed = seed
        self.engine = choice.engine.name
        self.engine_reason = choice.reason
        self.epochs = 0
        self._engine = choice.engine.create(config, data, seed)

    def run_epoch(self) -> EpochResult:
        """Train one epoch and validate on every row of the validation part."""
        started_at = time.perf_counter()
        train_loss = self._engine.train_epoch(self._order_rows())
        self.epochs += 1
        errors = self._validate()
        return EpochResult(
            number=self.epochs,
            train_loss=train_loss,
            val_loss=errors.mse,
            objective=errors.rmse,
            mae=errors.mae,
            seconds=time.perf_counter() - started_at,
        )

    def _order_rows(self) -> np.ndarray:
        """The rows of the next epoch, whole batches; shuffled by the seed and the epoch alone."""
        rows = self.data.train
        if self.config.shuffle:
            seeds = [self.seed, 1, self.epochs]
            generator = np.random.default_rng(seeds)
            rows = generator.permutation(rows)
        return whole_batches(rows, self.config.batch_size)

    def _validate(self) -> ForecastErrors:
        """Errors on the validation part. A stateful network's loss is that of `model.fit`."""
        rows = self.data.validation
        outputs = self._engine.predict(rows)
        errors = self.data.measure_errors(outputs, rows)
        if not self.config.stateful:
            return errors
        batched_rows = whole_batches(rows, self.config.batch_size)
        if not len(batched_rows):
            return errors
        stateful_loss = self._engine.evaluate_stateful(batched_rows)
        return replace(errors, mse=stateful_loss)

    def weights(self) -> list[np.ndarray]:
        """The present weights, in Keras' order."""
        return self._engine.weights()

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts from these origins in CSV units, float64 (rows, horizon), from fresh states."""
        row_numbers = np.asarray(rows, np.int32)
        outputs = self._engine.predict(row_numbers, weights)
        return self.data.invert(outputs, rows)

    def pack_model(self, weights: Sequence[np.ndarray]) -> bytes:
        """The network with these weights, as a trial keeps it."""
        return serialization.pack_weights(weights)

    def checkpoint(self) -> bytes:
        """All that the next epoch depends on: 10 epochs, this, and 10 more equal 20 epochs."""
        epochs = np.array(self.epochs)
        state = self._engine.state()
        arrays = {"number": epochs}
        arrays |= state.to_arrays()
        return serialization.pack(arrays)

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint of a training of the same network, data and seed."""
        arrays = serialization.unpack(data)
        state = EngineState.from_arrays(arrays)
        self._engine.load_state(state)
        self.epochs = int(arrays["number"])

    def close(self) -> None:
        """Free what the engine holds. The training is over."""
        self._engine.close()


def warm_up() -> None:
    """Load the native code, or compile it the first time, before a trial has to wait for it."""
    if hardware.count_gpus() or not hardware.has_compiler():
        return
    compile_once()
    train_tiny_networks()


def train_tiny_networks() -> None:
    """Train an epoch of a tiny network of each kind, so that all native functions are loaded."""
    parts = {
        Part.TRAIN: range(12),
        Part.VALIDATION: range(12, 16),
        Part.TEST: range(16, 20),
    }
    generator = np.random.default_rng(0)
    values = generator.random((20, 2))
    tiny = {
        "recurrent_layers": 2,
        "units_1": 2,
        "units_2": 2,
        "time_steps": 2,
        "batch_size": 2,
        "dropout_1": 0.5,
    }
    for cell, optimizer in (("lstm", "sgd"), ("lstm", "adam"), ("gru", "rmsprop")):
        parameters = with_defaults({**tiny, "cell": cell, "optimizer": optimizer})
        windows = WindowConfig.from_parameters(parameters)
        network = NetworkConfig.from_parameters(parameters)
        data = prepare(
            values,
            target_index=0,
            config=windows,
            parts=parts,
            columns=("a", "b"),
        )
        training = Training(network, data, seed=0)
        training.run_epoch()

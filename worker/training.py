"""A training: an endless stream of epochs of one network on one prepared dataset, resumable at any of them."""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from app.domain.search_space.parameters import with_defaults
from app.domain.terms import Part
from worker import hardware, network, serialization
from worker.engines.native.precompile import compile_apart
from worker.engines.state import EngineState
from worker.hardware import configure_threads, trace_count
from worker.network import Parameters
from worker.windows import Prepared, prepare

__all__ = [
    "EpochResult",
    "Fitting",
    "Training",
    "TrainingOver",
    "configure_threads",
    "trace_count",
    "warm_up",
]


class Engine(Protocol):
    """What computes: rows are int32 row numbers, weights are in Keras' order."""

    def train(self, rows: np.ndarray) -> float:
        """One epoch over whole batches of these rows; the mean training loss."""

    def carry_through(self, rows: np.ndarray) -> float:
        """The loss over these rows, states carried on (stateful networks)."""

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Network outputs (rows,), states fresh."""

    def weights(self) -> list[np.ndarray]:
        """The present weights."""

    def state(self) -> EngineState:
        """All that the next epoch depends on."""

    def load(self, state: EngineState) -> None:
        """The inverse of `state`."""

    def close(self) -> None:
        """Free memory."""


def native_engine(parameters: Parameters, prepared: Prepared, seed: int) -> Engine:
    """Numba; imported here because the others cost seconds to import and may not be needed."""
    from worker.engines.native.engine import NativeEngine

    return NativeEngine(parameters, prepared, seed)


def fused_engine(parameters: Parameters, prepared: Prepared, seed: int) -> Engine:
    """TensorFlow's fused kernels."""
    from worker.engines.fused.engine import FusedEngine

    return FusedEngine(parameters, prepared, seed)


def keras_engine(parameters: Parameters, prepared: Prepared, seed: int) -> Engine:
    """Stock Keras."""
    from worker.engines.keras import KerasEngine

    return KerasEngine(parameters, prepared, seed)


ENGINES: dict[str, Callable[[Parameters, Prepared, int], Engine]] = {
    "native": native_engine,
    "fused": fused_engine,
    "keras": keras_engine,
}


class TrainingOver(Exception):
    """There will be no further epoch: what is trained has ended by itself."""


@dataclass(frozen=True)
class EpochResult:
    """One epoch; losses are mean squared errors in scaled units, the objective is in CSV units. NaN: diverged."""

    number: int
    train_loss: float
    val_loss: float
    objective: float
    seconds: float


class Fitting(Protocol):
    """A network being fitted, epoch by epoch, as a run drives it."""

    engine: str
    engine_reason: str

    def run_epoch(self) -> EpochResult:
        """Train one epoch and judge it. Raises TrainingOver where there is no further one."""

    def weights(self) -> list[np.ndarray]:
        """The present weights."""

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts for these rows in CSV units."""

    def packed(self, weights: Sequence[np.ndarray]) -> bytes:
        """The network with these weights as a trial keeps it."""

    def checkpoint(self) -> bytes | None:
        """Everything the next epoch depends on; None where it cannot be kept."""

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint."""

    def close(self) -> None:
        """Free memory."""


class Training:
    """One network being fitted. It knows nothing of `epochs` and `patience`: whoever reads it decides when to stop."""

    def __init__(self, parameters: Parameters, prepared: Prepared, seed: int) -> None:
        self.parameters, self.prepared, self.seed = parameters, prepared, seed
        self.engine, self.engine_reason = network.which_engine(
            parameters, hardware.gpus(), hardware.has_compiler()
        )
        self.number = 0
        self._engine = ENGINES[self.engine](parameters, prepared, seed)

    def run_epoch(self) -> EpochResult:
        """Train one epoch and judge it on every validation row."""
        started = time.perf_counter()
        train_loss = self._engine.train(self._order())
        self.number += 1
        val_loss, objective = self._validate()
        return EpochResult(
            self.number, train_loss, val_loss, objective, time.perf_counter() - started
        )

    def _order(self) -> np.ndarray:
        """The rows of the next epoch in order, whole batches; a shuffle depends on the seed and the epoch alone."""
        rows = self.prepared.train
        if self.parameters["shuffle"]:
            rows = np.random.default_rng([self.seed, 1, self.number]).permutation(rows)
        return self._whole_batches(rows)

    def _whole_batches(self, rows: np.ndarray) -> np.ndarray:
        batch_size = int(self.parameters["batch_size"])
        return rows[: len(rows) // batch_size * batch_size]

    def _validate(self) -> tuple[float, float]:
        """The loss as `model.fit` reports it, and the root mean squared error in CSV units."""
        rows = self.prepared.validation
        loss, objective = self.prepared.judged(self._engine.predict(rows), rows)
        carried = self._whole_batches(rows)
        if self.parameters["stateful"] and len(carried):
            loss = self._engine.carry_through(carried)
        return loss, objective

    def weights(self) -> list[np.ndarray]:
        """The present weights, as network.plain_model takes them."""
        return self._engine.weights()

    def predict(self, weights: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
        """Forecasts for these rows in CSV units, float64 (rows,); every window starts from a fresh state."""
        return self.prepared.invert(self._engine.predict(np.asarray(rows, np.int32), weights), rows)

    def packed(self, weights: Sequence[np.ndarray]) -> bytes:
        """The network with these weights as a trial keeps it."""
        return serialization.pack_weights(weights)

    def checkpoint(self) -> bytes:
        """Everything the next epoch depends on, as npz: 10 epochs, this, and 10 more are 20 epochs."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            allow_pickle=False,
            number=np.array(self.number),
            **self._engine.state().arrays(),
        )
        return buffer.getvalue()

    def restore(self, data: bytes) -> None:
        """Go on from a checkpoint of a training with the same parameters, data and seed."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            self._engine.load(EngineState.from_arrays(arrays))
            self.number = int(arrays["number"])

    def close(self) -> None:
        """Free what the engine holds. The training is over."""
        self._engine.close()


def warm_up() -> None:
    """Load the native code, or compile it if this is the first time here, while nobody waits for a trial."""
    if hardware.gpus() or not hardware.has_compiler():
        return
    compile_apart()
    run_each_kind()


def run_each_kind() -> None:
    """An epoch of a tiny network of each kind: everything native is loaded then, or compiled."""
    parts = {Part.TRAIN: range(12), Part.VALIDATION: range(12, 16), Part.TEST: range(16, 20)}
    layers = {
        "recurrent_layers": 2,
        "units_1": 2,
        "units_2": 2,
        "time_steps": 2,
        "batch_size": 2,
        "dropout_1": 0.5,
    }
    for cell, optimizer in (("lstm", "sgd"), ("lstm", "adam"), ("gru", "rmsprop")):
        parameters = with_defaults({**layers, "cell": cell, "optimizer": optimizer})
        values = np.random.default_rng(0).random((20, 2))
        Training(parameters, prepare(values, 0, parameters, parts, ("a", "b")), 0).run_epoch()

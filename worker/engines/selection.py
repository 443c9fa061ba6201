"""The engines, what each of them supports, and which of them trains a network on this machine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from worker.engines.state import EngineState
from worker.network import Cell, NetworkConfig
from worker.windows import PreparedData


class Engine(Protocol):
    """Computes one network. Rows are int32 row numbers, weights are in Keras' order."""

    def train_epoch(self, rows: np.ndarray) -> float:
        """Train on whole batches of these rows, in this order; the mean training loss."""

    def evaluate_stateful(self, rows: np.ndarray) -> float:
        """The loss over whole batches of these rows.

        States are carried on from training and from batch to batch, as `model.fit` does it when it
        validates a stateful network.
        """

    def predict(self, rows: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs, float32 (rows, horizon), from fresh states; weights None: the present."""

    def weights(self) -> list[np.ndarray]:
        """The present weights."""

    def state(self) -> EngineState:
        """All that the next epoch depends on."""

    def load_state(self, state: EngineState) -> None:
        """Go on from a state, which may be another engine's."""

    def close(self) -> None:
        """Free memory."""


# Each step of a GPU takes 0.05 to 0.08 ms, however little it multiplies. An H100 was faster than
# one core from 800,000 multiplications on, and slower at 524,000: tests/benchmarks/README.md, GPU.
MIN_GPU_STEP = 700_000

EngineFactory = Callable[[NetworkConfig, PreparedData, int], Engine]


def create_native_engine(config: NetworkConfig, data: PreparedData, seed: int) -> Engine:
    """Numba. Each engine is imported when it is needed, because the imports cost seconds."""
    from worker.engines.native.engine import NativeEngine

    return NativeEngine(config, data, seed)


def create_fused_engine(config: NetworkConfig, data: PreparedData, seed: int) -> Engine:
    """TensorFlow's fused kernels."""
    from worker.engines.fused.engine import FusedEngine

    return FusedEngine(config, data, seed)


def create_keras_engine(config: NetworkConfig, data: PreparedData, seed: int) -> Engine:
    """Stock Keras layers."""
    from worker.engines.keras import KerasEngine

    return KerasEngine(config, data, seed)


@dataclass(frozen=True)
class EngineInfo:
    """An engine by name, and which networks it can train."""

    name: str
    create: EngineFactory
    cells: frozenset[Cell] = frozenset(Cell)
    has_recurrent_dropout: bool = True

    def supports(self, config: NetworkConfig) -> bool:
        """Whether it can train this network."""
        if config.has_recurrent_dropout and not self.has_recurrent_dropout:
            return False
        return config.cell in self.cells


NATIVE = EngineInfo("native", create_native_engine)
FUSED = EngineInfo(
    "fused", create_fused_engine, cells=frozenset({Cell.LSTM}), has_recurrent_dropout=False
)
KERAS = EngineInfo("keras", create_keras_engine)
ENGINES = {engine.name: engine for engine in (NATIVE, FUSED, KERAS)}


@dataclass(frozen=True)
class EngineChoice:
    """The engine of a training, and why it is the one, in one sentence."""

    engine: EngineInfo
    reason: str


def largest_step(config: NetworkConfig) -> int:
    """Multiplications by which the largest layer takes a batch one time step further."""
    largest_layer = max(layer.units for layer in config.recurrent_layers)
    return config.batch_size * config.cell.gates * largest_layer**2


def choose_engine(config: NetworkConfig, *, gpus: int, has_compiler: bool) -> EngineChoice:
    """The fastest engine for this network on a machine with so many GPUs, with Numba or without."""
    if gpus and has_compiler and largest_step(config) < MIN_GPU_STEP:
        return EngineChoice(
            NATIVE, "This network is small: native code on one core trains it faster than a GPU."
        )
    if gpus:
        return EngineChoice(
            KERAS, "This machine has a GPU, so stock Keras trains with its cuDNN kernels."
        )
    if has_compiler:
        return EngineChoice(
            NATIVE,
            "This machine has no GPU, so native code trains: "
            "the numbers of Keras, several times as fast.",
        )
    if FUSED.supports(config):
        return EngineChoice(
            FUSED, "Numba is missing, so the LSTM runs on TensorFlow's fused CPU kernel."
        )
    return EngineChoice(
        KERAS,
        "Numba is missing, and the fused CPU kernel supports "
        "neither GRU cells nor recurrent dropout.",
    )

"""Arrays as bytes: NumPy's npz, never a pickle."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Arrays = list[np.ndarray]


class ModelNotSerializable(Exception):
    """Keras cannot save a custom model; why, in words."""


@dataclass(frozen=True)
class BestEpoch:
    """The best epoch so far, the objective that says so, and the weights after it."""

    monitor: str
    epoch: int
    weights: Arrays


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Named arrays as one npz. Raises ValueError for arrays of Python objects."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of an npz. Raises ValueError for anything else."""
    buffer = io.BytesIO(data)
    arrays = {}
    with np.load(buffer, allow_pickle=False) as stored:
        for name in stored.files:
            arrays[name] = stored[name]
    return arrays


def enumerate_arrays(prefix: str, arrays: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """A list of up to 1,000 arrays under names that sort: `prefix_000`, `prefix_001` and so on."""
    named = {}
    for index, array in enumerate(arrays):
        name = f"{prefix}_{index:03}"
        named[name] = np.asarray(array)
    return named


def select_arrays(prefix: str, arrays: Mapping[str, np.ndarray]) -> Arrays:
    """The list that `enumerate_arrays` made, out of named arrays."""
    selected = []
    for name in sorted(arrays):
        if name.startswith(f"{prefix}_"):
            selected.append(arrays[name])
    return selected


def pack_weights(weights: Sequence[np.ndarray]) -> bytes:
    """A list of arrays, in order."""
    arrays = enumerate_arrays("weight", weights)
    return pack(arrays)


def unpack_weights(data: bytes) -> Arrays:
    """The inverse of `pack_weights`. Raises ValueError for anything that is not an npz."""
    arrays = unpack(data)
    return select_arrays("weight", arrays)


def pack_checkpoint(training: bytes, best: BestEpoch | None) -> bytes:
    """The state of a training and its best epoch so far."""
    arrays = {"training": np.frombuffer(training, np.uint8)}
    if best is not None:
        best_weights = pack_weights(best.weights)
        arrays["monitor"] = np.array(best.monitor)
        arrays["epoch"] = np.array(best.epoch)
        arrays["best"] = np.frombuffer(best_weights, np.uint8)
    return pack(arrays)


def unpack_checkpoint(data: bytes) -> tuple[bytes, BestEpoch | None]:
    """The inverse of `pack_checkpoint`. Raises ValueError for anything that is not an npz."""
    arrays = unpack(data)
    training = arrays["training"].tobytes()
    if "best" not in arrays:
        return training, None
    best = BestEpoch(
        monitor=str(arrays["monitor"]),
        epoch=int(arrays["epoch"]),
        weights=unpack_weights(arrays["best"].tobytes()),
    )
    return training, best

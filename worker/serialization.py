"""Arrays as bytes: NumPy's npz, never a pickle."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Best:
    """The best epoch so far, by which objective, and its weights."""

    monitor: str
    epoch: int
    weights: list[np.ndarray]


def pack(arrays: Mapping[str, np.ndarray]) -> bytes:
    """Named arrays as one npz."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """The arrays of an npz. Raises ValueError for anything else."""
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def pack_weights(weights: Sequence[np.ndarray]) -> bytes:
    """A list of arrays, order kept."""
    return pack({f"weight_{place:03}": np.asarray(array) for place, array in enumerate(weights)})


def unpack_weights(data: bytes) -> list[np.ndarray]:
    """The list of arrays again."""
    arrays = unpack(data)
    return [arrays[name] for name in sorted(arrays) if name.startswith("weight_")]


def pack_checkpoint(training: bytes, best: Best | None) -> bytes:
    """The state of a training and the best epoch so far."""
    arrays = {"training": np.frombuffer(training, np.uint8)}
    if best is not None:
        arrays |= {"monitor": np.array(best.monitor), "epoch": np.array(best.epoch)}
        arrays["best"] = np.frombuffer(pack_weights(best.weights), np.uint8)
    return pack(arrays)


def unpack_checkpoint(data: bytes) -> tuple[bytes, Best | None]:
    """The state of a training and the best epoch so far."""
    arrays = unpack(data)
    if "best" not in arrays:
        return arrays["training"].tobytes(), None
    weights = unpack_weights(arrays["best"].tobytes())
    return arrays["training"].tobytes(), Best(str(arrays["monitor"]), int(arrays["epoch"]), weights)

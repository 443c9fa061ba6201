"""What a training is between two epochs, in a form that every engine can go on from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from worker.serialization import Arrays, enumerate_arrays, select_arrays

MAX_VARIABLES_PER_WEIGHT = 2  # adam's


@dataclass(frozen=True)
class EngineState:
    """All that the next epoch depends on. Arrays are in Keras' order, whatever the engine."""

    iteration: int  # training steps done
    weights: Arrays
    optimizer_variables: list[Arrays]  # each list has the shapes of the weights
    layer_states: Arrays = field(default_factory=list)
    """h (and c) of each layer, (batch, units) each; empty where the network is not stateful."""

    def to_arrays(self) -> dict[str, np.ndarray]:
        """All of it under the names that checkpoints have."""
        arrays = {"iteration": np.array(self.iteration)}
        arrays |= enumerate_arrays("weight", self.weights)
        for index, variables in enumerate(self.optimizer_variables):
            arrays |= enumerate_arrays(f"slot{index}", variables)
        arrays |= enumerate_arrays("state", self.layer_states)
        return arrays

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "EngineState":
        """The inverse of `to_arrays`."""
        optimizer_variables = []
        for index in range(MAX_VARIABLES_PER_WEIGHT):
            variables = select_arrays(f"slot{index}", arrays)
            if variables:
                optimizer_variables.append(variables)
        return cls(
            iteration=int(arrays["iteration"]),
            weights=select_arrays("weight", arrays),
            optimizer_variables=optimizer_variables,
            layer_states=select_arrays("state", arrays),
        )


def flatten(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays one after the other as one float32 vector."""
    vectors = [np.asarray(array, np.float32).ravel() for array in arrays]
    return np.concatenate(vectors)


def unflatten(vector: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> Arrays:
    """The inverse of `flatten`: copies in these shapes."""
    sizes = [np.prod(shape, dtype=int) for shape in shapes]
    ends = np.cumsum(sizes)
    pieces = np.split(vector, ends[:-1])
    arrays = []
    for piece, shape in zip(pieces, shapes, strict=True):
        arrays.append(piece.reshape(shape).copy())
    return arrays

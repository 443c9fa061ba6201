"""What a training is between two epochs, in a form that every engine can go on from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

Arrays = list[np.ndarray]


@dataclass(frozen=True)
class EngineState:
    """Weights and what the optimizer keeps beside each of them, in Keras' order; states h (and c) of each layer."""

    iteration: int  # steps done
    weights: Arrays
    slots: list[Arrays]
    states: Arrays = field(
        default_factory=list
    )  # (batch, units) each; none where the network is not stateful

    def arrays(self) -> dict[str, np.ndarray]:
        """All of it by name."""
        named = {"iteration": np.array(self.iteration)} | numbered("weight", self.weights)
        for place, slot in enumerate(self.slots):
            named |= numbered(f"slot{place}", slot)
        return named | numbered("state", self.states)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "EngineState":
        """The inverse of `arrays`."""
        slots = [found for place in range(2) if (found := together(f"slot{place}", arrays))]
        return cls(
            int(arrays["iteration"]), together("weight", arrays), slots, together("state", arrays)
        )


def numbered(name: str, items: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """A list under names that sort."""
    return {f"{name}_{place:03}": item for place, item in enumerate(items)}


def together(name: str, arrays: Mapping[str, np.ndarray]) -> Arrays:
    """The inverse of `numbered`."""
    return [arrays[key] for key in sorted(arrays) if key.startswith(f"{name}_")]


def flattened(weights: Sequence[np.ndarray]) -> np.ndarray:
    """Arrays one after the other as one float32 vector."""
    return np.concatenate([np.asarray(weight, np.float32).ravel() for weight in weights])


def cut(flat: np.ndarray, shapes: Sequence[tuple[int, ...]]) -> Arrays:
    """The inverse of `flattened`: copies, of these shapes."""
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    pieces = np.split(flat, ends[:-1])
    return [piece.reshape(shape).copy() for piece, shape in zip(pieces, shapes, strict=True)]

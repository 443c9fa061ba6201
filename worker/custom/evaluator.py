"""A Keras model of somebody else's making as something that can be judged, kept and taken home."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from worker.serialization import ModelNotSerializable

AT_ONCE = 512  # windows


class NoForecast(Exception):
    """The model's output is no forecast of one value; why, in words."""


class Judge:
    """Predicts with the weights of a model, every window from a fresh state, and leaves the model as it was."""

    def __init__(self, model: keras.Model) -> None:
        self.model = model
        self.double = _double(model)

    def weights(self) -> list[np.ndarray]:
        """The present weights."""
        return [np.asarray(weight) for weight in self.model.get_weights()]

    def predict(self, x: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs float32 (windows,) for x (windows, time_steps, features)."""
        kept = self.weights()
        self.double.set_weights(kept if weights is None else list(weights))
        try:
            chunks = [x[start : start + AT_ONCE] for start in range(0, len(x), AT_ONCE)]
            found = [
                np.asarray(self.double.predict_on_batch(chunk), np.float32) for chunk in chunks
            ]
        finally:
            self.double.set_weights(kept)
        output = np.concatenate(found) if found else np.zeros((0, 1), np.float32)
        if output.size != len(x):
            shape = ", ".join(str(size) for size in output.shape[1:])
            raise NoForecast(
                f"The model answers each window with values of shape ({shape}); a forecast is one value."
            )
        return output.reshape(-1)

    def saved(self, weights: Sequence[np.ndarray]) -> bytes:
        """The model with these weights as a .keras file.

        Raises ModelNotSerializable where Keras cannot save it.
        """
        kept = self.weights()
        self.double.set_weights(list(weights))
        try:
            with tempfile.TemporaryDirectory(prefix="foretune-model-") as folder:
                path = Path(folder) / "model.keras"
                self.double.save(path)
                return path.read_bytes()
        except Exception as error:  # custom layers may raise anything
            raise ModelNotSerializable(f"Keras cannot save this network: {error}") from error
        finally:
            self.double.set_weights(kept)


def stateless(model: keras.Model) -> keras.Model:
    """The same network without a fixed batch size and without states carried on; weights are to be assigned."""
    double = type(model).from_config(_unbound(model.get_config()))
    if not double.built:
        double.build((None, *model.input_shape[1:]))
    return double


def _is_bound(model: keras.Model) -> bool:
    shape = getattr(model, "input_shape", None)
    is_fixed = isinstance(shape, tuple) and bool(shape) and shape[0] is not None
    return is_fixed or any(getattr(layer, "stateful", False) for layer in model.layers)


def _unbound(config: Any) -> Any:
    if isinstance(config, dict):
        changed = {key: _unbound(value) for key, value in config.items()}
        if isinstance(changed.get("stateful"), bool):
            changed["stateful"] = False
        shape = changed.get("batch_shape")
        if isinstance(shape, list | tuple) and shape:
            changed["batch_shape"] = (None, *shape[1:])
        return {key: value for key, value in changed.items() if key != "build_config"}
    return [_unbound(value) for value in config] if isinstance(config, list) else config


def _double(model: keras.Model) -> keras.Model:
    """The model itself, or a stateless double where it is bound to a batch size or carries states."""
    if not _is_bound(model):
        return model
    try:
        return stateless(model)
    except Exception:  # parts of its own that Keras cannot make again: it has to do as it is
        return model

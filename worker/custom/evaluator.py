"""A Keras model that a program has built, evaluated on any windows and saved."""

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from worker.serialization import ModelNotSerializable

WINDOWS_PER_BATCH = 512
SEQUENCE_DIMENSIONS = 3  # windows, steps, values


class NoForecast(Exception):
    """The model's output is no forecast of the rows to predict; why, in words."""


class Evaluator:
    """Predicts with any weights of a model, every window from a fresh state.

    The model itself stays as it was.
    """

    def __init__(self, model: keras.Model, horizon: int) -> None:
        self.model = model
        self.horizon = horizon
        self._stateless_model = _without_state(model)

    def weights(self) -> list[np.ndarray]:
        """The present weights."""
        weights = self.model.get_weights()
        return [np.asarray(weight) for weight in weights]

    def predict(self, x: np.ndarray, weights: Sequence[np.ndarray] | None = None) -> np.ndarray:
        """Outputs float32 (windows, horizon) for x (windows, time_steps, features).

        `weights`: the present ones where it is None. Raises NoForecast for other outputs.
        """
        if len(x) == 0:
            return np.zeros((0, self.horizon), np.float32)
        outputs = []
        with self._assign(weights):
            for start in range(0, len(x), WINDOWS_PER_BATCH):
                stop = start + WINDOWS_PER_BATCH
                output = self._stateless_model.predict_on_batch(x[start:stop])
                refuse_other_outputs(output, len(x[start:stop]), self.horizon)
                outputs.append(np.asarray(output, np.float32))
        output = np.concatenate(outputs)
        return output.reshape(-1, self.horizon)

    def save(self, weights: Sequence[np.ndarray]) -> bytes:
        """The model with these weights as a .keras file.

        Raises ModelNotSerializable where Keras cannot save it.
        """
        with self._assign(weights):
            try:
                return self._write_keras_file()
            except Exception as error:  # custom layers may raise anything
                raise ModelNotSerializable(f"Keras cannot save this model: {error}") from error

    def _write_keras_file(self) -> bytes:
        with tempfile.TemporaryDirectory(prefix="foretune-model-") as folder:
            path = Path(folder, "model.keras")
            self._stateless_model.save(path)
            return path.read_bytes()

    @contextmanager
    def _assign(self, weights: Sequence[np.ndarray] | None) -> Iterator[None]:
        """Give the stateless model some weights, and then the model's present ones again."""
        present_weights = self.weights()
        if weights is None:
            weights = present_weights
        self._stateless_model.set_weights(list(weights))
        try:
            yield
        finally:
            self._stateless_model.set_weights(present_weights)


def refuse_other_outputs(output: Any, n_windows: int, horizon: int) -> None:
    """Raise NoForecast where a model returns anything else than `horizon` values a window."""
    wanted = "a forecast is one value"
    if horizon > 1:
        wanted = f"a forecast of {horizon} rows is {horizon} values"
    if isinstance(output, Mapping):
        names = ", ".join(map(str, output))
        raise NoForecast(
            f"The model has {len(output)} outputs ({names}), but {wanted}: "
            "return a model with one output."
        )
    if isinstance(output, list | tuple):
        raise NoForecast(
            f"The model has {len(output)} outputs, but {wanted}: return a model with one output."
        )
    shape = tuple(output.shape)
    if math.prod(shape) == n_windows * horizon:
        return
    sizes = ", ".join(str(size) for size in shape[1:])
    advice = f"end the model with Dense({horizon})."
    if horizon > 1:
        advice = f"end the model with Dense({horizon}), or with Dense(y_train.shape[1])."
    if len(shape) == SEQUENCE_DIMENSIONS:
        advice = "the last recurrent layer must not have return_sequences=True."
    raise NoForecast(
        f"The model returns values of shape ({sizes}) for each window, but {wanted}: {advice}"
    )


def make_stateless(model: keras.Model) -> keras.Model:
    """The same model without a fixed batch size or carried states; its weights are new ones."""
    config = _without_batches(model.get_config())
    stateless_model = type(model).from_config(config)
    if not stateless_model.built:
        input_shape = (None, *model.input_shape[1:])
        stateless_model.build(input_shape)
    return stateless_model


def _without_state(model: keras.Model) -> keras.Model:
    """The model itself, or a stateless copy where it has a fixed batch size or carries states."""
    if not _has_fixed_batches(model):
        return model
    try:
        return make_stateless(model)
    except Exception:  # with layers that Keras cannot make again, the model has to do as it is
        return model


def _has_fixed_batches(model: keras.Model) -> bool:
    for layer in model.layers:
        is_stateful = getattr(layer, "stateful", False)
        if is_stateful:
            return True
    shape = getattr(model, "input_shape", None)
    if not isinstance(shape, tuple) or not shape:
        return False
    return shape[0] is not None


def _without_batches(config: Any) -> Any:
    """A Keras config, or any part of one, without batch sizes and stateful layers."""
    if isinstance(config, list):
        return [_without_batches(value) for value in config]
    if not isinstance(config, dict):
        return config
    changed: dict[str, Any] = {}
    for key, value in config.items():
        if key == "build_config":
            continue
        if key == "stateful" and isinstance(value, bool):
            changed[key] = False
        elif key == "batch_shape" and isinstance(value, list | tuple) and value:
            changed[key] = (None, *value[1:])
        else:
            changed[key] = _without_batches(value)
    return changed

"""The files of a bundle's model: model.keras, and network.py for custom layers."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.queue.bundles import BundleSource
from worker import serialization
from worker.bundles.lambdas import refuse_foreign_code
from worker.custom.custom_objects import write_custom_objects
from worker.network import NetworkConfig, build_trained_model

MODEL_FILE = "model.keras"
CUSTOM_OBJECTS_FILE = "network.py"

ModelWriter = Callable[[Path], None]  # writes the model's files into the folder of the bundle


def model_writer_for(source: BundleSource, inputs: int) -> ModelWriter:
    """What writes the model of a stored trial, which has so many inputs. Raises ForeignCode."""
    if source.custom_model is not None:
        refuse_foreign_code(source.model, source.custom_model)
        custom_objects = write_custom_objects(source.custom_model)
        return custom_model_writer(source.model, custom_objects)
    weights = serialization.unpack_weights(source.model)
    config = NetworkConfig.from_parameters(source.parameters, source.horizon)
    return built_in_model_writer(config, inputs, weights)


def built_in_model_writer(
    config: NetworkConfig, features: int, weights: Sequence[np.ndarray]
) -> ModelWriter:
    """What writes the built-in network with these weights, in Keras' order."""

    def write(folder: Path) -> None:
        model = build_trained_model(config, features, weights)
        file = folder / MODEL_FILE
        model.save(file)

    return write


def custom_model_writer(keras_file: bytes, custom_objects: str) -> ModelWriter:
    """What writes a model that is stored as a .keras file.

    `custom_objects`: the Python source of its own layers and functions; empty for stock layers.
    """

    def write(folder: Path) -> None:
        model_file = folder / MODEL_FILE
        model_file.write_bytes(keras_file)
        if custom_objects:
            objects_file = folder / CUSTOM_OBJECTS_FILE
            objects_file.write_text(custom_objects, encoding="utf-8")

    return write

"""What makes two trainings the same."""

import json
from collections.abc import Mapping
from hashlib import sha256

from app.domain.custom.detection import CustomModel
from app.domain.split import Split

ENGINE_VERSION = 3  # raise it when the engine's numbers change
READ_OFF = frozenset({"epochs", "patience"})  # they say when to stop reading, not what is trained


def training_fingerprint(
    dataset: str,
    split: Split,
    seed: int,
    parameters: Mapping[str, object],
    custom_model: CustomModel | None = None,
) -> str:
    """The SHA-256 of everything that changes a training's numbers.

    dataset: the series' own fingerprint. Trials that differ only in `epochs` or `patience` share a training, unless
    a custom model fits itself: it may do anything with them.
    """
    read_off = READ_OFF
    if custom_model is not None and custom_model.shape.fits_itself:
        read_off = frozenset()
    telling = {name: value for name, value in parameters.items() if name not in read_off}
    parts = [ENGINE_VERSION, dataset, [split.train, split.validation, split.test], seed, telling]
    if custom_model is not None:
        parts.append(custom_model.content)
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

"""What makes two trainings the same."""

import json
from collections.abc import Mapping
from hashlib import sha256

from app.domain.custom.detection import CustomModel
from app.domain.split import Split

ENGINE_VERSION = 3  # raise it when the engine's numbers change
STOPPING_HYPERPARAMETERS = frozenset({"epochs", "patience"})  # they end a training, no more


def training_fingerprint(
    dataset: str,
    split: Split,
    seed: int,
    parameters: Mapping[str, object],
    network: CustomModel | None = None,
) -> str:
    """The SHA-256 of everything that changes a training's numbers.

    dataset: the fingerprint of the series. Trials that differ only in `epochs` or `patience` share
    a training, unless a custom model fits itself: it may do anything with them.
    """
    fits_itself = network is not None and network.fits_itself
    telling_parameters = dict(parameters)
    if not fits_itself:
        for name in STOPPING_HYPERPARAMETERS:
            telling_parameters.pop(name, None)
    parts: list[object] = [
        ENGINE_VERSION,
        dataset,
        [split.train, split.validation, split.test],
        seed,
        telling_parameters,
    ]
    if network:
        parts.append(network.source_hash)
    document = json.dumps(parts, sort_keys=True)
    return sha256(document.encode()).hexdigest()

"""What makes two trainings the same."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256

from app.domain.custom.detection import CustomModel
from app.domain.seasons import season_lags
from app.domain.split import Split

ENGINE_VERSION = 3  # raise it when the engine's numbers change
NO_EXTRA_INPUTS = {"calendar": "none", "season_lags": "none"}  # as before there were any
STOPPING_HYPERPARAMETERS = frozenset({"epochs", "patience"})  # they end a training, no more


def training_fingerprint(
    dataset: str,
    split: Split,
    seed: int,
    parameters: Mapping[str, object],
    network: CustomModel | None = None,
    season_lengths: Sequence[float] = (),
    horizon: int = 1,
) -> str:
    """The SHA-256 of everything that changes a training's numbers.

    dataset: the fingerprint of the series. Trials that differ only in `epochs` or `patience` share
    a training, unless a custom model fits itself: it may do anything with them. The season lengths
    count only where the values one season before are inputs, the horizon only beyond one row.
    """
    fits_itself = network is not None and network.fits_itself
    telling_parameters = dict(parameters)
    if not fits_itself:
        for name in STOPPING_HYPERPARAMETERS:
            telling_parameters.pop(name, None)
    for name, value in NO_EXTRA_INPUTS.items():
        if telling_parameters.get(name) == value:
            telling_parameters.pop(name)
    parts: list[object] = [
        ENGINE_VERSION,
        dataset,
        [split.train, split.validation, split.test],
        seed,
        telling_parameters,
    ]
    if network:
        parts.append(network.source_hash)
    if "season_lags" in telling_parameters:
        parts.append({"season_lags": season_lags(season_lengths)})
    if horizon > 1:
        parts.append({"horizon": horizon})
    document = json.dumps(parts, sort_keys=True)
    return sha256(document.encode()).hexdigest()

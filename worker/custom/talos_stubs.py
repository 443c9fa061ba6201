"""What stands in for the helpers of Talos that model functions use, where it is not installed."""

import ast
from importlib.util import find_spec
from typing import Any

import keras

from app.domain.custom.names import imported_name

LIBRARY = "talos"
# What Talos divides a learning rate by, so that 1 is the default of every optimizer.
DIVISORS = {
    "Adadelta": 1,
    "Adagrad": 100,
    "Adam": 1000,
    "Adamax": 500,
    "Nadam": 500,
    "RMSprop": 1000,
    "SGD": 100,
}
EPOCHS_PER_PATIENCE = {"lazy": 3, "moderate": 10}
STRICT_PATIENCE = 2


def lr_normalizer(lr: float, optimizer: type) -> float:
    """A learning rate for an optimizer, given relative to its default."""
    return lr / DIVISORS.get(optimizer.__name__, 1)


def early_stopper(
    epochs: int, monitor: str = "val_loss", mode: str | list[float] = "moderate", **_: Any
) -> keras.callbacks.EarlyStopping:
    """A callback that ends a fit; `mode`: how soon, or the least change and the patience."""
    if isinstance(mode, list):
        least_change, patience = mode
    else:
        least_change = 0.0
        patience = STRICT_PATIENCE
        if mode in EPOCHS_PER_PATIENCE:
            patience = epochs // EPOCHS_PER_PATIENCE[mode]
    return keras.callbacks.EarlyStopping(monitor, least_change, int(patience))


HELPERS = {"lr_normalizer": lr_normalizer, "early_stopper": early_stopper}


def provide_talos(tree: ast.Module) -> dict[str, Any]:
    """The helpers by the names that a program's imports bind; Talos' own where it is there."""
    provided: dict[str, Any] = {}
    if find_spec(LIBRARY) is not None:
        return provided
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module=str(module)) if module.split(".")[0] == LIBRARY:
                for alias in node.names:
                    if alias.name in HELPERS:
                        provided[imported_name(node, alias)] = HELPERS[alias.name]
    return provided

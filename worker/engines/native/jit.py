"""How functions here become native code."""

from collections.abc import Callable
from typing import Any

from numba import njit

REORDERED = {
    "contract",
    "nsz",
    "reassoc",
    "arcp",
}  # every fast-math licence but those that assume away NaN
OPTIONS: dict[str, Any] = {"fastmath": REORDERED, "error_model": "numpy", "nogil": True}


def native(function: Callable[..., Any]) -> Any:
    """Compile at the first call, and keep the result on disk where there is a folder to keep it in."""
    try:
        return njit(cache=True, **OPTIONS)(function)
    except RuntimeError:  # no such folder
        return njit(**OPTIONS)(function)


def inlined(function: Callable[..., Any]) -> Any:
    """A piece of other native functions."""
    return njit(inline="always", **OPTIONS)(function)

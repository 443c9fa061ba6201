"""How functions here become native code."""

from collections.abc import Callable
from typing import Any

from numba import njit

# All fast-math flags but `nnan`, `ninf` and `afn`: a diverged training must stay NaN.
FAST_MATH = {"contract", "nsz", "reassoc", "arcp"}
NUMBA_OPTIONS: dict[str, Any] = {"fastmath": FAST_MATH, "error_model": "numpy", "nogil": True}


def cached_njit(function: Callable[..., Any]) -> Any:
    """Compile at the first call, and keep the result on disk where there is a folder for it."""
    try:
        return njit(cache=True, **NUMBA_OPTIONS)(function)
    except RuntimeError:  # Numba found no folder it may write to
        return njit(**NUMBA_OPTIONS)(function)


def inline_njit(function: Callable[..., Any]) -> Any:
    """Compile as a part of each native function that calls it."""
    return njit(inline="always", **NUMBA_OPTIONS)(function)

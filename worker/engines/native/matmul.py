"""Matrix products of a few dozen rows, as recurrent layers take them by the thousand.

OpenBLAS multiplies without copying its operands first where rows times columns times depth stay under a million, and is
then up to twice as fast; and rows that lie a power of two apart push each other out of a processor's cache. So products
are cut to size here, and `wide` says how far apart rows had better lie. Arrays are float32 with rows in one piece.
"""

from typing import Any

import numpy as np
from numba import types

from worker.engines.native.jit import native

SMALL = 1_000_000  # rows x columns x depth of what OpenBLAS calls a small product
NARROWEST = 64  # columns that a product is cut to at the least
SHALLOWEST = 8  # the same of its depth
SINGLE, PLAIN, TURNED = np.uint8(ord("s")), np.uint8(ord("n")), np.uint8(ord("t"))
# What Numba's own np.dot calls (column by column, as Fortran has it), here with all of its arguments.
_PLACE, _SIZE = types.uintp, types.intp
_gemm: Any = types.ExternalFunction(
    "numba_xxgemm",
    types.int32(
        types.uint8, types.uint8, types.uint8, _SIZE, _SIZE, _SIZE, _PLACE, _PLACE, _SIZE, _PLACE, _SIZE, _PLACE,
        _PLACE, _SIZE,
    ),
)  # fmt: skip


def wide(columns: int) -> int:
    """How many columns to set aside for so many, so that rows do not lie a power of two apart."""
    return columns + 16 if columns % 64 == 0 else columns


@native
def width_of_parts(rows: int, depth: int, columns: int) -> int:
    """How many columns at a time make products small; all of them where they would be too few."""
    parts = 1 + rows * depth * columns // SMALL
    step = (columns // parts + 16) // 16 * 16 if parts > 1 else columns
    return columns if step < NARROWEST else step


@native
def product(a: np.ndarray, b: np.ndarray, columns: int, out: np.ndarray) -> None:
    """out[:, :columns] = a @ b[:, :columns]; a has at least as many columns as b has rows."""
    rows, depth, scales = a.shape[0], b.shape[0], np.empty(2, np.float32)
    scales[0], scales[1] = 1, 0
    step = width_of_parts(rows, depth, columns)
    for first in range(0, columns, step):
        _gemm(
            SINGLE, PLAIN, PLAIN, min(step, columns - first), rows, depth, scales.ctypes.data,
            b.ctypes.data + np.uintp(4 * first), b.strides[0] // 4, a.ctypes.data, a.strides[0] // 4,
            scales.ctypes.data + np.uintp(4), out.ctypes.data + np.uintp(4 * first), out.strides[0] // 4,
        )  # fmt: skip


@native
def add_turned_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """out += a.T @ b[:, :columns of out]; a and b have the same rows."""
    one = np.ones(1, np.float32)
    rows, columns = out.shape
    deep = max(SHALLOWEST, min(a.shape[0], SMALL // (rows * NARROWEST)))
    for first in range(0, a.shape[0], deep):
        depth = min(deep, a.shape[0] - first)
        step = width_of_parts(rows, depth, columns)
        for column in range(0, columns, step):
            _gemm(
                SINGLE, PLAIN, TURNED, min(step, columns - column), rows, depth, one.ctypes.data,
                b.ctypes.data + np.uintp(first * b.strides[0] + 4 * column), b.strides[0] // 4,
                a.ctypes.data + np.uintp(first * a.strides[0]), a.strides[0] // 4,
                one.ctypes.data, out.ctypes.data + np.uintp(4 * column), out.strides[0] // 4,
            )  # fmt: skip

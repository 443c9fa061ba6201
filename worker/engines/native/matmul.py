"""Matrix products of a few dozen rows, as recurrent layers take them by the thousand.

OpenBLAS multiplies without copying its operands first where rows x columns x depth stays under a
million, and is then up to twice as fast. Rows a power of two apart push each other out of the
processor's cache. So products are cut to size here, and `padded_width` says how far apart rows had
better lie. Arrays are float32 with contiguous rows.
"""

from typing import Any

import numpy as np
from numba import types

from worker.engines.native.jit import cached_njit

SMALL_PRODUCT = 1_000_000  # rows x columns x depth of what OpenBLAS treats as a small product
MIN_COLUMNS = 64  # of a part of a product
MIN_DEPTH = 8  # of a part of a product
BLOCK_COLUMNS = 16  # a part's width is a multiple of this
CACHE_STRIDE = 64  # columns: rows a multiple of this apart collide in the cache
PADDING = 16  # columns
FLOAT_BYTES = 4

# The function that Numba's own np.dot calls: BLAS' sgemm, whose matrices are column by column.
SINGLE = np.uint8(ord("s"))
PLAIN = np.uint8(ord("n"))
TRANSPOSED = np.uint8(ord("t"))
_ADDRESS = types.uintp
_SIZE = types.intp
_SIGNATURE = types.int32(
    types.uint8,  # precision
    types.uint8,  # is the first matrix transposed?
    types.uint8,  # is the second?
    _SIZE,
    _SIZE,
    _SIZE,
    _ADDRESS,  # the factor of the product
    _ADDRESS,
    _SIZE,  # columns between the rows of the first matrix
    _ADDRESS,
    _SIZE,
    _ADDRESS,  # the factor of what stands in the result before
    _ADDRESS,
    _SIZE,
)
_gemm: Any = types.ExternalFunction("numba_xxgemm", _SIGNATURE)


def padded_width(columns: int) -> int:
    """How many columns to set aside, so that rows do not collide in the cache."""
    if columns % CACHE_STRIDE == 0:
        return columns + PADDING
    return columns


@cached_njit
def part_width(rows: int, depth: int, columns: int) -> int:
    """How many columns at a time make a product small; all of them where those would be too few."""
    parts = 1 + rows * depth * columns // SMALL_PRODUCT
    if parts == 1:
        return columns
    blocks = (columns // parts + BLOCK_COLUMNS) // BLOCK_COLUMNS
    width = blocks * BLOCK_COLUMNS
    if width < MIN_COLUMNS:
        return columns
    return width


@cached_njit
def multiply(a: np.ndarray, b: np.ndarray, columns: int, out: np.ndarray) -> None:
    """out[:, :columns] = a @ b[:, :columns]; a has at least as many columns as b has rows."""
    rows = a.shape[0]
    depth = b.shape[0]
    factors = np.empty(2, np.float32)  # of the product, and of what `out` held
    factors[0] = 1
    factors[1] = 0
    width = part_width(rows, depth, columns)
    for first in range(0, columns, width):
        _gemm(
            SINGLE,
            PLAIN,
            PLAIN,
            min(width, columns - first),
            rows,
            depth,
            factors.ctypes.data,
            b.ctypes.data + np.uintp(FLOAT_BYTES * first),
            b.strides[0] // FLOAT_BYTES,
            a.ctypes.data,
            a.strides[0] // FLOAT_BYTES,
            factors.ctypes.data + np.uintp(FLOAT_BYTES),
            out.ctypes.data + np.uintp(FLOAT_BYTES * first),
            out.strides[0] // FLOAT_BYTES,
        )


@cached_njit
def add_transposed_product(a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
    """out += a.T @ b[:, :columns of out]; a and b have the same rows."""
    factor = np.ones(1, np.float32)  # of the product, and of what `out` held
    rows, columns = out.shape
    max_depth = max(MIN_DEPTH, min(a.shape[0], SMALL_PRODUCT // (rows * MIN_COLUMNS)))
    for first in range(0, a.shape[0], max_depth):
        depth = min(max_depth, a.shape[0] - first)
        width = part_width(rows, depth, columns)
        for column in range(0, columns, width):
            _gemm(
                SINGLE,
                PLAIN,
                TRANSPOSED,
                min(width, columns - column),
                rows,
                depth,
                factor.ctypes.data,
                b.ctypes.data + np.uintp(first * b.strides[0] + FLOAT_BYTES * column),
                b.strides[0] // FLOAT_BYTES,
                a.ctypes.data + np.uintp(first * a.strides[0]),
                a.strides[0] // FLOAT_BYTES,
                factor.ctypes.data,
                out.ctypes.data + np.uintp(FLOAT_BYTES * column),
                out.strides[0] // FLOAT_BYTES,
            )

"""The activations of the native cells."""

import numpy as np

from worker.engines.native.cells import flush_to_zero, sigmoid, tanh
from worker.engines.native.jit import cached_njit


@cached_njit
def apply_each(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """tanh, sigmoid and flush_to_zero of a vector."""
    tanhs = np.empty_like(values)
    sigmoids = np.empty_like(values)
    flushed = np.empty_like(values)
    for n in range(values.size):
        tanhs[n] = tanh(values[n])
        sigmoids[n] = sigmoid(values[n])
        flushed[n] = flush_to_zero(values[n])
    return tanhs, sigmoids, flushed


def test_activations_are_exact_to_float32():
    values = np.linspace(-30, 30, 200_001, dtype=np.float32)
    exact = values.astype(np.float64)

    tanhs, sigmoids, _ = apply_each(values)

    np.testing.assert_allclose(tanhs, np.tanh(exact), atol=5e-7)
    np.testing.assert_allclose(sigmoids, 1 / (1 + np.exp(-exact)), atol=5e-7)


def test_nan_stays_nan():
    for results in apply_each(np.array([np.nan], np.float32)):
        assert np.isnan(results).all()


def test_numbers_too_small_to_compute_with_become_zero():
    _, _, flushed = apply_each(np.array([1e-38, -1e-33, 1e-20], np.float32))

    assert flushed.tolist() == [0, 0, np.float32(1e-20)]

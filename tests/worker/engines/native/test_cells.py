"""The pieces of the native cells."""

import numpy as np

from worker.engines.native.cells import normal, sigmoid, tanh
from worker.engines.native.jit import native


@native
def activations(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each of them over a vector."""
    found = np.empty_like(values), np.empty_like(values), np.empty_like(values)
    for n in range(values.size):
        found[0][n], found[1][n], found[2][n] = (
            tanh(values[n]),
            sigmoid(values[n]),
            normal(values[n]),
        )
    return found


def test_activations_are_exact_to_float32():
    values = np.linspace(-30, 30, 200_001, dtype=np.float32)
    exact = values.astype(np.float64)
    found = activations(values)
    np.testing.assert_allclose(found[0], np.tanh(exact), atol=5e-7)
    np.testing.assert_allclose(found[1], 1 / (1 + np.exp(-exact)), atol=5e-7)


def test_what_is_no_number_stays_none():
    assert all(np.isnan(found).all() for found in activations(np.array([np.nan], np.float32)))


def test_numbers_too_small_to_compute_with_become_zero():
    found = activations(np.array([1e-38, -1e-33, 1e-20], np.float32))[2]
    assert found.tolist() == [0, 0, np.float32(1e-20)]

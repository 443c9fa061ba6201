"""The built-in network: its initial weights and its plain form."""

import keras
import numpy as np
import pytest

from tests.worker.networks import tiny_config
from worker.network import build_model, build_trained_model, initial_weights


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_initial_weights_have_the_shapes_and_spread_of_keras(cell):
    config = tiny_config(
        cell=cell, recurrent_layers=2, units_1=32, units_2=24, dense_layers=1, dense_units_1=40
    )
    keras.utils.set_random_seed(0)

    weights = initial_weights(config, 3, seed=1)
    keras_weights = build_model(config, 3).get_weights()

    assert [weight.shape for weight in weights] == [weight.shape for weight in keras_weights]
    for ours, theirs in zip(weights, keras_weights, strict=True):
        # Standard errors of the difference of two means, and of two spreads of uniform numbers.
        mean_error = theirs.std() * np.sqrt(2 / ours.size)
        spread_error = np.sqrt(0.4 / ours.size)
        assert ours.dtype == np.float32
        assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * mean_error + 1e-7)
        assert ours.std() == pytest.approx(theirs.std(), rel=4 * spread_error)


def test_recurrent_kernels_start_orthogonal():
    recurrent_kernel = initial_weights(tiny_config(units_1=16), 3, seed=1)[1]

    np.testing.assert_allclose(recurrent_kernel @ recurrent_kernel.T, np.eye(16), atol=1e-5)


def test_initial_weights_follow_from_the_seed():
    first, again, other = (initial_weights(tiny_config(), 3, seed) for seed in (1, 1, 2))

    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not (first[0] == other[0]).any()


def test_the_trained_model_is_stateless_stock_keras():
    config = tiny_config(stateful=True, recurrent_layers=2, dense_layers=2, dropout_1=0.3)

    model = build_trained_model(config, 3, initial_weights(config, 3, seed=1))

    assert model.input_shape == (None, 5, 3)
    assert model.output_shape == (None, 1)
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    assert not any(getattr(layer, "stateful", False) for layer in model.layers)

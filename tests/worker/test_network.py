"""What a network is made of: the engine that trains it, its first weights, and its plain form."""

import keras
import numpy as np
import pytest

from tests.worker.networks import parameters
from worker.network import build, initial_weights, plain_model, which_engine


@pytest.mark.parametrize(
    ("changes", "gpus", "compiler", "engine"),
    [
        ({}, 0, True, "native"),
        ({"cell": "gru"}, 0, True, "native"),
        ({"recurrent_dropout_1": 0.1}, 0, True, "native"),
        ({}, 1, True, "keras"),
        ({}, 2, False, "keras"),
        ({}, 0, False, "fused"),
        ({"cell": "gru"}, 0, False, "keras"),
        ({"recurrent_dropout_1": 0.1}, 0, False, "keras"),
    ],
)
def test_the_engine_follows_from_the_parameters_and_the_machine(changes, gpus, compiler, engine):
    name, reason = which_engine(parameters(**changes), gpus, compiler)
    assert name == engine
    assert reason.endswith(".")


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_first_weights_have_the_shapes_and_spread_of_keras(cell):
    values = parameters(
        cell=cell, recurrent_layers=2, units_1=32, units_2=24, dense_layers=1, dense_units_1=40
    )
    found = initial_weights(values, 3, seed=1)
    keras.utils.set_random_seed(0)
    stock = build(values, 3).get_weights()
    assert [weight.shape for weight in found] == [weight.shape for weight in stock]
    for ours, theirs in zip(found, stock, strict=True):
        assert ours.dtype == np.float32
        error = theirs.std() * np.sqrt(
            2 / ours.size
        )  # of the difference of two means; of two uniform spreads below
        assert ours.mean() == pytest.approx(theirs.mean(), abs=4 * error + 1e-7)
        assert ours.std() == pytest.approx(theirs.std(), rel=4 * np.sqrt(0.4 / ours.size))


def test_recurrent_kernels_start_orthogonal():
    recurrent = initial_weights(parameters(units_1=16), 3, seed=1)[1]
    np.testing.assert_allclose(recurrent @ recurrent.T, np.eye(16), atol=1e-5)


def test_first_weights_follow_from_the_seed():
    first, again, other = (initial_weights(parameters(), 3, seed) for seed in (1, 1, 2))
    assert all((a == b).all() for a, b in zip(first, again, strict=True))
    assert not (first[0] == other[0]).any()


def test_the_plain_model_is_stateless_stock_keras():
    values = parameters(stateful=True, recurrent_layers=2, dense_layers=2, dropout_1=0.3)
    model = plain_model(values, 3, initial_weights(values, 3, seed=1))
    assert model.input_shape == (None, 5, 3)
    assert model.output_shape == (None, 1)
    assert {type(layer).__module__.split(".")[0] for layer in model.layers} == {"keras"}
    assert not any(getattr(layer, "stateful", False) for layer in model.layers)

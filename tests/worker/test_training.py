"""A training has the losses of `model.fit`, can be resumed at any epoch, and judges in CSV units."""

import numpy as np
import pytest

from tests.worker.networks import fit_with_keras, parameters, prepared
from worker.network import plain_model
from worker.training import Training

SMALL = {"batch_size": 16, "time_steps": 4}


def losses(training: Training, epochs: int) -> np.ndarray:
    """Train, validation loss and objective of each epoch, (epochs, 3)."""
    results = [training.run_epoch() for _ in range(epochs)]
    return np.array([[result.train_loss, result.val_loss, result.objective] for result in results])


@pytest.mark.parametrize(
    "changes",
    [
        {"recurrent_layers": 2, "units_2": 4, "dense_layers": 1, "optimizer": "rmsprop"},
        {"stateful": True, "recurrent_layers": 2, "output_activation": "sigmoid", "optimizer": "adam"},
        {"cell": "gru", "optimizer": "sgd", "scaling": "standard", "target": "difference"},
    ],
    ids=["lstm", "stateful", "gru"],
)
def test_losses_are_those_of_plain_keras(changes):
    values = parameters(**changes)
    data = prepared(values)
    expected = fit_with_keras(values, data, seed=3, epochs=3)
    found = losses(Training(values, data, seed=3), 3)
    np.testing.assert_allclose(found[:, 0], expected["loss"], rtol=1e-4)
    np.testing.assert_allclose(found[:, 1], expected["val_loss"], rtol=1e-4)


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize(
    "changes",
    [
        {"shuffle": True, "dropout_1": 0.3, "input_dropout_1": 0.2},
        {"stateful": True, "dropout_1": 0.3},
        {"cell": "gru", "shuffle": True, "dropout_1": 0.3, "input_dropout_1": 0.2, "recurrent_dropout_1": 0.2},
        {"cell": "gru", "stateful": True},
        {"recurrent_dropout_1": 0.2, "input_dropout_1": 0.2},
    ],
    ids=["shuffled", "stateful", "gru", "stateful gru", "recurrent dropout"],
)
def test_a_resumed_training_is_the_same_training(changes, optimizer):
    values = parameters(optimizer=optimizer, **SMALL, **changes)
    data = prepared(values)
    whole = Training(values, data, seed=5)
    expected = losses(whole, 4)
    first, second = Training(values, data, seed=5), Training(values, data, seed=5)
    losses(first, 2)
    second.restore(first.checkpoint())
    np.testing.assert_allclose(losses(second, 2), expected[2:], rtol=1e-6)
    for resumed, straight in zip(second.weights(), whole.weights(), strict=True):
        np.testing.assert_allclose(resumed, straight, rtol=1e-6)


def test_the_objective_is_the_error_of_the_forecast_in_csv_units():
    values = parameters(target="log_return", stateful=True)
    data = prepared(values)
    training = Training(values, data, seed=1)
    result = training.run_epoch()
    errors = training.predict(training.weights(), data.validation) - data.actual[data.validation]
    assert result.objective == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-6)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_plain_model_predicts_what_the_training_predicts(cell):
    values = parameters(cell=cell, recurrent_layers=2, dense_layers=1, stateful=True, dropout_1=0.2)
    data = prepared(values)
    training = Training(values, data, seed=1)
    training.run_epoch()
    weights = training.weights()
    forecast = training.predict(weights, data.test)
    windows = np.stack([data.inputs[row - 5 : row] for row in data.test])
    outputs = plain_model(values, 3, weights).predict(windows, verbose=0)[:, 0]
    np.testing.assert_allclose(data.invert(outputs, data.test), forecast, rtol=1e-5)


def test_a_training_that_diverges_has_losses_that_are_no_numbers():
    values = parameters(optimizer="sgd", learning_rate=1e25, target="log_return")
    results = losses(Training(values, prepared(values), seed=1), 2)
    assert not np.isfinite(results[1]).any()

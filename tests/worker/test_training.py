"""A training has the losses of `model.fit`, can be resumed at any epoch, and judges in CSV units."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from threadpoolctl import threadpool_limits

from tests.worker.networks import fit_with_keras, parameters, prepared, windows_of
from worker.engines.optimizers import keras_optimizer, keras_slots
from worker.network import build, initial_weights, plain_model
from worker.training import ENGINES, Training

SMALL = {"batch_size": 16, "time_steps": 4}


def losses(training: Training, epochs: int) -> np.ndarray:
    """Train, validation loss and objective of each epoch, (epochs, 3)."""
    results = [training.run_epoch() for _ in range(epochs)]
    return np.array([[result.train_loss, result.val_loss, result.objective] for result in results])


@pytest.mark.parametrize(
    "changes",
    [
        {"recurrent_layers": 2, "units_2": 4, "dense_layers": 1, "optimizer": "rmsprop"},
        {
            "stateful": True,
            "recurrent_layers": 2,
            "output_activation": "sigmoid",
            "optimizer": "adam",
        },
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
        {
            "cell": "gru",
            "shuffle": True,
            "dropout_1": 0.3,
            "input_dropout_1": 0.2,
            "recurrent_dropout_1": 0.2,
        },
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


@pytest.mark.parametrize("optimizer", ["sgd", "rmsprop", "adam"])
@pytest.mark.parametrize("engine", ["fused", "keras"])
def test_every_engine_goes_on_from_a_native_checkpoint(engine, optimizer):
    values = parameters(stateful=True, optimizer=optimizer, **SMALL)
    data = prepared(values)
    training, other = Training(values, data, seed=5), Training(values, data, seed=5)
    other._engine = ENGINES[engine](values, data, 5)
    losses(training, 2)
    other.restore(training.checkpoint())
    back = Training(values, data, seed=5)
    back.restore(other.checkpoint())
    expected = losses(training, 2)
    np.testing.assert_allclose(losses(other, 2), expected, rtol=1e-4)
    np.testing.assert_allclose(losses(back, 2), expected, rtol=1e-6)


OTHER_PROCESS = """
from tests.worker.networks import parameters, prepared
from worker.training import Training
values = parameters(shuffle=True, dropout_1=0.3, recurrent_dropout_1=0.2)
training = Training(values, prepared(values), seed=4)
print([training.run_epoch().train_loss for _ in range(3)])
"""


def test_another_process_gets_the_same_numbers():
    values = parameters(shuffle=True, dropout_1=0.3, recurrent_dropout_1=0.2)
    with threadpool_limits(
        1
    ):  # as in a slot: with more threads a product is added up in another order
        found = losses(Training(values, prepared(values), seed=4), 3)[:, 0].tolist()
    one = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    other = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS], capture_output=True, text=True, check=True, env=one
    )
    assert other.stdout.strip() == str(found)


def test_another_seed_gets_other_numbers():
    values = parameters()
    first, second = (losses(Training(values, prepared(values), seed), 1) for seed in (1, 2))
    assert (first != second).all()


def test_a_training_that_diverges_has_losses_that_are_no_numbers():
    values = parameters(optimizer="sgd", learning_rate=1e25, target="log_return")
    results = losses(Training(values, prepared(values), seed=1), 2)
    assert not np.isfinite(results[1]).any()


def test_after_a_warm_up_nothing_is_left_to_compile():
    program = """
from numba.core import event
from tests.worker.networks import parameters, prepared
from worker.training import Training, warm_up
warm_up()
with event.install_recorder("numba:compile") as recorder:
    for cell in ("lstm", "gru"):
        values = parameters(cell=cell, recurrent_layers=2, dropout_1=0.3, optimizer="rmsprop")
        Training(values, prepared(values), seed=4).run_epoch()
assert not recorder.buffer, recorder.buffer
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def test_a_native_training_never_loads_tensorflow():
    program = OTHER_PROCESS + "\nimport sys; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def final_losses_of_keras(values: dict, seeds: range, epochs: int) -> list[float]:
    """The last validation loss of stock layers with their own dropout, under `model.fit`; one model for all seeds."""
    data = prepared(values)
    model, optimizer = (
        build(values, 3),
        keras_optimizer(values["optimizer"], values["learning_rate"]),
    )
    model.compile(loss="mse", optimizer=optimizer)
    optimizer.build(model.trainable_variables)
    x, y = windows_of(data, data.train, values["time_steps"])
    judged, found = windows_of(data, data.validation, values["time_steps"]), []
    for seed in seeds:
        model.set_weights(initial_weights(values, 3, seed))
        for variable in [
            optimizer.iterations,
            *(item for slot in keras_slots("adam", optimizer) for item in slot),
        ]:
            variable.assign(np.zeros(variable.shape))
        for place, owner in enumerate((model.layers[0].cell, model.layers[1])):
            owner.seed_generator.state.assign(np.array([seed, place]))
        fitted = model.fit(
            x, y, batch_size=8, epochs=epochs, shuffle=False, validation_data=judged, verbose=0
        )
        found.append(fitted.history["val_loss"][-1])
    return found


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_losses_under_dropout_are_distributed_as_those_of_plain_keras(cell):
    drops = {"dropout_1": 0.3, "input_dropout_1": 0.2, "recurrent_dropout_1": 0.3}
    values = parameters(cell=cell, units_1=8, optimizer="adam", time_steps=4, **drops)
    seeds = range(24)
    keras_losses = final_losses_of_keras(values, seeds, epochs=4)
    found = [losses(Training(values, prepared(values), seed), 4)[-1, 1] for seed in seeds]
    dry = values | dict.fromkeys(drops, 0.0)
    without = [losses(Training(dry, prepared(dry), seed), 4)[-1, 1] for seed in seeds]
    assert mannwhitneyu(found, keras_losses).pvalue > 0.01
    assert (
        mannwhitneyu(without, keras_losses).pvalue < 0.001
    )  # so many seeds do tell dropout from none

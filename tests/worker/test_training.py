"""A training has the losses of `model.fit`, can be resumed after any epoch, and ends as NaN."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
from scipy.stats import mannwhitneyu
from threadpoolctl import threadpool_limits

from tests.worker.networks import (
    cut_windows,
    fit_with_keras,
    run_epochs,
    tiny_config,
    tiny_data,
    tiny_training,
)
from worker.engines.optimizers import keras_optimizer, keras_variables
from worker.network import NetworkConfig, build_model, build_trained_model, initial_weights

pytestmark = pytest.mark.slow

SMALL_WINDOWS = {"batch_size": 16, "time_steps": 4}


def final_val_losses(seeds: range, epochs: int, **network) -> list[float]:
    """The last validation loss of a training from each seed."""
    return [run_epochs(tiny_training(seed, **network), epochs)[-1, 1] for seed in seeds]


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
        {
            "cell": "gru",
            "optimizer": "sgd",
            "scaling": "standard",
            "target": "difference",
            "calendar": "cyclic",
            "season_lags": "season",
        },
    ],
    ids=["lstm", "stateful", "gru"],
)
def test_losses_are_those_of_plain_keras(changes):
    keras_losses = fit_with_keras(tiny_config(**changes), tiny_data(**changes), seed=3, epochs=3)

    losses = run_epochs(tiny_training(seed=3, **changes), 3)

    np.testing.assert_allclose(losses[:, 0], keras_losses["loss"], rtol=1e-4)
    np.testing.assert_allclose(losses[:, 1], keras_losses["val_loss"], rtol=1e-4)


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
    network = {"optimizer": optimizer, **SMALL_WINDOWS, **changes}
    uninterrupted = tiny_training(seed=5, **network)
    expected = run_epochs(uninterrupted, 4)
    interrupted = tiny_training(seed=5, **network)
    run_epochs(interrupted, 2)

    resumed = tiny_training(seed=5, **network)
    resumed.restore(interrupted.checkpoint())

    np.testing.assert_allclose(run_epochs(resumed, 2), expected[2:], rtol=1e-6)
    for weight, expected_weight in zip(resumed.weights(), uninterrupted.weights(), strict=True):
        np.testing.assert_allclose(weight, expected_weight, rtol=1e-6)


def test_the_objective_is_the_error_of_the_forecast_in_csv_units():
    data = tiny_data(target="log_return", stateful=True)
    training = tiny_training(seed=1, target="log_return", stateful=True)

    result = training.run_epoch()

    forecast = training.predict(training.weights(), data.validation)
    errors = forecast - data.actual_steps(data.validation)
    assert result.objective == pytest.approx(np.sqrt(np.mean(errors**2)), rel=1e-6)
    assert result.mae == pytest.approx(np.mean(np.abs(errors)), rel=1e-6)


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_the_trained_keras_model_predicts_what_the_training_predicts(cell):
    network = {
        "cell": cell,
        "recurrent_layers": 2,
        "dense_layers": 1,
        "stateful": True,
        "dropout_1": 0.2,
    }
    data = tiny_data(**network)
    training = tiny_training(seed=1, **network)
    training.run_epoch()
    weights = training.weights()

    model = build_trained_model(tiny_config(**network), 3, weights)

    windows, _ = cut_windows(data, data.test, time_steps=5)
    outputs = model.predict(windows, verbose=0)
    forecast = training.predict(weights, data.test)
    np.testing.assert_allclose(data.invert(outputs, data.test), forecast, rtol=1e-5)


TRAINING_PROGRAM = """
from tests.worker.networks import tiny_training
training = tiny_training(seed=4, shuffle=True, dropout_1=0.3, recurrent_dropout_1=0.2)
print([training.run_epoch().train_loss for _ in range(3)])
"""


def test_another_process_gets_the_same_numbers():
    training = tiny_training(seed=4, shuffle=True, dropout_1=0.3, recurrent_dropout_1=0.2)
    with threadpool_limits(1):  # as in a slot: more threads add up a product in another order
        losses = run_epochs(training, 3)[:, 0].tolist()

    other_process = subprocess.run(
        [sys.executable, "-c", TRAINING_PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )

    assert other_process.stdout.strip() == str(losses)


def test_another_seed_gets_other_numbers():
    first = run_epochs(tiny_training(seed=1), 1)
    second = run_epochs(tiny_training(seed=2), 1)

    assert (first != second).all()


def test_a_training_that_diverges_has_losses_that_are_no_numbers():
    training = tiny_training(seed=1, optimizer="sgd", learning_rate=1e25, target="log_return")

    losses = run_epochs(training, 2)

    assert not np.isfinite(losses[1]).any()


def test_after_a_warm_up_nothing_is_left_to_compile():
    program = """
from numba.core import event
from tests.worker.networks import tiny_training
from worker.training import warm_up
warm_up()
network = {"recurrent_layers": 2, "dropout_1": 0.3, "optimizer": "rmsprop"}
with event.install_recorder("numba:compile") as recorder:
    for cell in ("lstm", "gru"):
        tiny_training(seed=4, cell=cell, **network).run_epoch()
assert not recorder.buffer, recorder.buffer
"""
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def test_a_native_training_never_loads_tensorflow():
    program = TRAINING_PROGRAM + "\nimport sys; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)


def final_val_losses_of_keras(config: NetworkConfig, seeds: range, epochs: int) -> list[float]:
    """The last validation loss of stock layers with their own dropout, under `model.fit`.

    One model serves all seeds.
    """
    data = tiny_data(time_steps=config.time_steps)
    model = build_model(config, 3)
    optimizer = keras_optimizer(config.optimizer, config.learning_rate)
    model.compile(loss="mse", optimizer=optimizer)
    optimizer.build(model.trainable_variables)
    x, y = cut_windows(data, data.train, config.time_steps)
    validation = cut_windows(data, data.validation, config.time_steps)
    losses = []
    for seed in seeds:
        model.set_weights(initial_weights(config, 3, seed))
        reset_optimizer(config, optimizer)
        recurrent, dropout = model.layers[:2]
        recurrent.cell.seed_generator.state.assign(np.array([seed, 0]))
        dropout.seed_generator.state.assign(np.array([seed, 1]))
        fitted = model.fit(
            x, y, batch_size=8, epochs=epochs, shuffle=False, validation_data=validation, verbose=0
        )
        losses.append(fitted.history["val_loss"][-1])
    return losses


def reset_optimizer(config: NetworkConfig, optimizer: keras.optimizers.Optimizer) -> None:
    """Set all that a Keras optimizer keeps to zero."""
    variables = [optimizer.iterations]
    for optimizer_variables in keras_variables(config.optimizer, optimizer):
        variables += optimizer_variables
    for variable in variables:
        variable.assign(np.zeros(variable.shape))


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_losses_under_dropout_are_distributed_as_those_of_plain_keras(cell):
    network = {"cell": cell, "units_1": 8, "optimizer": "adam", "time_steps": 4}
    dropout = {"dropout_1": 0.3, "input_dropout_1": 0.2, "recurrent_dropout_1": 0.3}
    seeds = range(24)

    keras_losses = final_val_losses_of_keras(tiny_config(**network, **dropout), seeds, epochs=4)
    losses = final_val_losses(seeds, 4, **network, **dropout)
    losses_without_dropout = final_val_losses(seeds, 4, **network)

    assert mannwhitneyu(losses, keras_losses).pvalue > 0.01
    # This many seeds tell dropout from none.
    assert mannwhitneyu(losses_without_dropout, keras_losses).pvalue < 0.001

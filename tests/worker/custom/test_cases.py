"""Programs as people write them, trained: their networks have the values of the trial."""

import numpy as np
import pytest
import tensorflow as tf

from app.domain.custom.catalogue import custom_catalogue, custom_space, data_parameters
from app.domain.custom.detection import detect_custom_model
from app.domain.search_space.space import SearchSpace
from app.domain.terms import Part
from tests.app.domain.custom.cases import SPACES, read_case
from worker.custom.errors import ProgramError
from worker.custom.factory import create_training
from worker.training import TrainingOver
from worker.windows import WindowConfig, prepare

pytestmark = pytest.mark.slow

PARTS = {Part.TRAIN: range(40), Part.VALIDATION: range(40, 50), Part.TEST: range(50, 60)}
SERIES = np.cumsum(np.random.default_rng(0).normal(size=(60, 2)), axis=0)

# Parameters of one trial of each program, and the network that they make: the units of its layers,
# its optimizer and learning rate.
TRIALS = {
    "hyperas_layers": (
        {"GRU": 6, "n_layers": 2, "conditional": "four", "add": "Activation('linear')"},
        ["GRU 6", "Dense 4", "Dense 4", "Activation", "Dense 1"],
        ("Adam", 0.001),
    ),
    "hyperas_manual": (
        {"LSTM": 8, "option": "four", "Dense": 8, "add": "Dropout(0.5)", "add_1": "Dense(2*n)",
         "Adam": 0.005, "optimizer": "adam"},
        ["LSTM 8", "Activation", "Dropout", "Dense 8", "Dropout", "Activation", "Dense 6",
         "Dense 1"],
        ("Adam", 0.005),
    ),
    "hyperas_nested": (
        {"LSTM": 8, "learning_rate": 0.01, "batch_size": 8}, ["LSTM 8", "Dense 1"], ("Adam", 0.01)
    ),
    "hyperas_six_arrays": (
        {"GRU": 8, "conditional": "yes", "Dense": 3},
        ["InputLayer", "GRU 8", "Dense 3", "Dense 1"],
        ("Adam", 0.001),
    ),
    "hyperas_star_imports": (
        {"layer_1_size": 8, "num_layers1": "two", "LSTM": 4, "lr": 0.01},
        ["LSTM 8", "LSTM 4", "Flatten", "Dense 1"],
        ("RMSprop", 0.01),
    ),
    "hyperopt_aliases": (
        {"bi": True, "cfg": "layers=[4,2]", "opt": "SGD"},
        ["Bidirectional", "Bidirectional", "Dense 1"],
        ("SGD", 0.01),
    ),
    "hyperopt_arange": (
        {"units": 12, "dropout": 0.4, "lr": 0.002, "layers": 2},
        ["LSTM 12", "Dropout", "LSTM 12", "Dropout", "Dense 1"],
        ("Adam", 0.002),
    ),
    "hyperopt_callable": (
        {"time_steps": 5, "lstm_units": "(8,4)", "batch_size": 16, "opt": "name=rmsprop",
         "rms_lr": 0.004, "rms_momentum": 0.5},
        ["LSTM 8", "LSTM 4", "GlobalAveragePooling1D", "Dense 1"],
        ("RMSprop", 0.004),
    ),
    "hyperopt_class": (
        {"units": 8, "dense": 3}, ["LSTM 8", "Dense 3", "Dense 1"], ("Adam", 0.001)
    ),
    "hyperopt_factory": (
        {"units": 8, "lr": 0.004, "cell": "gru"}, ["GRU 8", "Dense 1"], ("Adam", 0.004)
    ),
    "hyperopt_global_names": (
        {"units": 8, "head": "('attention',scale)", "scale": 2.0, "log_lr": -2.0},
        ["InputLayer", "LSTM 8", "Attention", "Dense 1"],
        ("Adam", 0.005),
    ),
    "hyperopt_inline": ({"units": 8}, ["LSTM 8", "Dense 1"], ("Adam", 0.001)),
    "hyperopt_lambda": ({"units": 8}, ["LSTM 8", "Dense 1"], ("Adam", 0.001)),
    "hyperopt_layers_two_or_three": (
        {"num_layers": "layers=three", "units3": 4, "units1": 8, "optimizer": "rmsprop",
         "batch_size": 8.5},
        ["LSTM 8", "BatchNormalization", "Bidirectional", "Dense 4", "Dense 1"],
        ("RMSprop", 0.001),
    ),
    "hyperopt_look_back": (
        {"time_steps": 6, "units": 8, "lr": 0.003}, ["LSTM 8", "Dense 1"], ("Adam", 0.003)
    ),
    "hyperopt_loops": (
        {"units_0": 8, "units_1": 4, "dropout_1": 0.2, "lr": 0.001, "n_layers": 2},
        ["LSTM 8", "Dropout", "LSTM 4", "Dropout", "Dense 1"],
        ("RMSprop", 0.001),
    ),
    "hyperopt_main": ({"units": 8, "batch_size": 16}, ["LSTM 8", "Dense 1"], ("Adam", 0.001)),
    "hyperopt_named_draws": (
        {"units": 8, "lr": 0.003, "batch_size": 16}, ["LSTM 8", "Dense 1"], ("Adam", 0.003)
    ),
    "hyperopt_notebook": (
        {"units": 8, "act": "tf.nn.tanh", "opt": "tf.keras.optimizers.SGD"},
        ["SimpleRNN 8", "Dense 1"],
        ("SGD", 0.01),
    ),
    "hyperopt_partial": (
        {"n": 12, "rate": 0.25}, ["InputLayer", "LSTM 12", "Dropout", "Dense 1"], ("Adam", 0.001)
    ),
    "hyperopt_same_names": (
        {"units": 8, "optimizer": "sgd"}, ["LSTM 8", "Dense 1"], ("SGD", 0.01)
    ),
    "hyperopt_shared_draws": (
        {"model": "type=gru", "units": 8, "recurrent_dropout": 0.1},
        ["GRU 8", "Dense 1"],
        ("Adam", 0.001),
    ),
    "hyperopt_stock_prices": (
        {"units1": 8, "layers": "n_layers=two", "units2": 2, "dropout2": 0.1},
        ["LSTM 8", "Dropout", "LSTM 2", "Dropout", "Dense 1"],
        ("Adam", 0.001),
    ),
    "hyperopt_tuner_object": (
        {"units": 8, "lr": "large", "large": 0.04}, ["LSTM 8", "Dense 1"], ("Adam", 0.04)
    ),
    "talos_arange_dropout": (
        {"units": 8, "dropout": 0.3}, ["LSTM 8", "Dropout", "Dense 1"], ("Adam", 0.001)
    ),
    "talos_class": ({"units": 8}, ["LSTM 8", "Dense 1"], ("Adam", 0.001)),
    "talos_colab": (
        {"lr": 0.007, "first_neuron": 8, "optimizer": "RMSprop"},
        ["LSTM 8", "Dropout", "LSTM 4", "Dense 1"],
        ("RMSprop", 0.007),
    ),
    "talos_function_of_values": (
        {"units": 8, "lr": 0.01, "shapes": "funnel"},
        ["GRU 8", "Dense 2", "Dense 1"],
        ("Adam", 0.01),
    ),
    "talos_groups": (
        {"lstm_units": 8, "lstm_dropout": 0.2}, ["LSTM 8", "Dense 1"], ("Adam", 0.001)
    ),
    "talos_keras_objects": (
        {"lr": 0.5, "neurons": 8, "hidden": 6, "reg": "l2(0.001)", "optimizer": "Nadam",
         "losses": "log_cosh", "activation": "elu"},
        ["LSTM 8", "Dropout", "Dense 6", "Dense 1"],
        ("Nadam", 0.001),
    ),
    "talos_long_values": (
        {"regularizer": "keras.regularizers.l1_l2(l1=0.01,l2=0.0001)", "layers": "[16,8,4]"},
        ["LSTM 16", "LSTM 8", "LSTM 4", "Dense 1"],
        ("Adam", 0.001),
    ),
    "talos_merged": (
        {"first_neuron": 8, "hidden_layers": 1}, ["LSTM 8", "LSTM 8", "Dense 1"], ("Adam", 0.001)
    ),
    "talos_nested": (
        {"first_neuron": 8, "optimizer": "Nadam"},
        ["LSTM 8", "Dropout", "LSTM 4", "Dense 1"],
        ("Nadam", 0.001),
    ),
    "talos_without_scan": (
        {"cell": "GRU", "units": 8, "scale": "lambda_x:x*2.0",
         "layers": "[8,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,3]"},
        ["InputLayer", "GRU 8", "Dense 3", "Dense 1", "Lambda"],
        ("Adam", 0.001),
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def run_eagerly():
    """Small networks train sooner without graphs."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def prepare_training(custom_model, parameters):
    catalogue = custom_catalogue(custom_model)
    space = SearchSpace.parse(custom_space(custom_model), catalogue)
    if "time_steps" not in custom_space(custom_model):
        parameters = {"time_steps": 4, **parameters}
    parameters = space.with_defaults(parameters)
    config = WindowConfig.from_parameters(data_parameters(parameters))
    data = prepare(SERIES, 0, config, PARTS, ("close", "volume"))
    return create_training(custom_model, parameters, data, seed=0)


def describe_layer(layer):
    units = layer.get_config().get("units")
    class_name = type(layer).__name__
    return class_name if units is None else f"{class_name} {units}"


def train(custom_model, parameters):
    """Train to the end of the program's fit: the model, the results and why it ended."""
    training = prepare_training(custom_model, parameters)
    results = []
    try:
        while True:
            results.append(training.run_epoch())
    except TrainingOver as over:
        return training.evaluator.model, results, str(over)
    finally:
        training.close()


def test_every_program_is_trained():
    assert TRIALS.keys() == SPACES.keys()


@pytest.mark.parametrize("name", TRIALS)
def test_a_trial_of_a_program_trains_a_network_of_its_parameters(name):
    parameters, layers, (optimizer, learning_rate) = TRIALS[name]

    model, results, _ = train(read_case(name), parameters)

    assert [describe_layer(layer) for layer in model.layers] == layers
    assert type(model.optimizer).__name__ == optimizer
    assert float(model.optimizer.learning_rate) == pytest.approx(learning_rate)
    assert 1 <= len(results) <= 3
    assert all(np.isfinite(result.objective) for result in results)


NETWORK = """
from keras import Sequential, layers
from hyperopt import fmin, hp
{imports}

def objective(params):
    model = Sequential([layers.Dense(params["units"]), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    history = model.fit(x_train, y_train, epochs=1, validation_data=(x_val, y_val))
    return {loss}

fmin(objective, {{"units": hp.choice("units", [2, 3])}})
"""


def test_what_fails_after_the_fit_is_told_and_does_not_fail_the_trial():
    source = NETWORK.format(imports="import not_installed.plots as plots", loss="plots.show()")

    model, results, end = train(detect_custom_model("mine", source), {"units": 3})

    assert model.layers[0].units == 3
    assert len(results) == 1
    assert "mine.py, line 10: ModuleNotFoundError: No module named 'not_installed'" in end


def test_what_is_needed_and_not_installed_fails_where_it_is_used():
    source = NETWORK.format(imports="from not_installed import size", loss="0")
    source = source.replace('params["units"]', "size()")
    training = prepare_training(detect_custom_model("mine", source), {})

    with pytest.raises(ProgramError, match=r"mine.py, line 7: ModuleNotFoundError"):
        training.run_epoch()


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ("layers.LSTM(3, input_shape=(60, 1))", "Each window has 4 time steps of 2 columns."),
        (
            "layers.Dense(len(open('prices.csv').read()))",
            "call its windows x_train, y_train, x_val",
        ),
    ],
)
def test_what_does_not_fit_the_dataset_is_told_in_its_terms(layer, words):
    source = NETWORK.format(imports="", loss="0").replace('layers.Dense(params["units"])', layer)
    training = prepare_training(detect_custom_model("mine", source), {})

    with pytest.raises(ProgramError, match=words):
        training.run_epoch()

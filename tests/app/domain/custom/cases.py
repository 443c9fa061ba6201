"""Programs as people write them, in tests/cases/models, and the spaces that are read from them."""

from pathlib import Path

from app.domain.custom.detection import CustomModel, detect_custom_model

FOLDER = Path(__file__).parents[3] / "cases" / "models"
LR = {"loguniform": [0.001, 0.01]}


def choice(*values):
    return {"choice": list(values)}


def when(entry, name, value):
    return {**entry, "when": {name: value}}


# The space that each program describes.
SPACES = {
    "hyperas_layers": {
        "GRU": choice(4, 6),
        "n_layers": choice(1, 2),
        "activation": choice("relu", "sigmoid"),
        "activation_1": choice("relu", "sigmoid"),
        "activation_2": choice("relu", "sigmoid"),
        "conditional": choice("three", "four"),
        "add": choice("Dropout(0.5)", "Activation('linear')"),
    },
    "hyperas_manual": {
        "LSTM": choice(4, 8),
        "Activation": choice("relu", "sigmoid"),
        "Dropout": {"uniform": [0.0, 1.0]},
        "option": choice("three", "four"),
        "Dense": {"integer": [4, 8], "step": 4},
        "add": choice("Dropout(0.5)", "Activation('linear')"),
        "add_1": choice("Dense(n)", "Dense(2*n)"),
        "Adam": {"loguniform": [0.000335462628, 0.0183156389]},
        "optimizer": choice("rmsprop", "adam", "sgd"),
        "batch_size": choice(16, 32),
    },
    "hyperas_nested": {
        "LSTM": choice(4, 8),
        "learning_rate": choice(0.001, 0.01),
        "batch_size": choice(8, 16),
    },
    "hyperas_six_arrays": {
        "GRU": choice(4, 8),
        "conditional": choice("no", "yes"),
        "Dense": choice(2, 3),
        "loss": choice("mse", "mae"),
        "batch_size": {"integer": [0, 2]},
    },
    "hyperas_star_imports": {
        "layer_1_size": {"integer": [4, 8], "step": 4},
        "l1_dropout": {"uniform": [0.001, 0.7]},
        "num_layers1": choice("one", "two"),
        "return_sequences": True,
        "LSTM": choice(4, 8),
        "lr": choice(0.0001, 0.001, 0.01),
        "batch_size": choice(16, 32),
    },
    "hyperopt_aliases": {
        "bi": choice(True, False),
        "cfg": choice("layers=[4]", "layers=[4,2]"),
        "opt": choice("Adam", "SGD"),
    },
    "hyperopt_arange": {
        "units": choice(4, 8, 12),
        "dropout": choice(0.0, 0.2, 0.4),
        "lr": LR,
        "batch": choice(16, 32),
        "layers": choice(1, 2),
    },
    "hyperopt_callable": {
        "time_steps": {"integer": [4, 6]},
        "lstm_units": choice("(4,)", "(8,4)", "(8,8,4)"),
        "batch_size": {"loguniform": [8, 32], "step": 8},
        "opt": choice("name=adam", "name=rmsprop"),
        "adam_lr": when(LR, "opt", "name=adam"),
        "rms_lr": when(LR, "opt", "name=rmsprop"),
        "rms_momentum": when({"uniform": [0.0, 0.9]}, "opt", "name=rmsprop"),
    },
    "hyperopt_class": {"units": choice(4, 8), "dense": choice(2, 3)},
    "hyperopt_factory": {
        "units": choice(4, 8),
        "lr": {"loguniform": [0.00247875218, 0.0183156389]},
        "cell": choice("lstm", "gru"),
    },
    "hyperopt_global_names": {
        "units": choice(4, 8),
        "bias": choice(True, False),
        "batch_power": {"integer": [3, 4]},
        "log_lr": {"uniform": [-3.0, -2.0]},
        "head": choice("('attention',scale)", "('last',None)"),
        "scale": when({"uniform": [0.5, 2.0]}, "head", "('attention',scale)"),
    },
    "hyperopt_inline": {"units": choice(4, 8)},
    "hyperopt_lambda": {"units": choice(4, 8), "lr": choice(0.001, 0.01)},
    "hyperopt_layers_two_or_three": {
        "num_layers": choice("layers=two", "layers=three"),
        "units3": when(choice(2, 4), "num_layers", "layers=three"),
        "dropout3": when({"uniform": [0.25, 0.75]}, "num_layers", "layers=three"),
        "units1": choice(4, 8),
        "units2": choice(4, 8),
        "dropout1": {"uniform": [0.25, 0.75]},
        "batch_size": {"uniform": [8.0, 16.0]},
        "optimizer": choice("adadelta", "adam", "rmsprop"),
    },
    "hyperopt_look_back": {
        "time_steps": {"integer": [4, 8], "step": 2},
        "units": {"integer": [4, 8], "step": 4},
        "lr": LR,
    },
    "hyperopt_loops": {
        "units_0": choice(4, 8),
        "units_1": choice(4, 8),
        "dropout_0": {"uniform": [0.0, 0.4], "step": 0.1},
        "dropout_1": {"uniform": [0.0, 0.4], "step": 0.1},
        "lr": choice(0.01, 0.001),
        "batch_size": choice(16, 32),
        "n_layers": choice(1, 2),
    },
    "hyperopt_main": {
        "units": {"integer": [4, 8], "step": 4},
        "batch_size": choice(16, 32),
    },
    "hyperopt_named_draws": {
        "units": choice(4, 8),
        "lr": {"loguniform": [0.000911881966, 0.0183156389]},
        "batch_size": choice(16, 32),
    },
    "hyperopt_notebook": {
        "units": {"integer": [4, 8], "step": 4},
        "act": choice("relu", "tf.nn.tanh"),
        "opt": choice("tf.keras.optimizers.Adam", "tf.keras.optimizers.SGD"),
    },
    "hyperopt_partial": {
        "n": {"integer": [4, 12], "step": 4},
        "rate": choice(0.0, 0.25),
    },
    "hyperopt_same_names": {"units": choice(4, 8), "optimizer": choice("adam", "sgd")},
    "hyperopt_shared_draws": {
        "model": choice("type=lstm", "type=gru", "type=dense"),
        "units": {"integer": [4, 8], "step": 4},
        "recurrent_dropout": when({"uniform": [0.0, 0.3]}, "model", ["type=lstm", "type=gru"]),
    },
    "hyperopt_stock_prices": {
        "units1": choice(4, 8),
        "layers": choice("n_layers=one", "n_layers=two"),
        "units2": when(choice(2, 4), "layers", "n_layers=two"),
        "dropout2": when({"uniform": [0.0, 0.5]}, "layers", "n_layers=two"),
        "dropout": {"uniform": [0.0, 0.5]},
        "batch_size": choice(16, 32),
        "optimizer": choice("adam", "rmsprop"),
    },
    "hyperopt_tuner_object": {
        "units": choice(4, 8),
        "lr": choice("small", "large"),
        "small": when({"uniform": [0.001, 0.002]}, "lr", "small"),
        "large": when({"loguniform": [0.0183156389, 0.0497870684]}, "lr", "large"),
    },
    "talos_arange_dropout": {
        "units": choice(4, 8),
        "dropout": choice(0.0, 0.1, 0.2, 0.3, 0.4),
        "batch_size": 32,
        "epochs": 2,
    },
    "talos_class": {"units": choice(4, 8), "batch": 16},
    "talos_colab": {
        "lr": choice(0.001, 0.004, 0.007),
        "first_neuron": choice(4, 8),
        "batch_size": choice(8, 16),
        "epochs": 1,
        "dropout": choice(0.0, 0.1, 0.2, 0.3),
        "optimizer": choice("Adam", "RMSprop"),
        "losses": choice("mse", "mae"),
        "last_activation": "linear",
    },
    "talos_function_of_values": {
        "units": choice(4, 8),
        "lr": choice(0.001, 0.01),
        "epochs": 2,
        "batch_size": 16,
        "shapes": choice("brick", "funnel"),
    },
    "talos_groups": {
        "lstm_units": choice(4, 8),
        "lstm_dropout": choice(0.0, 0.2),
        "fit_batch_size": choice(8, 16),
        "fit_epochs": 1,
    },
    "talos_keras_objects": {
        "lr": choice(0.5, 0.95, 1.4, 1.85, 2.3, 2.75, 3.2, 3.65, 4.1, 4.55),
        "neurons": choice(4, 8),
        "hidden": choice(2, 4, 6),
        "reg": choice("None", "l1(0.01)", "l2(0.001)"),
        "batch_size": choice(8, 16, 24),
        "epochs": 2,
        "dropout": choice(0.0, 0.1, 0.2, 0.3, 0.4),
        "optimizer": choice("Adam", "Nadam"),
        "losses": choice("mean_squared_error", "log_cosh"),
        "activation": choice("relu", "elu"),
    },
    "talos_long_values": {
        "regularizer": choice(
            "None",
            "keras.regularizers.l1_l2(l1=0.001,l2=0.0001)",
            "keras.regularizers.l1_l2(l1=0.01,l2=0.0001)",
        ),
        "layers": choice("(8,)", "(8,4)", "[16,8,4]"),
        "batch_size": 32,
        "epochs": 2,
    },
    "talos_merged": {
        "first_neuron": choice(4, 8),
        "hidden_layers": choice(0, 1),
        "dropout": 0.0,
        "activation": "relu",
        "shapes": "brick",
        "last": "linear",
        "epochs": 2,
    },
    "talos_nested": {
        "first_neuron": choice(4, 8),
        "second_neuron": 4,
        "batch_size": choice(16, 32),
        "epochs": 2,
        "dropout": choice(0.0, 0.2),
        "recurrent_dropout": 0,
        "kernel_initializer": choice("uniform", "normal"),
        "optimizer": choice("Nadam", "Adam"),
        "losses": "mean_squared_error",
        "activation": "tanh",
        "last_activation": "linear",
    },
    "talos_without_scan": {
        "cell": choice("LSTM", "GRU"),
        "batch_size": choice(16, 32),
        "units": choice(4, 8),
        "scale": choice("lambda_x:x", "lambda_x:x*2.0"),
        "layers": choice(
            "[8,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,2]",
            "[8,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,4,3]",
        ),
        "activation": "tanh",
        "epochs": 2,
    },
}


def read_source(name: str) -> str:
    """The text of a program; a notebook's is no Python."""
    paths = [FOLDER / f"{name}.py", FOLDER / f"{name}.txt"]
    path = next(path for path in paths if path.exists())
    return path.read_text()


def read_case(name: str) -> CustomModel:
    """The custom model in one of the programs."""
    return detect_custom_model(name, read_source(name))

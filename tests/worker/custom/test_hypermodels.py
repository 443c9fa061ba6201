"""Keras Tuner programs as people write them, run with the values of one trial."""

from pathlib import Path

import numpy as np
import pytest

from app.domain.custom.detection import detect_custom_model
from app.domain.terms import TrialState
from worker.custom.errors import ProgramError
from worker.custom.hp_stubs import HyperParameters
from worker.custom.program import Program
from worker.custom.windows import WindowArrays

pytestmark = pytest.mark.slow
CASES = Path(__file__).parents[2] / "cases" / "models"
PROGRAMS = {  # a program: values of a trial, and the layers it builds of them
    "tuner_class": ({"num_layers": 2, "units_0": 8, "units_1": 4}, ["LSTM 8", "LSTM 4"]),
    "tuner_closure": ({"units_0": 4, "units_1": 8}, ["LSTM 4", "LSTM 8"]),
    "tuner_comprehensions": (
        {"layers": 2, "units0": 8, "units1": 4, "cell": "lstm"},
        ["LSTM 8", "LSTM 4"],
    ),
    "tuner_conditional": (
        {"model_type": "gru", "gru_units": 8, "dense_layers": 1, "dense_units1": 4},
        ["GRU 8", "Dense 4"],
    ),
    "tuner_defaults_only": ({"units": 8}, ["LSTM 8"]),
    "tuner_dict_pick": ({"cell": "gru", "units": 8, "optimizer": "rmsprop"}, ["GRU 8"]),
    "tuner_early_return": ({"kind": "rnn", "arch": "deep"}, ["GRU 8", "GRU 4"]),
    "tuner_lambda": ({"units": 6, "dropout": 0.2}, ["GRU 6"]),
    "tuner_log_step": ({"units": 16}, ["LSTM 16"]),
    "tuner_main": ({"u0": 8, "u1": 4}, ["LSTM 8", "LSTM 4"]),
    "tuner_match": ({"net": "mlp", "mlp_units": 8, "dense": 1}, ["Dense 8", "Dense 4"]),
    "tuner_method": (
        {"cell": "GRU", "units_1": 8, "units_2": 4, "units_3": 8},
        ["GRU 8", "GRU 4", "GRU 8"],
    ),
    "tuner_name_scope": (
        {"rnn_layers": 2, "rnn_units_00": 8, "rnn_units_01": 4},
        ["GRU 8", "GRU 4"],
    ),
    "tuner_overrides": ({"units": 6}, ["LSTM 6"]),
    "tuner_partial": ({"units": 6}, ["GRU 6"]),
    "tuner_run_trial": ({"units": 8}, ["LSTM 8"]),
}


def make_windows():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(16, 4, 1)).astype(np.float32)
    y = x[:, -1, 0]
    return WindowArrays(x, y, x, y)


def load(name, parameters):
    custom_model = detect_custom_model(name, (CASES / f"{name}.py").read_text())
    return Program(custom_model, parameters, make_windows())


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_builds_its_model_of_the_values_of_the_trial_and_it_learns(name):
    parameters, layers = PROGRAMS[name]
    program = load(name, parameters)

    model = program.run()
    model.fit(program.windows.x_train, program.windows.y_train, epochs=1, verbose=0)

    built = [f"{type(layer).__name__} {layer.units}" for layer in model.layers if has_units(layer)]
    assert built == [*layers, "Dense 1"]


def has_units(layer):
    return hasattr(layer, "units")


def test_a_fit_of_the_program_is_followed_epoch_by_epoch(queue_trial, work, get_trial):
    source = (CASES / "tuner_fit.py").read_text()
    trial_id = queue_trial("mine", source, epochs=2, units=8, batch_size=16, shuffle=True)

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.error) == (TrialState.COMPLETED, None)
    assert trial.epochs_trained == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "mine.py: build: The model has 2 outputs, but a forecast is one value"),
        (
            {
                "[keras.layers.Dense(1, name=": "{'a': keras.layers.Dense(1, name=",
                'keras.layers.Dense(1, name="direction")(x)]': "'b': keras.layers.Dense(1)(x)}",
            },
            "mine.py: build: The model has 2 outputs (a, b)",
        ),
    ],
)
def test_a_model_with_several_outputs_is_explained(queue_trial, work, get_trial, changes, words):
    source = (CASES / "tuner_two_outputs.py").read_text()
    for old, new in {"(None, 1)": "(None, 3)", **changes}.items():
        source = source.replace(old, new)
    trial_id = queue_trial("mine", source)

    work()

    trial = get_trial(trial_id)
    assert (trial.state, trial.failure_cause) == (TrialState.FAILED, "custom model")
    assert words in trial.error


def test_an_input_of_another_shape_is_explained(queue_trial, work, get_trial):
    source = (CASES / "tuner_two_outputs.py").read_text().replace("(None, 1)", "(30, 1)")
    trial_id = queue_trial("mine", source)

    work()

    words = "takes windows of 30 rows and 1 features, but here they have 4 rows (time_steps) and 3"
    assert words in get_trial(trial_id).error


def test_a_recurrent_layer_that_returns_sequences_is_explained(queue_trial, work, get_trial):
    source = (CASES / "tuner_defaults_only.py").read_text()
    source = source.replace("step=4)", "step=4), return_sequences=True")
    trial_id = queue_trial("mine", source)

    work()

    assert "must not have return_sequences=True" in get_trial(trial_id).error


def test_a_name_that_was_not_read_is_no_default_in_silence():
    hp = HyperParameters({"units": 8}, keys={"units"})

    with pytest.raises(ProgramError, match='asks hp for "unit", which was not found'):
        hp.Int("unit", 4, 8)


def test_hp_has_the_values_of_the_trial_under_the_names_of_the_scopes():
    hp = HyperParameters({"rnn/units": 8})

    with hp.name_scope("rnn"):
        units = hp.Int("units", 4, 16)
        assert hp.get("units") == hp["units"] == units == 8
        assert "units" in hp

    assert hp.Fixed("rate", value=0.1) == hp.get("rate") == 0.1
    assert "units" not in hp

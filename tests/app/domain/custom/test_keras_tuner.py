"""Keras Tuner programs: a build function that asks hp."""

import pytest

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import TuningLibrary, detect_custom_model
from app.domain.custom.literals import CustomModelError
from app.domain.search_space.space import SearchSpace
from tests.app.domain.custom.programs import detect_build, read_case, read_program, space_of


def test_a_keras_tuner_program_has_layers_that_are_active_only_with_enough_of_them():
    custom_model = read_program("tuner_dense")
    document = custom_space(custom_model) | {"lr": 0.001, "dropout": False}

    space = SearchSpace.parse(document, custom_catalogue(custom_model))

    assert custom_model.library == TuningLibrary.KERAS_TUNER
    assert custom_model.function_name == "build_model"
    assert space.document()["units_1"] == {"integer": [4, 16], "step": 4}
    assert space.size() == 4 + 4 * 4 + 4 * 4 * 4
    assert "units_2" not in space.with_defaults({"num_layers": 2})
    assert {"batch_size", "epochs", "patience", "shuffle"} < set(space.catalogue)


@pytest.mark.parametrize(
    ("body", "entry"),
    [
        ('hp.Int("a", 2, 8, step=2)', {"integer": [2, 8], "step": 2}),
        ('hp.Int("a", 2, 8, sampling="log")', {"loguniform": [2, 8]}),
        ('hp.Float("a", 0, 1, step=0.25)', {"uniform": [0.0, 1.0], "step": 0.25}),
        ('hp.Choice("a", ["x y", "z"])', {"choice": ["x_y", "z"]}),
        ('hp.Choice("a", [None, 1])', {"choice": ["None", "1"]}),
        ('hp.Choice("a", values=[1, 2.5])', {"choice": [1.0, 2.5]}),
        ('hp.Boolean("a")', {"choice": [False, True]}),
        ('hp.Int("a", 3, 3)', 3),
        ('hp.Int("a", 4, 32, step=2, sampling="log")', {"choice": [4, 8, 16, 32]}),
        ('hp.Int("a", 4, 40, 3, "log")', {"choice": [4, 12, 36]}),
        ('hp.Float("a", 1e-4, 1e-2, step=10, sampling="log")', {"choice": [1e-4, 1e-3, 1e-2]}),
        ('hp.Float("a", 0.1, 1, step=10, sampling="reverse_log")', {"choice": [0.1, 1.0]}),
        ('hp.Int("a", 1, 3, step=5)', 1),
        ('hp.Int("a", 4, 15, step=4)', {"integer": [4, 15], "step": 4}),
        ('hp.Fixed("a", value="adam")', "adam"),
        ('C = dict(x=layers.LSTM, y=f)\nhp.Choice("a", list(C))', {"choice": ["x", "y"]}),
        ('UNITS = {"min_value": 2, "max_value": 4}\nhp.Int("a", **UNITS)', {"integer": [2, 4]}),
        ('RANGE = (2, 4)\nhp.Int("a", *RANGE)', {"integer": [2, 4]}),
        ('for _ in model.layers:\n    hp.Boolean("a")', {"choice": [False, True]}),
        ('def block(n):\n    hp.Int("a", 1, n)\nblock(3)', {"integer": [1, 3]}),
        ('try:\n    pass\nexcept OSError:\n    hp.Boolean("a")', {"choice": [False, True]}),
        ('k = lambda n: hp.Int("a", 1, n)\nk(3)', {"integer": [1, 3]}),
        ('if unknown():\n    pass\nelse:\n    x = [hp.Boolean("a")]', {"choice": [False, True]}),
    ],
)
def test_calls_of_hp_are_understood(body, entry):
    custom_model = detect_build(body)

    assert space_of(custom_model).document() == {"a": entry}


STEP = {"integer": [4, 8], "step": 4}
CASES = {  # a program: its space
    "tuner_class": {
        "num_layers": {"integer": [1, 2]},
        "units_0": STEP,
        "units_1": STEP,
        "lr": {"loguniform": [0.001, 0.01]},
    },
    "tuner_closure": {"units_0": STEP, "units_1": STEP},
    "tuner_comprehensions": {
        "layers": {"integer": [1, 2]},
        "units0": STEP,
        "units1": STEP,
        "cell": {"choice": ["gru", "lstm"]},
        "clip": {"choice": [False, True]},
        "clipnorm": {"uniform": [0.5, 2.0], "step": 0.5, "when": {"clip": True}},
    },
    "tuner_conditional": {
        "model_type": {"choice": ["lstm", "gru"]},
        "lstm_units": {**STEP, "when": {"model_type": "lstm"}},
        "gru_units": {**STEP, "when": {"model_type": "gru"}},
        "dense_layers": {"integer": [0, 1]},
        "dense_units1": STEP,
        "dropout": 0.1,
    },
    "tuner_defaults_only": {"units": STEP},
    "tuner_dict_pick": {
        "cell": {"choice": ["lstm", "gru"]},
        "units": {"choice": [4, 8]},
        "optimizer": {"choice": ["adam", "rmsprop"]},
    },
    "tuner_early_return": {
        "arch": {"choice": ["small", "deep"]},
        "kind": {"choice": ["dense", "rnn"]},
        "width": {**STEP, "when": {"kind": "dense"}},
        "rd_0": {"uniform": [0.0, 0.2], "step": 0.1, "when": {"kind": "rnn"}},
        "rd_1": {"uniform": [0.0, 0.2], "step": 0.1, "when": {"kind": "rnn", "arch": "deep"}},
        "lr": {"choice": [0.0001, 0.0091, 0.01], "when": {"kind": "rnn"}},
    },
    "tuner_fit": {
        "units": STEP,
        "batch_size": {"choice": [8, 16]},
        "shuffle": {"choice": [False, True]},
    },
    "tuner_lambda": {
        "dropout": {"uniform": [0.0, 0.3], "step": 0.1},
        "units": {"choice": [4, 6]},
        "opt": {"choice": ["adam", "sgd"]},
    },
    "tuner_main": {"u0": STEP, "u1": STEP},
    "tuner_match": {
        "net": {"choice": ["rnn", "cnn", "mlp"]},
        "rnn_units": {**STEP, "when": {"net": "rnn"}},
        "filters": {**STEP, "when": {"net": "cnn"}},
        "kernel": {"choice": [2, 3], "when": {"net": "cnn"}},
        "mlp_units": {**STEP, "when": {"net": "mlp"}},
        "dense": {"integer": [0, 2]},
        "dense_0": STEP,
        "dense_1": STEP,
    },
    "tuner_method": {
        "cell": {"choice": ["LSTM", "GRU"]},
        "units_1": {"choice": [4, 8]},
        "units_2": {"choice": [4, 8]},
        "units_3": {"choice": [4, 8]},
    },
    "tuner_name_scope": {
        "rnn_layers": {"integer": [1, 2]},
        "rnn_units_00": STEP,
        "rnn_units_01": STEP,
        "head_dropout": {"choice": [False, True]},
        "head_rate": {"uniform": [0.1, 0.5], "step": 0.2, "when": {"head_dropout": True}},
        "optimizer": {"choice": ["adam", "rmsprop"]},
    },
    "tuner_overrides": {"learning_rate": 0.001, "units": {"choice": [4, 6]}, "loss": "mse"},
    "tuner_partial": {
        "units": {"integer": [4, 6], "step": 2},
        "learning_rate": {"choice": [0.01, 0.001]},
    },
    "tuner_run_trial": {
        "batch_size": {"integer": [8, 32], "step": 8},
        "epochs": {"integer": [2, 4]},
        "units": STEP,
        "learning_rate": {"choice": [0.01, 0.001, 0.0001]},
    },
}


@pytest.mark.parametrize("name", CASES)
def test_programs_have_the_space_that_keras_tuner_would_search(name):
    custom_model = read_case(name)

    assert custom_model.library == TuningLibrary.KERAS_TUNER
    assert space_of(custom_model).document() == CASES[name]


def test_a_step_on_a_log_scale_multiplies():
    entries = custom_space(read_case("tuner_log_step"))

    assert entries["units"] == {"choice": [4, 8, 16, 32]}
    assert entries["dropout"] == {"uniform": [0.4, 0.5], "step": 0.1}
    assert entries["lr"] == {"choice": [0.0001, 0.001, 0.01]}


def test_a_conditional_program_has_as_many_combinations_as_different_trainings():
    assert space_of(read_case("tuner_conditional")).size() == 12


def test_a_default_among_values_with_a_name_is_kept():
    custom_model = detect_build('UNITS = [4, 8]\nhp.Choice("units", UNITS, default=8)')

    assert custom_catalogue(custom_model)["units"].default == 8


@pytest.mark.parametrize(
    ("body", "condition"),
    [
        ('if a == "x":\n    hp.Boolean("b")', {"a": "x"}),
        ('if a != "x":\n    hp.Boolean("b")', {"a": ["y", "z"]}),
        ('if a in ("x", "z"):\n    hp.Boolean("b")', {"a": ["x", "z"]}),
        ('if not a == "x":\n    hp.Boolean("b")', {"a": ["y", "z"]}),
        ('if a == "x":\n    pass\nelse:\n    hp.Boolean("b")', {"a": ["y", "z"]}),
        ('if a == "x":\n    return 1\nhp.Boolean("b")', {"a": ["y", "z"]}),
        ('k = {"x": 0, "y": 1, "z": 2}[a]\nif k > 1:\n    hp.Boolean("b")', {"a": "z"}),
        ('hp.Boolean("b", parent_name="a", parent_values=["y"])', {"a": "y"}),
        ('n = 1 if a == "x" else 0\nfor _ in range(n):\n    hp.Boolean("b")', {"a": "x"}),
        ('if hp.get("a") == "x" and unknown():\n    hp.Boolean("b")', {"a": "x"}),
        ('if a == "x" or unknown():\n    hp.Boolean("b")', None),
        ('if unknown(a):\n    hp.Boolean("b")', None),
        ('if a == "x":\n    hp.Boolean("b")\nhp.Boolean("b")', None),
        (
            'if a == "x":\n    hp.Boolean("b")\nelif a == "y":\n    hp.Boolean("b")',
            {"a": ["x", "y"]},
        ),
    ],
)
def test_a_hyperparameter_is_varied_only_where_the_program_reaches_it(body, condition):
    custom_model = detect_build(f'a = hp.Choice("a", ["x", "y", "z"])\n{body}')

    entry = space_of(custom_model).document()["b"]

    assert entry.pop("when", None) == condition
    assert entry == {"choice": [False, True]}


def test_conditions_follow_a_hyperparameter_that_is_renamed():
    custom_model = detect_build('if hp.Choice("state", ["x", "y"]) == "x":\n    hp.Boolean("b")\n')

    assert space_of(custom_model).document()["b"]["when"] == {"state_": "x"}


def test_conditions_are_dropped_where_they_would_make_too_many_branches():
    body = "".join(
        f'if hp.Boolean("a{number}"):\n    hp.Boolean("b{number}")\n' for number in range(16)
    )

    assert space_of(detect_build(body)).size() == 2**32


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def build(hp, n):\n    pass\n", "Line 1: build needs n, and the file does not say"),
        (
            "class A(HyperModel):\n"
            "    def __init__(self, n):\n        self.n = n\n"
            "    def build(self, hp):\n        hp.Int('a', 1, self.n)\n",
            "Line 2: A needs n, and the file does not say its value",
        ),
        (
            "def build(hp):\n    a = hp.Int('a', 4, 8)\n    hp.Int('b', 4, a)\n",
            'Line 3: The max_value of "b" must be a plain number. "a" depends on',
        ),
        (
            "def build(hp):\n    hp.Int('a', 1, 2)\n    hp.Int('a', 3, 4)\n",
            'Line 3: "a" is asked for with other values in line 2.',
        ),
        (
            "def build_a(hp):\n    pass\ndef build_b(hp):\n    pass\n",
            "several models to search: build_a (line 1) and build_b (line 3)",
        ),
        (
            "def build(hp):\n    hp.Int('a', 1, 8, step=1, sampling='log')\n",
            'Line 2: The step of "a" multiplies on a log scale: it must be above 1, not 1.',
        ),
        (
            "def build(hp):\n    hp.Choice('a', [4, make()])\n",
            'Line 2: Value 2 of "a" is no text, number or flag',
        ),
        (
            "def build(hp):\n    with hp.conditional_scope('b', [1]):\n        pass\n",
            'Line 2: The condition names "b", which has not been asked for before.',
        ),
        (
            "def build(hp):\n    pass\n"
            "class T(RandomSearch):\n    def run_trial(self, trial, *args, **kwargs):\n"
            "        kwargs['batch_size'] = trial.hyperparameters.Int('bs', 8, 16)\n"
            "T(build)\n",
            'Line 5: run_trial asks for "bs", but Foretune fits the model itself',
        ),
    ],
)
def test_what_is_not_known_is_asked_for_with_its_line(source, words):
    with pytest.raises(CustomModelError) as error:
        detect_custom_model("mine", source)

    assert words in str(error.value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ('f"u_{i:02d}"', "u_03"),
        ('f"u_{i!r}"', "u_3"),
        ('"u_%d" % i', "u_3"),
        ('"u_%s_%s" % (i, 4)', "u_3_4"),
        ('"u_{}_{n}".format(i, n=4)', "u_3_4"),
        ('"u_" + str(i)', "u_3"),
    ],
)
def test_names_are_written_as_python_writes_them(name, text):
    custom_model = detect_build(f"i = 3\nhp.Int({name}, 1, 2)")

    assert [parameter.key for parameter in custom_model.parameters] == [text]


@pytest.mark.parametrize("name", ["'%9999d' % 1", "'{:9999}'.format(1)", "'{0.real}'.format(1)"])
def test_a_name_that_would_be_long_or_look_into_a_value_is_refused(name):
    with pytest.raises(CustomModelError, match="without running"):
        detect_build(f"hp.Int({name}, 1, 2)")

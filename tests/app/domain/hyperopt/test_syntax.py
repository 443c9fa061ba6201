"""Which part of hyperopt code is the space, however the code is written."""

from pathlib import Path

import pytest

from app.domain.hyperopt.import_code import parse_hyperopt_code
from app.domain.hyperopt.nodes import ConstantNode, HyperoptError
from app.domain.hyperopt.syntax import read_code

CASES = Path(__file__).resolve().parents[3] / "cases" / "spaces"
UNITS = {"choice": [8, 16]}
SPACES: dict[str, dict[str, object]] = {
    "B02a_arange_float": {"units_1": UNITS, "dropout_1": {"choice": [0.1, 0.2, 0.3, 0.4]}},
    "B02c_linspace": {
        "dropout_1": {"choice": [0.0, 0.1, 0.2, 0.3, 0.4]},
        "learning_rate": {"choice": [0.0001, 0.001, 0.01]},
    },
    "B03_list_space": {
        "units_1": UNITS,
        "learning_rate": {"loguniform": [6.14421235333e-06, 0.367879441171]},
        "epochs": {"integer": [2, 6]},
    },
    "B06_function": {"units_1": UNITS, "batch_size": {"choice": [16, 32]}},
    "B06c_update": {
        "units_1": UNITS,
        "learning_rate": {"loguniform": [0.000123409804087, 0.0183156388887]},
    },
    "B06d_whole_script": {"units_1": UNITS, "epochs": {"choice": [5, 10]}},
    "step_of_a_tenth": {"units_1": UNITS, "dropout_1": {"uniform": [0.4, 0.5], "step": 0.1}},
    "dict_call": {
        "units_1": {"integer": [16, 128], "step": 16},
        "dropout_1": {"uniform": [0.0, 0.5]},
        "learning_rate": {"loguniform": [0.0001, 0.01]},
        "batch_size": {"choice": [16, 32, 64, 128]},
    },
    "loop": {
        "recurrent_layers": {"choice": [1, 2, 3]},
        "units_1": {"integer": [8, 64], "step": 8},
        "dropout_1": {"uniform": [0.0, 0.5]},
        "units_2": {"integer": [8, 64], "step": 8},
        "dropout_2": {"uniform": [0.0, 0.5]},
        "units_3": {"integer": [8, 64], "step": 8},
        "dropout_3": {"uniform": [0.0, 0.5]},
    },
    "dict_comprehension": {
        "recurrent_layers": 2,
        "units_1": {"choice": [16, 32, 64]},
        "units_2": {"choice": [16, 32, 64]},
        "time_steps": {"integer": [10, 59]},
    },
    "merged_dictionaries": {
        "cell": {"choice": ["lstm", "gru"]},
        "units_1": {"choice": [32, 64]},
        "learning_rate": {"loguniform": [0.0001, 0.01]},
        "batch_size": {"choice": [16, 32, 64, 128]},
        "epochs": 30,
    },
    "script_with_arguments": {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [10, 100], "step": 10},
        "learning_rate": {"loguniform": [0.000123409804087, 0.0183156388887]},
    },
    "nested_choices": {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [8, 64], "step": 8},
        "units_2": {"integer": [8, 64], "step": 8, "when": {"recurrent_layers": 2}},
        "optimizer": {"choice": ["adam", "sgd"]},
        "learning_rate": {
            "loguniform": [0.000123409804087, 0.00673794699909],
            "when": {"optimizer": "adam"},
        },
    },
    "class": {
        "units_1": {"choice": [16, 32, 64]},
        "time_steps": {"choice": [10, 20, 30, 40]},
    },
    "function_with_arguments": {
        "units_1": {"integer": [8, 64], "step": 8},
        "time_steps": {"choice": [7, 14, 28]},
    },
    "own_helper": {
        "units_1": {"integer": [16, 64], "step": 16},
        "dropout_1": {"uniform": [0.0, 0.3]},
        "patience": {"integer": [3, 6]},
    },
    "ordered_dict": {"units_1": {"choice": [20, 40]}, "batch_size": {"choice": [32, 64]}},
    "plain_condition": {
        "cell": {"choice": ["lstm", "gru"]},
        "time_steps": {"choice": [10, 20, 30, 60]},
    },
    "choice_of_dictionaries": {
        "cell": {"choice": ["lstm", "gru"]},
        "units_1": UNITS,
        "dropout_1": {"uniform": [0.0, 0.5], "when": {"cell": "gru"}},
    },
    "loose_draws": {
        "units_1": UNITS,
        "learning_rate": {"loguniform": [0.000335462627903, 0.0183156388887]},
    },
    "lists_that_grow": {
        "optimizer": {"choice": ["adam", "rmsprop"]},
        "batch_size": {"choice": [16, 32, 64]},
    },
    "ray_tune": {
        "units_1": {"choice": [32, 64]},
        "learning_rate": {"loguniform": [0.000100034042991, 0.0100518357446]},
    },
    "space_in_fmin": {
        "units_1": {"integer": [10, 50], "step": 10},
        "time_steps": {"integer": [10, 60]},
    },
    "changed_in_function": {"units_1": UNITS, "dropout_1": {"uniform": [0.0, 0.5]}},
    "numpy_grids": {
        "units_1": {"choice": [16, 32, 48, 64, 80, 96, 112, 128]},
        "dropout_1": {"choice": [0.1, 0.2, 0.3, 0.4, 0.5]},
        "learning_rate": {"choice": [0.0001, 0.001, 0.01]},
        "batch_size": {"choice": [16, 32, 64, 128]},
    },
}


def refusal(code: str) -> str:
    with pytest.raises(HyperoptError) as error:
        read_code(code)
    return str(error.value)


@pytest.mark.parametrize("name", SPACES)
def test_a_space_is_read_as_it_is_meant(name: str) -> None:
    code = (CASES / f"{name}.py").read_text()

    space = parse_hyperopt_code(code)

    assert space.document() == SPACES[name]


def test_every_case_is_tried() -> None:
    assert {path.stem for path in CASES.glob("*.py")} == set(SPACES)


@pytest.mark.parametrize(
    "code",
    [
        "space = {'units_1': 8}\nother = {'units_1': 9}",
        "search_space = {'units_1': 8}\nother = {'units_1': 9}",
        "{'units_1': 9}\n{'units_1': 8}",
        "units: int = 8\nspace = {'units_1': units}",
        "space = {'units_1': 9}\nbest = fmin(f, {'units_1': 8}, max_evals=3)",
        "space = {'units_1': 9}\nother = {'units_1': 8}\nfmin(fn=f, space=other)",
        "from hyperopt import fmin as minimize\nminimize(f, {'units_1': 8})",
        "if __name__ == '__main__':\n    fmin(f, {'units_1': 8})",
        "def main():\n    s = {'units_1': 8}\n    for i in range(3):\n        fmin(f, s)",
        "def run(space):\n    return fmin(f, space)\nrun({'units_1': 8})",
        "def run(space={'units_1': 8}):\n    fmin(f, space)",
        "search = functools.partial(fmin, space={'units_1': 8})",
        "if sys.argv:\n    fmin(f, {'units_1': 8})",
        "try:\n    fmin(f, {'units_1': 8})\nexcept KeyError:\n    pass",
    ],
)
def test_the_space_is_what_fmin_is_given_or_what_is_called_so_or_the_last_one(code: str) -> None:
    (entry,) = read_code(code).entries

    assert isinstance(entry.node, ConstantNode)
    assert entry.node.value == 8


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("space = {'units_1': size}", '"size" has no value here'),
        ("space = {", "Line 1, column 9: This is not Python"),
        ("x = 3", "There is no search space here"),
        (
            "space = {}\ndef fill(s):\n    s['units'] = hp.choice('u', [8])",
            "Line 1, column 9: This search space is empty, though the code has hp. expressions.",
        ),
        (
            "data = pd.read_csv('x')\nspace = {'units': hp.choice('u', [len(data)])}",
            """Line 1, column 8: "pd.read_csv('x')" cannot be parsed without running it""",
        ),
        (
            "np = load()\nspace = {'units': hp.choice('u', np.arange(3))}",
            'Line 1, column 6: "load()" cannot be parsed without running it',
        ),
        ("", "There is no search space here"),
        ("def f(): pass", "There is no search space here"),
        ("-" * 40_000 + "1", "Line 1, column 1"),
        ("\0", "Line 1, column 1"),
        (
            "a = {'units': hp.choice('u', [8, 9])}\nb = {'units': hp.choice('u', [7, 6])}",
            "Line 2, column 5: There are several search spaces here: a (line 1), b (line 2). "
            'Call the one to read "space".',
        ),
        (
            "fmin(f, {'units_1': 8})\nfmin(f, {'units_1': 9})",
            "Line 2, column 1: fmin is called with different spaces (line 1, 2).",
        ),
        ("from config import space\nfmin(f, space)", 'Line 2, column 9: "space" has no value here'),
        ("def run(space):\n    fmin(f, space)", '"space" is known only where the function is'),
        (
            "units = [8]\nif big():\n    units = [9]\nspace = {'units': hp.choice('u', units)}",
            'Line 2, column 1: "units" has a value here that only a run would know.',
        ),
        (
            "def get_space():\n    return {'units': hp.choice('u', load())}",
            'Line 2, column 37: "load()" cannot be parsed without running it',
        ),
        (
            "def get_space():\n    if big():\n        return {'units_1': 8}\n    return {}\n",
            "Only a run would know whether this returns a space.",
        ),
        ("space = [hp.choice('units', [8]), {'epochs': 3}]", "has nothing but hp. expressions"),
    ],
)
def test_code_that_is_not_a_space_is_refused(code: str, words: str) -> None:
    assert words in refusal(code)


def test_code_with_endless_loops_is_refused_soon() -> None:
    loops = "".join(f"{'    ' * depth}for i{depth} in range(900):\n" for depth in range(8))

    message = refusal(f"{loops}{'    ' * 8}x = 1\nspace = {{'units_1': 8}}")

    assert "This code has too many steps to be followed. Paste the space." in message


@pytest.mark.parametrize(
    ("returned", "words"),
    [
        ("f(n)", "These functions call each other too often."),
        ("f(f(n))", "This code has too many steps to be followed."),
    ],
)
def test_functions_that_call_themselves_are_refused_soon(returned: str, words: str) -> None:
    message = refusal(f"def f(n):\n    return {returned}\nspace = {{'units_1': f(1)}}")

    assert words in message

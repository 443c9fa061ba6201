"""Hyperopt code is imported as a space, and never run."""

from pathlib import Path

import pytest

from app.domain.hyperopt.import_code import HyperoptError, import_space, parse_hyperopt_code
from app.domain.presets import TPE_SPACE
from app.domain.search_space.space import SearchSpace

PRACTITIONERS = """
import numpy as np
from hyperopt import hp, fmin, tpe

search_space = {
    "cell": "lstm",
    "batch_size": hp.choice("bs", [30, 40, 50, 60, 70]),
    "time_steps": hp.choice("ts", [30, 50, 60, 80, 90]),
    "lstm1_nodes": hp.choice("units_lstm1", [70, 80, 100, 130]),
    "lstm1_dropouts": hp.uniform("dos_lstm1", 0, 1),
    "lstm1_recurrent_dropouts": hp.uniform("rec_dos_lstm1", 0, 1),
    "lstm_layers": hp.choice("num_layers_lstm", [
        {"layers": "one"},
        {"layers": "two",
         "lstm2_nodes": hp.choice("units_lstm2", [20, 30, 40, 50]),
         "lstm2_dropouts": hp.uniform("dos_lstm2", 0, 1)},
    ]),
    "dense_layers": hp.choice("num_layers_dense", [
        {"layers": "one"},
        {"layers": "two", "dense2_nodes": hp.choice("units_dense", [10, 20, 30, 40])},
    ]),
    "lr": hp.uniform("lr", 0, 1),
    "epochs": hp.choice("epochs", [30, 40, 50, 60, 70]),
    "optimizer": hp.choice("optmz", ["sgd", "rms"]),
    "output_activation": "sigmoid", "stateful": True, "shuffle": False,
    "target": "level", "scaling": "minmax", "patience": 0,
}
"""


def import_one(expression: str, name: str) -> object:
    """The entry that hyperopt code for one hyperparameter is imported as."""
    space = parse_hyperopt_code(f"import numpy as np, math\nspace = {{'{name}': {expression}}}")
    (entry,) = space.document().values()
    return entry


def refusal(code: str) -> str:
    with pytest.raises(HyperoptError) as error:
        parse_hyperopt_code(code)
    return str(error.value)


def test_the_practitioners_code_is_the_preset() -> None:
    preset = SearchSpace.parse(TPE_SPACE.space)

    assert parse_hyperopt_code(PRACTITIONERS).document() == preset.document()


@pytest.mark.parametrize(
    ("expression", "name", "entry"),
    [
        ("hp.uniform('x', 0.1, 0.5)", "dropout_1", {"uniform": [0.1, 0.5]}),
        ("hp.loguniform('x', np.log(1e-5), math.log(1e-1))", "lr", {"loguniform": [1e-5, 1e-1]}),
        (
            "hp.loguniform('x', -11.512925464970229, -2.302585092994046)",
            "lr",
            {"loguniform": [1e-5, 1e-1]},
        ),
        ("hp.quniform('x', 0.1, 0.5, 0.1)", "dropout_1", {"uniform": [0.1, 0.5], "step": 0.1}),
        ("hp.quniform('x', 16, 128, 16)", "units_1", {"integer": [16, 128], "step": 16}),
        (
            "scope.int(hp.quniform('x', 16, 128, q=16))",
            "units_1",
            {"integer": [16, 128], "step": 16},
        ),
        ("hp.qloguniform('x', np.log(8), np.log(256), 1)", "units_1", {"loguniform": [8, 256]}),
        ("hp.uniformint('x', 8, 64)", "units_1", {"integer": [8, 64]}),
        ("hp.randint('x', 8, 64)", "units_1", {"integer": [8, 63]}),
        ("hp.randint('x', 5)", "patience", {"integer": [0, 4]}),
        ("8 + 4 * hp.randint('x', 3)", "units_1", {"integer": [8, 16], "step": 4}),
        ("hp.choice('x', [2 ** 4, 2 ** 5])", "units_1", {"choice": [16, 32]}),
        ("hp.choice('x', list(range(10, 40, 10)))", "units_1", {"choice": [10, 20, 30]}),
        (
            "hp.choice(label='x', options=('Adam', 'rms'))",
            "optimizer",
            {"choice": ["adam", "rmsprop"]},
        ),
        ("100", "units_1", 100),
    ],
)
def test_each_expression_is_imported_as_a_dimension(
    expression: str, name: str, entry: object
) -> None:
    assert import_one(expression, name) == entry


def test_branches_nest_and_an_entry_in_every_branch_needs_no_condition() -> None:
    code = """
units = hp.choice("u", [8, 16])
space = {"network": hp.choice("n", [
    {"recurrent_layers": 1, "units_1": units},
    {"recurrent_layers": hp.choice("more", [2, 3]), "units_1": units,
     "opt": hp.choice("o", [{"name": "sgd", "lr": hp.uniform("lr", 0.1, 0.5)}, {"name": "adam"}])},
])}
"""

    document = parse_hyperopt_code(code).document()

    assert document == {
        "recurrent_layers": {"choice": [1, 2, 3]},
        "units_1": {"choice": [8, 16]},
        "optimizer": {"choice": ["sgd", "adam"], "when": {"recurrent_layers": [2, 3]}},
        "learning_rate": {"uniform": [0.1, 0.5], "when": {"optimizer": "sgd"}},
    }


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "space = {\n  'unitz_1': 3}",
            'Line 2, column 3: Hyperparameter "unitz_1" not found. Did you mean "units_1"?',
        ),
        (
            "space = {'units_1': hp.choice('x', [8, -3])}",
            "Line 1, column 10: units_1 must be between 1 and 1024, not -3",
        ),
        ("space = {'units_1': [8, 16]}", "A list alone is not a choice: write hp.choice"),
        (
            "space = {'units_1': hp.choice('x', [8]), 'epochs': hp.choice('x', [9])}",
            "already used at line 1",
        ),
        (
            "u = hp.choice('x', [8, 9])\nspace = {'units_1': u, 'epochs': u}",
            "would always be equal",
        ),
        ("space = {'units_1': 8, 'units_1': 9}", "it can have one range only"),
        (
            "space = {'a': hp.choice('x', [{'units_1': 8}, {'dropout_1': 0.1}])}",
            "a value that tells them apart",
        ),
    ],
)
def test_a_space_that_cannot_be_imported_is_refused_at_its_position(code: str, words: str) -> None:
    assert words in refusal(code)


@pytest.mark.parametrize(
    "call", ["open('{}', 'w')", "__import__('os').system('touch {}')", 'exec(\'open("{}", "w")\')']
)
def test_code_is_never_run(call: str, tmp_path: Path) -> None:
    trace = tmp_path / "ran"

    message = refusal(f"space = {{'units_1': {call.format(trace)}}}")

    assert "cannot be parsed without running it" in message
    assert not trace.exists()


def test_a_bomb_of_shared_names_is_refused_soon() -> None:
    lines = ["a0 = {'units_1': 8}"]
    for number in range(1, 60):
        before = number - 1
        lines.append(f"a{number} = {{'x': a{before}, 'y': a{before}}}")

    assert "Line" in refusal("\n".join(lines))


@pytest.mark.parametrize(
    ("expression", "message", "meant"),
    [
        (
            "hp.loguniform('lr', 0.0001, 0.01)",
            "The bounds of hp.loguniform are logarithms: hp.loguniform('lr', 0.0001, 0.01) draws "
            "from 1.0001 to 1.01005. From 0.0001 to 0.01 is "
            "hp.loguniform('lr', np.log(0.0001), np.log(0.01)).",
            {"loguniform": [0.0001, 0.01]},
        ),
        (
            "hp.loguniform('é', 1e-5, high=1e-1)",
            "draws from 1.00001 to 1.10517. From 1e-05 to 0.1 is",
            {"loguniform": [1e-05, 0.1]},
        ),
        (
            "hp.lognormal('lr', -7, 1)",
            "95 % of its draws lie between 0.0001234 and 0.006738: hp.loguniform('lr', -9, -5).",
            {"loguniform": [0.000123409804087, 0.00673794699909]},
        ),
    ],
)
def test_what_is_hardly_meant_is_refused_with_what_may_be_meant(
    expression: str, message: str, meant: object
) -> None:
    code = f"space = {{\r\n  'a': 1,\r\n  'lr': {expression}, 'epochs': 3}}".replace("'a': 1,", "")

    with pytest.raises(HyperoptError) as error:
        parse_hyperopt_code(code)
    correction = error.value.correction
    assert correction is not None
    corrected = parse_hyperopt_code(correction.apply(code))

    assert message in str(error.value)
    assert "Line 3, column 9" in str(error.value)
    assert corrected.document() == {"learning_rate": meant, "epochs": 3}


def test_small_logarithms_of_large_numbers_are_taken_as_they_are() -> None:
    assert import_one("hp.loguniform('x', 2, 4)", "units") == {"loguniform": [8, 54]}


@pytest.mark.parametrize(
    ("expression", "notes"),
    [
        (
            "hp.loguniform('x', -5, -1)",
            (
                "learning_rate is drawn from 0.00674 to 0.368: hp.loguniform takes natural "
                "logarithms, not powers of 10.",
            ),
        ),
        ("hp.loguniform('x', np.log(1e-4), np.log(1e-2))", ()),
        ("hp.loguniform('x', -9.21, -4.6)", ()),
        ("hp.uniform('x', 0.001, 0.1)", ()),
    ],
)
def test_bounds_that_look_like_powers_of_ten_are_explained(
    expression: str, notes: tuple[str, ...]
) -> None:
    assert import_space(f"space = {{'learning_rate': {expression}}}").notes == notes


def test_what_the_code_does_not_say_of_later_layers_is_said() -> None:
    code = (
        "space = {'recurrent_layers': hp.choice('l', [1, 2]), 'units_1': hp.choice('u', [8, 16]),"
        " 'dropout_1': hp.uniform('d', 0, 0.5), 'batch_size': 16}"
    )

    notes = import_space(code).notes

    assert notes == (
        "The code describes the first layer alone. In later ones, units_2 is 16 and dropout_2 is"
        " 0.0.",
    )

"""Keras Tuner programs: a build function that asks hp."""

import pytest

from app.domain.custom.catalogue import custom_catalogue, custom_space
from app.domain.custom.detection import TuningLibrary
from app.domain.search_space.space import SearchSpace
from tests.app.domain.custom.programs import detect_build, read_program, space_of


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
        ('if unknown():\n    pass\nelse:\n    x = [hp.Boolean("a")]', {"choice": [False, True]}),
    ],
)
def test_calls_of_hp_are_understood(body, entry):
    custom_model = detect_build(body)

    assert space_of(custom_model).document() == {"a": entry}

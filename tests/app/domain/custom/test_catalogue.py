"""Catalogues and spaces of custom models."""

import numpy as np
import pytest

from app.domain.custom.catalogue import custom_catalogue, custom_space, to_program_values
from app.domain.custom.detection import detect_custom_model
from app.domain.search_space.catalogue import Hyperparameter
from app.domain.search_space.space import SearchSpace, SpaceError
from tests.app.domain.custom.programs import detect_build, read_program, space_of

OTHER = {
    "depth": Hyperparameter("depth", "depth", "integer", 1, "Other", "", 1, 9),
    "width_2": Hyperparameter(
        "width_2", "width 2", "integer", 8, "Other", "", 1, 99, requires=("depth", 2)
    ),
    "stateful": Hyperparameter("stateful", "stateful", "flag", False, "Other", ""),
    "shuffle": Hyperparameter("shuffle", "shuffle", "flag", False, "Other", ""),
}


def test_names_bounds_and_conditions_are_those_of_the_other_catalogue():
    space = SearchSpace.parse({"depth": {"choice": [1, 2]}, "width_2": {"choice": [4, 8]}}, OTHER)

    assert space.size() == 3
    assert [parameters.get("width_2") for parameters in space.grid()] == [None, 4, 8]
    assert SearchSpace.parse(space.document(), OTHER).size() == 3


def test_a_hyperparameter_of_the_built_in_network_is_unknown_there():
    with pytest.raises(SpaceError, match="not found"):
        SearchSpace.parse({"units_1": 3}, OTHER)


def test_what_does_not_go_together_in_the_built_in_network_may_go_together_elsewhere():
    space = SearchSpace.parse({"stateful": True, "shuffle": {"choice": [False, True]}}, OTHER)

    assert space.size() == 2
    parameters = space.sample(np.random.default_rng(0))
    assert space.contains(parameters)
    assert parameters["stateful"] is True


def test_a_parameter_that_foretune_has_too_has_the_bounds_of_foretune():
    catalogue = custom_catalogue(read_program("talos_lstm"))

    assert (catalogue["time_steps"].low, catalogue["time_steps"].high) == (1, 1000)
    assert {row.group for row in catalogue.values()} == {"talos_lstm.py", "Data"}
    with pytest.raises(ValueError, match="time_steps"):
        SearchSpace.parse({"time_steps": {"choice": [0, 5]}}, catalogue)


def test_a_number_of_layers_stays_within_the_bounds_of_the_program():
    catalogue = custom_catalogue(read_program("tuner_dense"))

    with pytest.raises(ValueError, match="num_layers must be between 1 and 3"):
        SearchSpace.parse({"num_layers": {"integer": [1, 10**9]}}, catalogue)


@pytest.mark.parametrize(
    ("layer", "shuffle", "scaling"),
    [
        ("Dense(1)", True, "standard"),
        ("LSTM(4, stateful=True)", None, "standard"),
        ('Dense(1, activation="sigmoid")', True, None),
    ],
)
def test_a_program_that_may_need_order_or_values_up_to_1_gets_no_new_default(
    layer, shuffle, scaling
):
    custom_model = detect_build(f'hp.Int("units", 1, 4)\nmodel = {layer}')

    document = space_of(custom_model).with_new_defaults().document()

    assert (document.get("shuffle"), document.get("scaling")) == (shuffle, scaling)


def test_a_parameter_of_a_program_keeps_the_default_that_the_program_gives_it():
    custom_model = detect_build('hp.Boolean("shuffle", default=False)')

    space = SearchSpace({}, custom_catalogue(custom_model)).with_new_defaults()

    assert space.document() == {"scaling": "standard"}


def test_a_condition_follows_a_parameter_that_is_renamed():
    custom_model = detect_build(
        'for i in range(hp.Int("objective", 1, 2)):\n    hp.Int(f"u{i}", 1, 2)'
    )

    space = space_of(custom_model)

    assert space.catalogue["u1"].requires == ("objective_", 2)
    assert space.size() == 2 + 4
    assert to_program_values(custom_model, space.with_defaults({"objective_": 2})) == {
        "objective": 2,
        "u0": 1,
        "u1": 1,
    }


def test_names_that_are_particular_in_the_built_in_network_are_not_elsewhere():
    custom_model = detect_build('hp.Int("shuffle_", 0, 10**9), hp.Int("stateful", 0, 10**9)')

    assert space_of(custom_model).size() == (10**9 + 1) ** 2


def test_a_program_gets_its_values_by_its_own_names():
    source = """
def m(a, b, c, d, p):
    p["first layer"]


p = {"first layer": [1, 2], "time_steps": ["few"]}
"""
    custom_model = detect_custom_model("mine", source)
    parameters = {"first_layer": 2, "time_steps_": "few", "time_steps": 30}

    values = to_program_values(custom_model, parameters)

    assert list(custom_space(custom_model)) == ["first_layer", "time_steps_"]
    assert values == {"first layer": 2, "time_steps": "few"}

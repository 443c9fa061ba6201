"""Branches: conditions, impossible combinations and exact sizes."""

import numpy as np
import pytest

from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace, SpaceError


def draw(space: SearchSpace, count: int = 200) -> list[dict]:
    generator = np.random.default_rng(3)
    return [space.sample(generator) for _ in range(count)]


def test_a_condition_is_respected():
    space = SearchSpace.parse(
        {
            "cell": {"choice": ["lstm", "gru"]},
            "dropout_1": {"choice": [0.1, 0.2], "when": {"cell": "gru"}},
        }
    )

    combinations = {(sample["cell"], sample["dropout_1"]) for sample in draw(space)}

    assert space.size() == 3
    assert combinations == {("lstm", 0.0), ("gru", 0.1), ("gru", 0.2)}
    assert not space.contains(with_defaults({"cell": "lstm", "dropout_1": 0.1}))


def test_a_condition_on_an_inactive_hyperparameter_does_not_hold():
    space = SearchSpace.parse(
        {
            "recurrent_layers": {"choice": [1, 2]},
            "units_2": {"choice": [16, 20]},
            "patience": {"choice": [5, 6], "when": {"units_2": 16}},
        }
    )

    combinations = [
        (parameters["recurrent_layers"], parameters.get("units_2"), parameters["patience"])
        for parameters in space.grid()
    ]

    assert combinations == [(1, None, 0), (2, 16, 5), (2, 16, 6), (2, 20, 0)]


def test_conditions_on_several_others_must_all_hold():
    when = {"cell": ["lstm", "gru"], "optimizer": "sgd"}
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "adam"]},
            "learning_rate": {"choice": [0.1, 0.2], "when": when},
        }
    )

    assert space.size() == 3


def test_a_fixed_value_can_have_a_condition():
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "adam"]},
            "learning_rate": {"fixed": 0.1, "when": {"optimizer": "sgd"}},
        }
    )

    combinations = {
        (parameters["optimizer"], parameters["learning_rate"]) for parameters in space.grid()
    }

    assert combinations == {("sgd", 0.1), ("adam", 0.001)}


def test_impossible_combinations_are_left_out():
    space = SearchSpace.parse(
        {
            "stateful": {"choice": [True, False]},
            "shuffle": {"choice": [True, False]},
            "output_activation": {"choice": ["linear", "sigmoid"]},
            "scaling": {"choice": ["minmax", "standard"]},
        }
    )
    impossible = {
        "stateful": True,
        "shuffle": True,
        "output_activation": "linear",
        "scaling": "minmax",
    }

    assert space.size() == 9
    assert len(list(space.grid())) == 9
    assert space.to_parameters(impossible) is None


def test_a_rare_possible_combination_is_drawn():
    space = SearchSpace.parse(
        {
            "units_1": {"integer": [1, 1000]},
            "scaling": "standard",
            "output_activation": {"fixed": "sigmoid", "when": {"units_1": list(range(1, 1000))}},
        }
    )

    assert space.size() == 1
    assert [sample["units_1"] for sample in draw(space, 5)] == [1000] * 5
    assert [parameters["units_1"] for parameters in space.grid()] == [1000]


def test_a_sample_can_be_made_to_have_a_continuous_value():
    space = SearchSpace.parse(
        {
            "units_1": {"integer": [1, 1000]},
            "dropout_1": {"uniform": [0.1, 0.5], "when": {"units_1": 64}},
        }
    )

    sample = space.sample_continuous(np.random.default_rng(0))

    assert space.size() is None
    assert sample["units_1"] == 64
    assert space.contains(sample)


def test_a_continuous_dimension_that_is_never_active_leaves_the_space_countable():
    space = SearchSpace.parse(
        {"recurrent_layers": 1, "dropout_2": {"uniform": [0, 0.5]}, "units_1": {"choice": [1, 2]}}
    )

    assert space.size() == 2
    assert len(list(space.grid())) == 2


def test_conditions_that_make_too_many_branches_are_refused():
    deciding = {name: {"integer": [1, 1000]} for name in ("units_1", "epochs", "time_steps")}
    when = {name: list(range(1, 1000)) for name in deciding}

    with pytest.raises(SpaceError, match="make more than 10,000 branches"):
        SearchSpace.parse({**deciding, "patience": {"choice": [1, 2], "when": when}})

"""Each dimension comes after those that it depends on, and cycles are refused."""

import pytest

from app.domain.search_space.space import SearchSpace, SpaceError


def test_a_dimension_comes_after_those_that_it_depends_on():
    space = SearchSpace.parse(
        {
            "cell": {"choice": ["lstm", "gru"], "when": {"units_2": 16}},
            "units_2": {"choice": [8, 16]},
            "recurrent_layers": {"choice": [1, 2]},
        }
    )

    assert list(space.dimensions) == ["recurrent_layers", "units_2", "cell"]


def test_conditions_that_form_a_cycle_are_refused():
    cycle = {
        "units_1": {"choice": [1, 2], "when": {"batch_size": 8}},
        "batch_size": {"choice": [8, 9], "when": {"units_1": 1}},
    }

    with pytest.raises(SpaceError, match="These conditions form a cycle: units_1, batch_size"):
        SearchSpace.parse(cycle)


def test_a_condition_on_a_parameter_of_a_layer_that_it_decides_is_a_cycle():
    cycle = {
        "recurrent_layers": {"choice": [1, 2], "when": {"units_2": 3}},
        "units_2": {"choice": [3, 4]},
    }

    with pytest.raises(SpaceError, match="cycle"):
        SearchSpace.parse(cycle)

"""Whether parameters lie in a search space, judged one by one and by their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.search_space.membership import Membership, find_value_outside
from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace

SPACE = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [8, 64]},
        "units_2": {"integer": [8, 32]},
        "cell": {"choice": ["lstm", "gru"]},
        "dropout_1": {"uniform": [0.0, 0.4], "when": {"cell": "lstm"}},
        "stateful": {"choice": [False, True]},
        "shuffle": {"choice": [False, True]},
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "epochs": 30,
    }
)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "recurrent_layers": st.sampled_from([1, 2, 3, True]),
        "units_1": st.sampled_from([8, 9, 64, 65, 9.0, 9.5, "9", True]),
        "units_2": st.sampled_from([8, 40]),
        "cell": st.sampled_from(["lstm", "gru", "rnn", 1]),
        "dropout_1": st.sampled_from([0.0, 0.2, 0.5]),
        "stateful": st.sampled_from([False, True, 1]),
        "shuffle": st.sampled_from([False, True, 0]),
        "learning_rate": st.sampled_from([0.01, 1.0, -1.0]),
        "epochs": st.sampled_from([10, 30]),
        "unknown": st.just(7),
    },
)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, None),
        ({"epochs": 10}, "epochs"),
        ({"units_1": 100}, "units_1"),
        ({"batch_size": 7}, "batch_size"),
        ({"unknown": 7}, "unknown"),
    ],
)
def test_the_first_hyperparameter_outside_the_space_is_named(changes, name):
    inside = with_defaults(
        {"recurrent_layers": 1, "units_1": 32, "learning_rate": 0.01, "epochs": 30}
    )

    assert find_value_outside(SPACE, inside | {"stateful": False} | changes) == name


@given(st.lists(CHANGES, max_size=30))
def test_many_parameters_are_judged_as_each_by_itself(many):
    inside = with_defaults({"units_1": 32, "learning_rate": 0.01, "epochs": 30})
    membership = Membership(SPACE)

    for changes in many:
        parameters = inside | changes

        assert membership.find_value_outside(parameters) == find_value_outside(SPACE, parameters)


def test_a_value_that_is_a_list_lies_outside():
    parameters = with_defaults({"epochs": 30}) | {"target": [1]}

    assert Membership(SPACE).find_value_outside(parameters) == "target"

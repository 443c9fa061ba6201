"""Conditions of several branches merged into one."""

import pytest

from app.domain.hyperopt.conditions import drop_implied, merge_conditions

POSSIBLE = {"cell": ("lstm", "gru"), "recurrent_layers": (1, 2, 3)}


@pytest.mark.parametrize(
    ("conditions", "merged"),
    [
        ([{"cell": ("lstm",)}], {"cell": ("lstm",)}),
        ([{"cell": ("lstm",)}, {"cell": ("gru",)}], {}),
        ([{"recurrent_layers": (1,)}, {"recurrent_layers": (2,)}], {"recurrent_layers": (2, 1)}),
        ([{"cell": ("lstm",)}, {"cell": ("lstm",), "recurrent_layers": (2,)}], {"cell": ("lstm",)}),
        ([{"cell": ("lstm",)}, {"recurrent_layers": (2,)}], None),
    ],
)
def test_conditions_are_merged_where_one_condition_says_the_same(conditions, merged):
    assert merge_conditions(conditions, POSSIBLE) == merged


def test_what_follows_from_the_rest_of_a_condition_is_dropped():
    conditions = {
        "learning_rate": {"optimizer": ("sgd",), "recurrent_layers": (2, 3)},
        "optimizer": {"recurrent_layers": (2, 3)},
    }

    assert drop_implied("learning_rate", conditions) == {"optimizer": ("sgd",)}

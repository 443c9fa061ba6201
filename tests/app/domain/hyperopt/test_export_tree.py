"""A space as hyperopt has it: the distributions of its ranges, and what its branches share."""

import pytest

from app.domain.hyperopt.export_tree import (
    BranchDraw,
    ConstantDraw,
    Distribution,
    DrawEntry,
    RangeDraw,
    choose_distribution,
    hyperopt_entries,
)
from app.domain.search_space.space import SearchSpace


def draws_of(document):
    entries = hyperopt_entries(SearchSpace.parse(document))
    return {entry.name: entry.draw for entry in entries}


@pytest.mark.parametrize(
    ("name", "entry", "distribution"),
    [
        ("dropout_1", {"uniform": [0.0, 0.5]}, Distribution.UNIFORM),
        ("dropout_1", {"uniform": [0.1, 0.4], "step": 0.1}, Distribution.QUNIFORM),
        ("dropout_1", {"uniform": [0.05, 0.45], "step": 0.1}, Distribution.STEPS),
        ("units_1", {"integer": [8, 128]}, Distribution.QUNIFORM),
        ("units_1", {"integer": [8, 60], "step": 8}, Distribution.QUNIFORM),
        ("units_1", {"integer": [5, 60], "step": 8}, Distribution.STEPS),
        ("learning_rate", {"loguniform": [1e-4, 1e-1]}, Distribution.LOGUNIFORM),
        ("units_1", {"loguniform": [16, 128], "step": 16}, Distribution.QLOGUNIFORM),
        ("units_1", {"loguniform": [5, 128], "step": 16}, None),
    ],
)
def test_a_range_is_drawn_in_the_way_nearest_to_it(name, entry, distribution):
    space = SearchSpace.parse({name: entry})

    assert choose_distribution(space.dimensions[name]) == distribution


def test_a_range_ends_at_its_highest_value():
    draw = draws_of({"units_1": {"integer": [8, 60], "step": 8}})["units_1"]

    assert isinstance(draw, RangeDraw)
    assert draw.last == 56


def test_what_needs_a_second_layer_is_in_the_branches_that_have_one():
    layers = draws_of({"recurrent_layers": {"choice": [1, 2, 3]}, "units_2": {"integer": [8, 32]}})[
        "recurrent_layers"
    ]

    assert isinstance(layers, BranchDraw)
    one_layer, more_layers = layers.branches
    assert one_layer == (DrawEntry("recurrent_layers", ConstantDraw(1)),)
    assert [entry.name for entry in more_layers] == ["recurrent_layers", "units_2"]


def test_what_is_never_active_is_left_out():
    draws = draws_of({"units_2": {"integer": [8, 32]}, "dropout_1": {"uniform": [0.0, 0.5]}})

    assert draws["recurrent_layers"] == ConstantDraw(1)
    assert set(draws) == {"recurrent_layers", "dropout_1"}


def test_branches_share_a_draw_and_its_label():
    layers = draws_of(
        {
            "recurrent_layers": {"choice": [1, 2, 3]},
            "units_2": {"integer": [8, 32]},
            "units_3": {"integer": [8, 32]},
        }
    )["recurrent_layers"]

    _, two, three = layers.branches

    assert two[1] == three[1]
    assert two[1].draw.label == "units_2"


def test_two_draws_never_have_one_label():
    cell = draws_of(
        {
            "cell": {"choice": ["lstm", "gru"]},
            "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
            "units_1": {"integer": [8, 32], "when": {"cell": "lstm", "optimizer": "sgd"}},
        }
    )["cell"]

    lstm, gru = cell.branches

    assert lstm[1].draw.label == "optimizer, 2"
    assert gru[1].draw.label == "optimizer, 3"
    assert lstm[1].draw.branches[1][0].draw.label == "optimizer"

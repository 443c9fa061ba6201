"""What tells the branches of an hp.choice apart."""

import pytest

from app.domain.hyperopt.branches import (
    collect_branch_values,
    count_dense_layers,
    find_decider,
)
from app.domain.hyperopt.nodes import DictNode
from app.domain.hyperopt.syntax import read_code
from app.domain.search_space.catalogue import CATALOGUE


def branch(text: str) -> DictNode:
    return read_code(f"space = {text}")


@pytest.mark.parametrize(
    ("owner", "texts", "decider"),
    [
        (None, ["{'cell': 'lstm'}", "{'cell': 'gru'}"], "cell"),
        (
            "optimizer",
            ["{'cell': 'lstm', 'name': 'sgd'}", "{'cell': 'gru', 'name': 'adam'}"],
            "optimizer",
        ),
        (None, ["{'cell': 'lstm'}", "{'cell': 'lstm'}"], None),
        (None, ["{'cell': 'lstm'}", "{'units_1': 8}"], None),
    ],
)
def test_the_decider_has_different_values_in_every_branch(owner, texts, decider):
    branch_values = [collect_branch_values(owner, branch(text), CATALOGUE) for text in texts]

    assert find_decider(owner, branch_values) == decider


def test_the_output_may_be_counted_among_the_dense_layers():
    branches = [branch("{'layers': 'one'}"), branch("{'layers': 'two', 'dense2_nodes': 10}")]

    counting = count_dense_layers("dense_layers", branches, CATALOGUE)

    assert counting.outputs == 1
    assert counting.renames["dense_units_2"] == "dense_units_1"


def test_hidden_layers_with_their_sizes_are_counted_as_they_are():
    branches = [branch("{'layers': 1, 'dense1_nodes': 8}"), branch("{'layers': 'two'}")]

    assert count_dense_layers("dense_layers", branches, CATALOGUE).outputs == 0

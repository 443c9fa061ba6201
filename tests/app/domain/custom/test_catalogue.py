"""Spaces over another catalogue than that of the built-in network."""

import numpy as np
import pytest

from app.domain.search_space.catalogue import Hyperparameter
from app.domain.search_space.space import SearchSpace, SpaceError

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
    assert [row.get("width_2") for row in space.grid()] == [None, 4, 8]
    assert SearchSpace.parse(space.document(), OTHER).size() == 3


def test_a_hyperparameter_of_the_built_in_network_is_unknown_there():
    with pytest.raises(SpaceError, match="no hyperparameter"):
        SearchSpace.parse({"units_1": 3}, OTHER)


def test_what_does_not_go_together_in_the_built_in_network_may_go_together_elsewhere():
    space = SearchSpace.parse({"stateful": True, "shuffle": {"choice": [False, True]}}, OTHER)
    assert space.size() == 2
    drawn = space.sample(np.random.default_rng(0))
    assert space.contains(drawn)
    assert drawn["stateful"] is True

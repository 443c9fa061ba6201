"""Points near another: a few values changed, by small steps in ranges."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.worker.strategies.searches import COUNTED, ENDLESS
from worker.strategies.neighbours import mutate_parameters


def differing_names(space, first, second):
    """Names of values that are searched in both points and differ."""
    first_values = space.searched_values(first)
    second_values = space.searched_values(second)
    shared = first_values.keys() & second_values.keys()
    return [name for name in shared if first_values[name] != second_values[name]]


@pytest.mark.parametrize("document", [ENDLESS, COUNTED])
@pytest.mark.parametrize("changes", [1, 2])
def test_a_child_lies_in_the_space_and_shares_most_values_with_its_parent(document, changes):
    space = SearchSpace.parse(document)
    generator = np.random.default_rng(0)

    counts = []
    for _ in range(200):
        parent = space.sample(generator)
        child = mutate_parameters(space, parent, generator, changes=changes, step=0.1)
        assert space.contains(child)
        counts.append(len(differing_names(space, parent, child)))

    drawn_anew = sum(count > changes for count in counts)  # where the change was impossible
    assert np.median(counts) == changes
    assert drawn_anew < 20


@pytest.mark.parametrize(("step", "largest"), [(0.2, 900), (0.00001, 1)])
def test_steps_along_a_range_are_as_small_as_asked_for_but_never_nothing(step, largest):
    space = SearchSpace.parse(
        {"units_1": {"integer": [8, 1000]}, "dropout_1": {"uniform": [0.0, 0.5]}}
    )
    parent = space.to_parameters({"units_1": 500, "dropout_1": 0.25})
    generator = np.random.default_rng(0)

    children = [
        mutate_parameters(space, parent, generator, changes=2, step=step) for _ in range(100)
    ]

    moves = [abs(child["units_1"] - 500) for child in children]
    assert 0 < max(moves) <= largest
    assert min(moves) >= 1


def test_listed_numbers_change_to_their_neighbours():
    space = SearchSpace.parse({"batch_size": {"choice": [64, 8, 32, 16]}, "units_1": 4})
    parent = space.to_parameters({"batch_size": 16})
    generator = np.random.default_rng(0)

    children = [mutate_parameters(space, parent, generator, changes=1, step=0.1) for _ in range(50)]

    assert {child["batch_size"] for child in children} == {8, 32}

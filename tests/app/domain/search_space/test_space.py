"""Search spaces: membership, samples, grids and sizes."""

from itertools import islice
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.domain.search_space.parameters import with_defaults
from app.domain.search_space.space import SearchSpace, SpaceError, describe_size, preview
from tests.app.domain.spaces import PRACTITIONERS, documents


def parse(document: dict[str, Any]) -> SearchSpace:
    try:
        return SearchSpace.parse(document)
    except SpaceError:
        assume(False)
        raise


def draw(space: SearchSpace, count: int = 200) -> list[dict[str, Any]]:
    generator = np.random.default_rng(3)
    return [space.sample(generator) for _ in range(count)]


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents(), st.integers(0, 99))
def test_every_sample_is_contained(document, seed):
    space = parse(document)
    generator = np.random.default_rng(seed)

    for _ in range(5):
        sample = space.sample(generator)

        assert space.contains(sample)
        assert sample == with_defaults(sample)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(documents(), st.integers(0, 99))
def test_the_searched_values_of_a_sample_become_that_sample(document, seed):
    space = parse(document)
    sample = space.sample(np.random.default_rng(seed))

    assert space.to_parameters(space.searched_values(sample)) == sample


@settings(suppress_health_check=[HealthCheck.filter_too_much], deadline=None)
@given(documents(only_countable=True))
def test_a_grid_has_every_combination_once_and_nothing_else(document):
    space = parse(document)
    size = space.size()
    assert size is not None
    assume(size <= 500)

    grid = list(space.grid())

    assert len(grid) == size
    assert len({tuple(parameters.items()) for parameters in grid}) == size
    assert all(space.contains(parameters) for parameters in grid)
    assert all(sample in grid for sample in draw(space, 20))
    assert [space.combination_at(index) for index in range(size)] == grid
    with pytest.raises(IndexError):
        space.combination_at(size)


def test_the_practitioners_space_is_accepted_as_it_is():
    space = SearchSpace.parse(PRACTITIONERS)

    for sample in draw(space):
        assert 0 < sample["learning_rate"] <= 1
        assert sample["dropout_1"] < 1
        assert ("units_2" in sample) == (sample["recurrent_layers"] == 2)
        assert ("dense_units_1" in sample) == (sample["dense_layers"] == 1)


def test_a_hyperparameter_that_is_not_in_the_space_has_its_default():
    space = SearchSpace.parse({"units_1": {"choice": [3, 4]}})

    assert space.contains(with_defaults({"units_1": 3}))
    assert not space.contains(with_defaults({"units_1": 3, "batch_size": 8}))
    assert not space.contains({"units_1": 3})


def test_the_first_hyperparameter_outside_the_space_is_found():
    space = SearchSpace.parse({"units_1": {"choice": [3, 4]}})

    assert space.find_outside(with_defaults({"units_1": 3})) is None
    assert space.find_outside(with_defaults({"units_1": 5, "batch_size": 8})) == "units_1"


def test_a_grid_varies_the_last_dimension_fastest_and_is_always_the_same():
    space = SearchSpace.parse(
        {"batch_size": {"choice": [20, 30]}, "time_steps": {"choice": [90, 30]}}
    )

    order = [(parameters["batch_size"], parameters["time_steps"]) for parameters in space.grid()]

    assert order == [(20, 90), (20, 30), (30, 90), (30, 30)]


def test_a_huge_grid_is_counted_exactly_and_walked_lazily():
    names = ("units_1", "batch_size", "epochs", "patience", "time_steps")
    space = SearchSpace.parse(
        {
            **{name: {"integer": [1, 1000]} for name in names},
            "recurrent_layers": {"choice": [1, 2]},
            "units_2": {"integer": [1, 7], "when": {"units_1": 64}},
        }
    )

    first = list(islice(space.grid(), 3))

    assert space.size() == 1000**5 + 999 * 1000**4 + 7 * 1000**4
    assert len({tuple(parameters.items()) for parameters in first}) == 3


def test_a_grid_of_a_continuous_space_is_refused():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0, 0.5]}})

    with pytest.raises(SpaceError, match="dropout_1 has an unlimited number of values"):
        space.grid()


def test_values_become_parameters_with_fixed_values_and_without_inactive_ones():
    space = SearchSpace.parse(
        {
            **PRACTITIONERS,
            "cell": "gru",
            "learning_rate": 0.1,
            "dropout_1": 0.5,
            "recurrent_dropout_1": 0,
        }
    )
    values = {
        "batch_size": 30,
        "time_steps": 50,
        "units_1": 70,
        "recurrent_layers": 1,
        "units_2": 20,
        "dense_layers": 0,
    }

    parameters = space.to_parameters({**values, "epochs": 30, "optimizer": "sgd"})

    assert parameters is not None
    assert parameters["cell"] == "gru"
    assert "units_2" not in parameters
    assert space.to_parameters({**values, "epochs": 31, "optimizer": "sgd"}) is None
    assert space.to_parameters({"epochs": 30, "optimizer": "sgd"}) is None


def test_an_empty_space_is_the_one_trial_with_defaults():
    space = SearchSpace.parse({})

    assert space.size() == 1
    assert list(space.grid()) == [with_defaults({})]


def test_a_preview_shows_only_what_varies():
    space = SearchSpace.parse({"units_1": {"choice": [1, 2]}, "cell": "gru"})

    samples = preview(space, np.random.default_rng(0))

    assert len(samples) == 3
    assert all(list(sample) == ["units_1"] for sample in samples)


def choices_of_three(*names: str) -> dict[str, Any]:
    return {name: {"choice": [1, 2, 3]} for name in names}


def thousand_values(*names: str) -> dict[str, Any]:
    return {name: {"integer": [1, 1000]} for name in names}


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "1 combination"),
        (choices_of_three("units_1", "batch_size", "time_steps", "epochs"), "81 combinations"),
        (thousand_values("units_1") | choices_of_three("epochs"), "3,000 combinations"),
        (
            thousand_values("units_1", "batch_size", "epochs", "patience", "time_steps"),
            "about 10^15 combinations",
        ),
        (
            {"dropout_1": {"uniform": [0, 0.5]}},
            "unlimited: 1 continuous hyperparameter (dropout_1)",
        ),
        (
            PRACTITIONERS,
            "unlimited: 4 continuous hyperparameters "
            "(dropout_1, recurrent_dropout_1, dropout_2, learning_rate)",
        ),
    ],
)
def test_a_size_is_described_in_words(document, words):
    assert describe_size(SearchSpace.parse(document)) == words


@pytest.mark.parametrize(
    ("document", "scaling", "shuffle"),
    [
        ({}, {"standard"}, {True}),
        ({"scaling": "minmax", "shuffle": False}, {"minmax"}, {False}),
        ({"scaling": {"choice": ["minmax", "standard"]}}, {"minmax", "standard"}, {True}),
        ({"stateful": True}, {"standard"}, {False}),
        ({"stateful": {"choice": [True, False]}}, {"standard"}, {False}),
        ({"output_activation": "sigmoid"}, {"minmax"}, {True}),
        ({"output_activation": {"choice": ["linear", "sigmoid"]}}, {"minmax"}, {True}),
    ],
)
def test_a_new_experiment_shuffles_and_standardises_where_that_is_possible(
    document, scaling, shuffle
):
    space = SearchSpace.parse(document).with_new_defaults()

    samples = [space.sample(np.random.default_rng(seed)) for seed in range(20)]

    assert {sample["scaling"] for sample in samples} == scaling
    assert {sample["shuffle"] for sample in samples} == shuffle
    assert space.size() == SearchSpace.parse(document).size()


def test_a_stored_space_without_scaling_and_shuffle_keeps_its_meaning():
    sample = SearchSpace.parse({"units_1": 8}).sample(np.random.default_rng(0))

    assert (sample["scaling"], sample["shuffle"]) == ("minmax", False)

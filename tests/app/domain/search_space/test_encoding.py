"""Parameters as coordinates: scales, categories, and what is inactive."""

import numpy as np
import pytest

from app.domain.search_space.encoding import SpaceEncoder
from app.domain.search_space.space import SearchSpace


def encode(document, *points):
    space = SearchSpace.parse(document)
    sample = space.sample(np.random.default_rng(0))
    return SpaceEncoder(space).encode([{**sample, **point} for point in points])


def test_a_logarithmic_range_is_encoded_on_its_own_scale():
    coordinates = encode({"learning_rate": {"loguniform": [1e-4, 1e-2]}}, {"learning_rate": 1e-3})

    assert coordinates[0] == pytest.approx([0.5])


def test_a_choice_of_numbers_is_encoded_evenly_in_order():
    points = [{"learning_rate": rate} for rate in (0.0001, 0.001, 0.01)]

    coordinates = encode({"learning_rate": {"choice": [0.01, 0.0001, 0.001]}}, *points)

    assert coordinates[:, 0] == pytest.approx([0.0, 0.5, 1.0])


def test_categories_are_equally_far_from_each_other():
    optimizers = ["sgd", "rmsprop", "adam"]
    points = [{"optimizer": name} for name in optimizers]

    first, second, third = encode({"optimizer": {"choice": optimizers}}, *points)

    distances = [
        np.linalg.norm(first - second),
        np.linalg.norm(first - third),
        np.linalg.norm(second - third),
    ]
    assert distances == pytest.approx([1.0, 1.0, 1.0])


def test_the_value_of_an_inactive_hyperparameter_makes_no_difference():
    document = {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"integer": [8, 32]}}

    inactive = encode(
        document, {"recurrent_layers": 1, "units_2": 8}, {"recurrent_layers": 1, "units_2": 32}
    )
    active = encode(
        document, {"recurrent_layers": 2, "units_2": 8}, {"recurrent_layers": 2, "units_2": 32}
    )

    assert inactive[0] == pytest.approx(inactive[1])
    assert np.linalg.norm(active[0] - active[1]) > 0.5


def test_the_coordinates_of_a_hyperparameter_are_a_group():
    space = SearchSpace.parse(
        {
            "optimizer": {"choice": ["sgd", "rmsprop", "adam"]},
            "recurrent_layers": {"choice": [1, 2]},
            "units_2": {"integer": [8, 32]},
        }
    )

    groups = SpaceEncoder(space).groups

    assert groups == [[0], [1, 2, 3], [4, 5]]  # layers, optimizer, units


def test_a_value_outside_the_space_is_encoded_as_the_nearest_inside():
    document = {"units_1": {"loguniform": [8, 64]}, "batch_size": {"choice": [16, 32]}}

    inside, outside = encode(
        document, {"units_1": 8, "batch_size": 32}, {"units_1": 1, "batch_size": 4096}
    )

    assert outside == pytest.approx(inside)

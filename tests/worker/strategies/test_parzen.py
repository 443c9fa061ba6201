"""Densities over a space: values as numbers, probabilities that sum to 1, draws that follow."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from worker.strategies.parzen import Density, decode_value, encode_value


def density_of(dimensions, points):
    return Density(dimensions, points, width=0.1, weights=[1.0] * len(points))


@pytest.mark.parametrize(
    "entry",
    [
        {"choice": [30, 8, 64]},
        {"integer": [3, 17]},
        {"integer": [8, 60], "step": 8},
        {"loguniform": [8, 512]},
        {"loguniform": [10, 500], "step": 7},
    ],
)
def test_every_value_is_decoded_as_itself(entry):
    dimension = SearchSpace.parse({"units_1": entry}).dimensions["units_1"]
    values = [dimension.value_at(index) for index in range(dimension.count)]

    decoded = [decode_value(dimension, encode_value(dimension, value)) for value in values]

    assert decoded == values


def test_numbers_from_beyond_the_ends_are_brought_within():
    dimension = SearchSpace.parse({"units_1": {"integer": [3, 17]}}).dimensions["units_1"]

    assert decode_value(dimension, -1.0) == 3
    assert decode_value(dimension, 99.0) == 17


@pytest.mark.parametrize("entry", [{"uniform": [0.0, 0.5]}, {"choice": [0.0, 0.1, 0.3]}])
def test_a_density_sums_to_1(entry):
    (dimension,) = SearchSpace.parse({"dropout_1": entry}).searched
    encoded = [[encode_value(dimension, value)] for value in (0.0, 0.1, 0.1, 0.3)]
    points = np.array([*encoded, [np.nan]])

    density = Density([dimension], points, width=0.1, weights=[1.0, 0.3, 1.0, 1.0, 0.3])

    if dimension.is_listed:
        categories = np.array([[0.0], [1.0], [2.0]])
        assert np.exp(density.log_densities(categories).joint).sum() == pytest.approx(1)
    else:
        fractions = (np.arange(4000) + 0.5) / 4000
        densities = np.exp(density.log_densities(fractions[:, None]).joint)
        assert densities.mean() == pytest.approx(1, rel=1e-3)


def test_draws_follow_the_density():
    (dimension,) = SearchSpace.parse({"dropout_1": {"uniform": [0.0, 0.5]}}).searched
    points = np.array([[0.02], [0.7], [0.75]])
    density = Density([dimension], points, width=0.1, weights=[0.3, 1.0, 1.0])

    draws = density.draw_jointly(np.random.default_rng(0), 40_000)[:, 0]

    counts, edges = np.histogram(draws, bins=20, range=(0, 1))
    fractions = (np.arange(2000) + 0.5) / 2000
    densities = np.exp(density.log_densities(fractions[:, None]).joint)
    expected = densities.reshape(20, 100).mean(axis=1) / 20
    np.testing.assert_allclose(counts / 40_000, expected, atol=0.008)
    assert len(edges) == 21


def test_the_independent_density_is_the_product_of_those_of_single_dimensions():
    dimensions = SearchSpace.parse(
        {"dropout_1": {"uniform": [0.0, 0.5]}, "units_1": {"choice": [8, 16]}}
    ).searched
    points = np.array([[0.1, 0.0], [0.8, 1.0], [np.nan, 1.0]])
    both = density_of(dimensions, points)
    single = [
        density_of([dimension], points[:, [index]]) for index, dimension in enumerate(dimensions)
    ]
    for density in single:
        density.width = both.width
    evaluated = np.array([[0.1, 1.0], [0.8, np.nan], [0.4, 0.0]])

    independent = both.log_densities(evaluated).independent

    active = ~np.isnan(evaluated[:, 1])
    expected = single[0].log_densities(evaluated[:, [0]]).joint
    expected[active] += single[1].log_densities(evaluated[active][:, [1]]).joint
    np.testing.assert_allclose(independent, expected)


def test_independent_draws_combine_what_two_trials_have():
    dimensions = SearchSpace.parse(
        {"units_1": {"choice": [8, 16, 32]}, "units_2": {"choice": [8, 16, 32]}}
    ).searched
    density = density_of(dimensions, np.array([[0.0, 0.0], [2.0, 2.0]] * 10))
    generator = np.random.default_rng(0)

    joint = density.draw_jointly(generator, 1000)
    independent = density.draw_independently(generator, 1000)

    assert np.mean([set(row) == {0.0, 2.0} for row in joint]) < 0.15
    assert np.mean([set(row) == {0.0, 2.0} for row in independent]) > 0.35

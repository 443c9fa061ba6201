"""One dimension: its values, steps and scale."""

import numpy as np
import pytest

from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parsing import DimensionError, parse_dimension


def dimension_of(name: str, document: object) -> Dimension:
    return parse_dimension(name, document)


def draw(dimension: Dimension, count: int) -> list[object]:
    generator = np.random.default_rng(3)
    return [dimension.sample(generator) for _ in range(count)]


def test_a_step_quantises_a_range():
    dropout = dimension_of("dropout_1", {"uniform": [0, 0.5], "step": 0.1})
    units = dimension_of("units_1", {"integer": [8, 30], "step": 8})

    assert dropout.count == 6
    assert sorted(set(draw(dropout, 200))) == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert units.count == 3
    assert sorted(set(draw(units, 200))) == [8, 16, 24]


def test_a_logarithmic_range_can_have_a_step():
    dimension = dimension_of("batch_size", {"loguniform": [16, 256], "step": 16})

    sizes = draw(dimension, 400)

    assert dimension.count == 16
    assert {size % 16 for size in sizes} == {0}
    assert sum(size <= 64 for size in sizes) > 150


def test_a_step_never_leads_beyond_a_range_that_is_not_a_multiple_of_it():
    dimension = dimension_of("dropout_1", {"uniform": [0, 1], "step": 0.1})

    assert dimension.count == 10
    assert max(draw(dimension, 200)) == 0.9
    assert dimension.value_at_fraction(1.0) == 0.9


def test_a_logarithmic_range_is_drawn_evenly_on_its_scale():
    dimension = dimension_of("learning_rate", {"loguniform": [1e-5, 1e-1]})

    fraction_below = np.mean([rate < 1e-3 for rate in draw(dimension, 1000)])

    assert 0.45 < fraction_below < 0.55


def test_a_fraction_leads_back_to_its_value():
    dimension = dimension_of("learning_rate", {"loguniform": [1e-5, 1e-1]})

    fraction = dimension.fraction_of(1e-2)

    assert fraction == pytest.approx(0.75)
    assert dimension.value_at_fraction(fraction) == pytest.approx(1e-2)


def test_the_nearest_fraction_of_a_number_outside_the_range_is_that_of_an_end():
    dimension = dimension_of("learning_rate", {"loguniform": [1e-5, 1e-1]})

    assert dimension.nearest_fraction(1e-8) == 0.0
    assert dimension.nearest_fraction(1.0) == 1.0


def test_a_flag_is_not_a_number():
    flags = dimension_of("stateful", {"choice": [True, False]})

    assert flags.contains(True)
    assert not flags.contains(1)


@pytest.mark.parametrize(
    ("low", "high", "step", "values"),
    [
        (0.4, 0.5, 0.1, [0.4, 0.5]),
        (0.2, 0.3, 0.1, [0.2, 0.3]),
        (0.1, 0.7, 0.2, [0.1, 0.3, 0.5, 0.7]),
        (0.15, 0.45, 0.15, [0.15, 0.3, 0.45]),
        (0.7, 0.8, 0.05, [0.7, 0.75, 0.8]),
        (0.0, 0.95, 0.95, [0.0, 0.95]),
    ],
)
def test_steps_and_widths_are_compared_with_a_tolerance(low, high, step, values):
    entry = {"uniform": [low, high], "step": step}

    dimension = parse_dimension("dropout_1", entry)

    assert [dimension.value_at(index) for index in range(dimension.count)] == values
    assert (dimension.first, dimension.last) == (values[0], values[-1])
    assert parse_dimension("dropout_1", dimension.document()) == dimension


def test_a_step_that_does_not_fit_is_refused():
    with pytest.raises(DimensionError, match="no larger than the range"):
        parse_dimension("dropout_1", {"uniform": [0.4, 0.49], "step": 0.1})

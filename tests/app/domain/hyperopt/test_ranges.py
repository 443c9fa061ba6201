"""The ranges that hyperopt's functions draw from."""

import pytest

from app.domain.hyperopt.nodes import HyperoptError, Position, RangeNode
from app.domain.hyperopt.ranges import add_number, convert_arguments, multiply_by_number


def arguments(low: float, high: float, step: float | None = None) -> RangeNode:
    return RangeNode(Position(1, 1), "x", low, high, step)


@pytest.mark.parametrize(
    ("function", "low", "high", "words"),
    [
        ("uniform", 1, 0, "The lowest value (1) must be less than the highest (0)"),
        ("loguniform", 1e-5, 100, "are logarithms, and 100 is the logarithm of"),
    ],
)
def test_impossible_bounds_are_refused(function: str, low: float, high: float, words: str) -> None:
    with pytest.raises(HyperoptError) as error:
        convert_arguments(function, arguments(low, high))

    assert words in str(error.value)


def test_the_bounds_are_rounded_to_multiples_of_the_step_as_hyperopt_does() -> None:
    converted = convert_arguments("quniform", arguments(7, 30, 8))

    assert (converted.low, converted.high, converted.step) == (8, 32, 8)


def test_a_number_moves_and_stretches_a_range() -> None:
    moved = add_number(multiply_by_number(arguments(0, 2, 1), 4), 8)

    assert (moved.low, moved.high, moved.step) == (8, 16, 4)

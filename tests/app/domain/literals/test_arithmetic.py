"""Large results are refused before they are made."""

import ast

import numpy as np
import pytest

from app.domain.literals.arithmetic import calculate
from app.domain.literals.values import CannotCalculate, TooManyValues

LINE = np.arange(3)


@pytest.mark.parametrize(
    ("operation", "left", "right", "error"),
    [
        (ast.Mult(), [0], 10**9, TooManyValues),
        (ast.Mult(), 10**9, (0,), TooManyValues),
        (ast.Add(), [0] * 600, [0] * 600, TooManyValues),
        (ast.Pow(), 10, 16, CannotCalculate),
        (ast.Pow(), 2, 10**9, CannotCalculate),
        (ast.Mult(), 10**10, 10**10, CannotCalculate),
        (ast.Pow(), LINE + 2, 64, CannotCalculate),  # numpy would wrap to 0
        (ast.Pow(), 10, LINE - 1, CannotCalculate),
        (ast.Mult(), LINE.reshape(3, 1), LINE, CannotCalculate),
        (ast.Add(), "x" * 150, "x" * 150, CannotCalculate),
        (ast.Mult(), "x", 3, TypeError),
        (ast.Add(), [1], (2,), TypeError),
        (ast.Add(), None, 2, TypeError),
        (ast.LShift(), 1, 2, KeyError),
    ],
)
def test_results_of_other_sizes_and_types_are_refused(
    operation: ast.operator, left: object, right: object, error: type[Exception]
) -> None:
    with pytest.raises(error):
        calculate(operation, left, right)

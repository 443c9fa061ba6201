"""Arithmetic in hyperopt code."""

import pytest

from app.domain.hyperopt.nodes import HyperoptError
from app.domain.hyperopt.syntax import read_code


@pytest.mark.parametrize(
    "expression", ["9 ** 9 ** 9", "1 / 0", "(-8) ** 0.5", "7 << 2", "10 ** 16", "math.log(0)"]
)
def test_an_expression_without_a_usable_result_is_refused(expression: str) -> None:
    with pytest.raises(HyperoptError, match=r"Line 1, column \d+: .* cannot be parsed"):
        read_code(f"space = {{'units_1': {expression}}}")

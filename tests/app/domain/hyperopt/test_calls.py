"""Calls that are refused in hyperopt code."""

import pytest

from app.domain.hyperopt.nodes import HyperoptError
from app.domain.hyperopt.syntax import read_code


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (
            "space = {\n 'lr': hp.unifrom('x', 0, 1)}",
            'Line 2, column 8: "hp.unifrom" is not understood',
        ),
        ("space = {'lr': hp.normal('x', 0, 1)}", "it has no bounds: use hp.uniform"),
        ("space = {'lr': hp.uniform(0, 1)}", "is a label in quotes"),
        ("space = {'lr': hp.uniform('x', 0)}", "takes a label and low, high"),
        (
            "space = {'units_1': hp.choice('x', range(10 ** 9))}",
            "A range lists at most 1,000 numbers",
        ),
    ],
)
def test_a_call_that_is_not_understood_is_refused(code: str, words: str) -> None:
    with pytest.raises(HyperoptError) as error:
        read_code(code)

    assert words in str(error.value)

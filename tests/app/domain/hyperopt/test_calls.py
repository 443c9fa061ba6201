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
        (
            "space = {'lr': hp.normal('x', 0, 1)}",
            "hp.normal has no bounds, but a search needs some: use hp.uniform. 95 % of its draws "
            "lie between -2 and 2: hp.uniform('x', -2, 2).",
        ),
        (
            "space = {'lr': hp.qlognormal('x', 3, 1, 4)}",
            "95 % of its draws lie between 2.718 and 148.4: hp.qloguniform('x', 1, 5, 4).",
        ),
        (
            "space = {'cell': hp.pchoice('x', [(0.8, 'lstm'), (0.2, 'gru')])}",
            "The weights of hp.pchoice cannot be kept: use hp.choice",
        ),
        ("space = {'lr': hp.uniform(0, 1)}", "is a label in quotes"),
        ("space = {'lr': hp.uniform('x', 0)}", "takes a label and low, high"),
        (
            "space = {'units_1': hp.choice('x', range(10 ** 9))}",
            "1,000,000,000 values, but at most 1,000 can be listed",
        ),
    ],
)
def test_a_call_that_is_not_understood_is_refused(code: str, words: str) -> None:
    with pytest.raises(HyperoptError) as error:
        read_code(code)

    assert words in str(error.value)

"""hyperopt's distributions in programs: their ends, steps and what is hardly meant."""

import ast

import pytest

from app.domain.custom.distributions import parse_distribution
from app.domain.custom.literals import CustomModelError
from app.domain.custom.parameters import CustomParameter


def parse(expression: str) -> CustomParameter:
    call = ast.parse(expression, mode="eval").body
    assert isinstance(call, ast.Call)
    return parse_distribution("x", call, call.args, {}, is_integer=False)


@pytest.mark.parametrize(
    ("expression", "entry"),
    [
        ("uniform(0, 0.5)", {"uniform": [0.0, 0.5]}),
        ("quniform(0.1, 0.3, 0.1)", {"uniform": [0.1, 0.3], "step": 0.1}),
        ("quniform(8, 64, 8)", {"integer": [8, 64], "step": 8}),
        ("loguniform(np.log(1e-4), np.log(1e-2))", {"loguniform": [1e-4, 1e-2]}),
        ("loguniform(-9.21, -4.6)", {"loguniform": [0.000100034043, 0.0100518357]}),
        ("loguniform(2, 4)", {"loguniform": [7.3890561, 54.59815]}),
        ("qloguniform(np.log(8), np.log(64), 8)", {"loguniform": [8, 64], "step": 8}),
        ("randint(5)", {"integer": [0, 4]}),
        ("choice(np.arange(0.1, 0.4, 0.1))", {"choice": [0.1, 0.2, 0.3, 0.4]}),
    ],
)
def test_a_distribution_is_a_range_or_a_choice(expression: str, entry: object) -> None:
    assert parse(expression).entry == entry


def test_weights_are_left_out_and_that_is_said() -> None:
    parameter = parse("pchoice([(0.8, 'lstm'), (0.2, 'gru')])")

    assert parameter.entry == {"choice": ["lstm", "gru"]}
    assert parameter.hyperparameter.help == "The weights in the file are not used."


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        (
            "loguniform(0.0001, 0.01)",
            'Line 1: The ends of "x" are logarithms: as it is written, it is drawn from 1.0001 to '
            "1.01005. If 0.0001 to 0.01 is meant, write np.log(0.0001), np.log(0.01).",
        ),
        (
            "lognormal(-7, 1)",
            "has no bounds, but a search needs some: use loguniform. 95 % of its draws lie within "
            "loguniform(-9, -5).",
        ),
        ("pchoice([1, 2])", "takes pairs of a weight and a value"),
        ("qloguniform(1, 2)", "at least 3"),
        ("choice()", "needs a list of values"),
        ("beta(1, 2)", "beta is not supported"),
    ],
)
def test_what_is_hardly_meant_or_has_no_bounds_is_refused(expression: str, words: str) -> None:
    with pytest.raises(CustomModelError) as error:
        parse(expression)

    assert words in str(error.value)

"""Plain values are what Python and numpy make of them, read without running anything."""

import ast
import itertools
import math

import numpy as np
import pytest

from app.domain.literals.bindings import collect_bindings
from app.domain.literals.evaluator import Evaluator
from app.domain.literals.values import LiteralError, drop_rounding_error, to_plain

PROGRAM = """
import math
import itertools
import numpy as np
import numpy as xp
from numpy import arange as steps
UNITS = [8, 16, 32]
GRID = np.arange(3)
SIZES = {"small": 8, "large": 64}
BASE, FACTOR = 2, 4.0
"""
EXPRESSIONS = [
    "list(np.arange(0, 0.5, 0.1))",
    "np.arange(0.1, 0.4, 0.1)",  # numpy's own rounding makes four of them
    "np.arange(0.1, 0.5, 0.1)",
    "np.arange(-0.5, 0.5, 0.1)",
    "np.arange(4, 13, 4, dtype=int)",
    "np.arange(5)",
    "np.arange(5.)[1:]",
    "np.arange(32, 8, -8)",
    "steps(2, 6)",
    "xp.linspace(0, 0.4, 5)",
    "np.linspace(16, 128, 8, dtype=int)",
    "np.linspace(10, 100, num=4, endpoint=False)",
    "[int(x) for x in np.linspace(16, 128, 8)]",
    "np.logspace(-4, -2, 3)",
    "np.logspace(3, 7, 5, base=2).astype(int)",
    "np.geomspace(1e-4, 1e-1, 4)",
    "np.array([16, 32, 64]) * 2",
    "np.array([1, 2], dtype=np.float32)",
    "2 ** np.arange(4, 8)",
    "10.0 ** np.arange(-5, 0)",
    "10.0 ** -np.arange(1, 5)",
    "np.power(2, range(3, 6))",
    "np.round(np.arange(0.1, 0.6, 0.1), 2).tolist()",
    "np.arange(0.1, 0.6, 0.1).round(1)",
    "np.concatenate([np.arange(3), [10, 20]])",
    "np.append(np.arange(3), 9)",
    "np.unique([3, 1, 3])",
    "np.exp(np.log([1, 2]))",
    "range(4, 20, 4)",
    "list(range(3))",
    "[*range(3), 50]",
    "tuple(range(2))",
    "[x / 10 for x in range(1, 6)]",
    "[2 ** i for i in range(3, 7)]",
    "[(a, b) for a in (1, 2) for b in UNITS if a * b > 8]",
    "[round(0.1 * x, 2) for x in range(1, 5)]",
    "list(map(int, np.linspace(8, 32, 4)))",
    "list(map(lambda x: x * 8, range(1, 4)))",
    "[-x for x in UNITS]",
    "sorted({32, 8, 16})",
    "list({8: 1, 16: 2})",
    "list(SIZES.values())",
    "SIZES['small']",
    "{name: size * 2 for name, size in SIZES.items()}",
    "{**SIZES, 'huge': 256}",
    "dict(a=1, b=[2, 3])",
    "dict([('a', 1)])",
    "UNITS[1:] + [64]",
    "UNITS[-1]",
    "UNITS * 2",
    "list(GRID * FACTOR)",
    "BASE ** 5",
    "-1.5e-3",
    "7 // 2 + 7 % 4",
    "1e-3 * 3",
    "math.log(8, 2)",
    "math.sqrt(16) + math.pi",
    "round(math.log10(1000))",
    "min(UNITS) + max(3, 4) + sum(UNITS) + len(UNITS)",
    "f'units_{BASE + 1:02d}'",
    "'units_' + str(BASE)",
    "'units_%d' % 3",
    "'{}_{}'.format('units', 4)",
    "'lstm gru'.split()",
    "[8 if x else 16 for x in (True, False)]",
    "1 < 2 <= 2",
    "None",
    "not UNITS or 'x'",
    "list(zip('ab', UNITS))",
    "list(enumerate(UNITS, 1))",
    "list(itertools.product([1, 2], [3]))",
    "list(reversed(UNITS))",
    "int('8') + float('1e-3')",
    "(8, (16, 8), [4])",
]


def read(expression: str, program: str = PROGRAM) -> object:
    node = ast.parse(expression, mode="eval").body
    bindings = collect_bindings(ast.parse(program))
    return to_plain(Evaluator(bindings).evaluate(node))


def plain(value: object) -> object:
    """The same with lists for arrays and ranges, and without rounding errors."""
    if isinstance(value, np.ndarray | range):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, list | tuple):
        return type(value)(plain(item) for item in value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, float):
        number = drop_rounding_error(value)
        return 0.0 if abs(number) < 1e-15 else number
    return value


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_has_the_value_that_python_gives_it(expression: str) -> None:
    names = {"math": math, "itertools": itertools, "np": np}
    exec(PROGRAM, names)
    expected = eval(expression, names)

    value = read(expression)

    assert value == plain(expected)
    assert repr(value) == repr(plain(expected))


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("list(np.arange(0, 0.5, 0.1))", [0.0, 0.1, 0.2, 0.3, 0.4]),
        ("np.linspace(0, 0.4, 5)", [0.0, 0.1, 0.2, 0.3, 0.4]),
        ("np.array([0.1, 0.2], dtype='float32')", [0.1, 0.2]),
        ("np.logspace(-4, -2, 3)", [0.0001, 0.001, 0.01]),
        ("{16, 8}", [16, 8]),
        ("1 / 3", 1 / 3),
        ("np.arange(4, 13, 4, dtype=int)", [4, 8, 12]),
    ],
)
def test_values_have_no_digits_of_rounding_and_the_order_in_which_they_stand(
    expression: str, values: object
) -> None:
    assert read(expression) == values


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.random.uniform(0, 1, 5)", "its numbers differ at each run"),
        ("random.sample(range(9), 2)", "its numbers differ at each run"),
        ("10 ** np.arange(-5, 0)", "whole numbers to no negative powers. Write 10.0"),
        ("np.arange(0, 1, 1e-6)", "has 1,000,000 values, but at most 1,000"),
        ("[range(2000)]", "has 2,000 values"),
        ("size", '"size" cannot be parsed without running it'),
        ("tf.range(3)", "cannot be parsed without running it"),
        ("open('x')", "cannot be parsed without running it"),
        ("np.load('x.npy')", "cannot be parsed without running it"),
        ("UNITS[9]", "cannot be parsed without running it"),
        ("1 / 0", "cannot be parsed without running it"),
        ("2 ** 64", "the number is too large"),
        ("9 ** 9 ** 9", "too large"),
        ("'%99999d' % 1", "only %d, %s and the like"),
        ("f'{1:9999d}'", "cannot be parsed without running it"),
        ("np.arange(0, 1, 0)", "the step is 0"),
        ("(lambda: 3)()", "cannot be parsed without running it"),
    ],
)
def test_what_only_a_run_would_know_is_refused_in_words(expression: str, words: str) -> None:
    with pytest.raises(LiteralError) as error:
        read(expression)

    assert words in str(error.value)

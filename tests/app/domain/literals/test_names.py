"""A function is read by its full name, not by its last word."""

import ast

import pytest

from app.domain.literals.names import find_function, full_name
from app.domain.literals.values import Imported


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("np.arange", "numpy.arange"),
        ("xp.arange", "numpy.arange"),
        ("log", "math.log"),
        ("list", "builtins.list"),
        ("np.random.uniform", "numpy.random.uniform"),
        ("tf.range", "tensorflow.range"),
        ("sqrt", ""),
        ("f().arange", ""),
    ],
)
def test_a_written_name_has_a_full_name(written: str, name: str) -> None:
    constants = {"xp": Imported("numpy"), "tf": Imported("tensorflow"), "sqrt": 3}

    assert full_name(ast.parse(written, mode="eval").body, constants) == name


def test_only_functions_with_readable_results_are_found() -> None:
    assert find_function("numpy.arange") is not None
    assert find_function("tensorflow.range") is None
    assert find_function("numpy.load") is None
    assert find_function("") is None

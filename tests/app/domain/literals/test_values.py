"""Values become expressions again, and count all that they hold."""

import ast

import numpy as np
import pytest

from app.domain.literals.values import (
    Unread,
    count_values,
    drop_rounding_error,
    to_expression,
    to_plain,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, -2.5, "a"], "[1, -2.5, 'a']"),
        ((8,), "(8,)"),
        ({"a": None, "b": [True]}, "{'a': None, 'b': [True]}"),
        (np.arange(2) * 0.5, "[0.0, 0.5]"),
        ([Unread(ast.parse("layers.LSTM", mode="eval").body)], "[layers.LSTM]"),
    ],
)
def test_a_value_is_written_as_a_program_would(value: object, text: str) -> None:
    assert ast.unparse(to_expression(value)) == text


def test_all_values_in_a_value_are_counted() -> None:
    assert count_values([1, (2, 3), {"a": np.arange(4)}]) == 1 + 1 + 3 + 1 + 5


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.1 + 0.2, 0.3), (1 / 3, 1 / 3), (0.1234567890123456, 0.1234567890123456), (0.0, 0.0)],
)
def test_only_the_error_of_rounding_is_dropped(number: float, shown: float) -> None:
    assert drop_rounding_error(number) == shown


def test_what_is_unread_is_no_plain_value() -> None:
    with pytest.raises(TypeError):
        to_plain([Unread(ast.Constant(1))])

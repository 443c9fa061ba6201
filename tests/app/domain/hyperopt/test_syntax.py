"""Hyperopt code as a tree of nodes, and what is refused at which position."""

import pytest

from app.domain.hyperopt.nodes import ConstantNode, HyperoptError
from app.domain.hyperopt.syntax import read_code


def refusal(code: str) -> str:
    with pytest.raises(HyperoptError) as error:
        read_code(code)
    return str(error.value)


@pytest.mark.parametrize(
    "code",
    [
        "space = {'units_1': 8}\nother = {'units_1': 9}",
        "search_space = {'units_1': 8}\nother = {'units_1': 9}",
        "{'units_1': 9}\n{'units_1': 8}",
        "units: int = 8\nspace = {'units_1': units}",
    ],
)
def test_the_space_is_the_dictionary_of_that_name_or_the_last_one(code: str) -> None:
    (entry,) = read_code(code).entries

    assert isinstance(entry.node, ConstantNode)
    assert entry.node.value == 8


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("space = {'units_1': size}", '"size" has no value here'),
        ("space = {", "Line 1, column 9: This is not Python"),
        ("x = 3", "There is no search space here"),
        ("", "There is no search space here"),
        ("def f(): pass", "Only imports and assignments"),
        ("-" * 40_000 + "1", "Line 1, column 1"),
        ("\0", "Line 1, column 1"),
    ],
)
def test_code_that_is_not_a_space_is_refused(code: str, words: str) -> None:
    assert words in refusal(code)

"""A name has the value that it was bound to, unless only a run would know it."""

import ast

import pytest

from app.domain.literals.bindings import collect_bindings
from app.domain.literals.values import Imported, Unread


def bindings_of(program: str) -> dict[str, object]:
    return collect_bindings(ast.parse(program))


def test_names_stand_for_what_they_were_bound_to_last() -> None:
    bindings = bindings_of(
        "import numpy as np\nfrom math import log as ln\na = 2\nb: list = [a, a * 2]\n"
        "c, (d, e) = 3, (4, 'x')\na = 5\n"
    )

    assert bindings == {
        "np": Imported("numpy"),
        "ln": Imported("math.log"),
        "a": 5,
        "b": [2, 4],
        "c": 3,
        "d": 4,
        "e": "x",
    }


@pytest.mark.parametrize(
    "program",
    [
        "a = [8]\na.append(16)",
        "a = [8]\na[0] = 16",
        "a = [8]\nb = a\nb.append(16)",
        "a = [8]\nb = {'x': (a,)}\na.append(16)\na = b",
        "a = [8]\nif big:\n    a = [64]",
        "a = [8]\nfor i in range(3):\n    a.append(i)",
        "a = 8\na += 1",
        "a = [8]\ndel a[0]",
        "a = 8\ndef change():\n    global a\n    a = 9",
        "a = [8]\ndef change():\n    a.append(9)",
        "a = 8\ndef a():\n    pass",
        "a = read_file()",
        "a, b = read_file()",
        "a = 8\na = read_file()",
        "a = 8\nwith open('x') as a:\n    pass",
        "x = (a := [3]).append(4)",
        "a = {'b': [8]}\na['b'].append(9)",
        "a = {'b': {}}\na['b']['c'] = 9",
        "a = {'b': 8}\ndef change(p):\n    p['b'] = 9\nchange(a)",
    ],
)
def test_a_name_whose_value_only_a_run_knows_is_unread(program: str) -> None:
    assert isinstance(bindings_of(program)["a"], Unread)


def test_a_function_with_a_variable_of_its_own_changes_nothing() -> None:
    bindings = bindings_of(
        "a = [8]\nb = {'x': 1}\ndef f(b):\n    a = []\n    a.append(1)\n    b['x'] = 2\n"
    )

    assert bindings["a"] == [8]
    assert bindings["b"] == {"x": 1}


def test_a_function_that_only_reads_what_it_is_handed_changes_nothing() -> None:
    bindings = bindings_of("a = [8]\ndef f(b):\n    b = b[1:]\n    return len(b)\nf(a)\n")

    assert bindings["a"] == [8]


def test_a_dictionary_keeps_its_keys_where_its_values_are_unread() -> None:
    bindings = bindings_of("CELLS = {'lstm': layers.LSTM, 'n': 2}")

    cells = bindings["CELLS"]

    assert isinstance(cells, dict)
    assert list(cells) == ["lstm", "n"]
    assert isinstance(cells["lstm"], Unread)
    assert cells["n"] == 2

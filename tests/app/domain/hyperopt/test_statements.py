"""Statements are followed, and what only a run would know is refused."""

import pytest

from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code

UNITS = "hp.choice('units', [8, 16])"


def read(code: str) -> dict[str, object]:
    return parse_hyperopt_code(code).document()


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("a = b = [8]\nb.append(16)\nspace = {'units': hp.choice('u', a)}", [8, 16]),
        ("a = [8]\na += [16]\nspace = {'units': hp.choice('u', a)}", [8, 16]),
        ("a = [8]\na.extend(range(9, 11))\nspace = {'units': hp.choice('u', a)}", [8, 9, 10]),
        ("a, b = 8, [16]\nspace = {'units': hp.choice('u', [a, *b])}", [8, 16]),
        ("a = [8, 8]\na[1] = 32\nspace = {'units': hp.choice('u', a)}", [8, 32]),
        ("n = 8\nn *= 2\nspace = {'units': hp.choice('u', [n, 1])}", [16, 1]),
        ("with open('x') as file:\n    a = [8, 9]\nspace = {'units': hp.choice('u', a)}", [8, 9]),
        ("s = {'a': [8, 9]}\nspace = {'units': hp.choice('u', s['a'])}", [8, 9]),
        ("make = lambda n: hp.choice('u', [n, 2 * n])\nspace = {'units': make(4)}", [4, 8]),
        ("import numpy as n\nspace = {'units': hp.choice('u', n.arange(2, 5))}", [2, 3, 4]),
        ("from hyperopt.hp import choice as c\nspace = {'units': c('u', (8, 9))}", [8, 9]),
        ("space = {'units': hp.choice('u', [4, 8]) * 2}", [8, 16]),
        ("space = {'units': 2 ** hp.choice('u', [4, 5])}", [16, 32]),
        ("space = {'units': 2 ** hp.quniform('u', 3, 5, 1)}", [8, 16, 32]),
        ("space = dict(x=0)\nspace.clear()\nspace['units'] = hp.choice('u', [1, 2])", [1, 2]),
        ("space = {}\nspace |= {'units': hp.choice('u', [1, 2])}", [1, 2]),
        ("space = {'units': 3, 'x': 1}\nspace.pop('x')\nspace.update(units=hp.choice('u', [1, 2]))",
         [1, 2]),
        ("space = {'a': {}}\nspace['a'].update(units=hp.choice('u', [1, 2]))", [1, 2]),
        ("s = {'a': [8]}\ns['a'].append(9)\nspace = {'units': hp.choice('u', s['a'])}", [8, 9]),
        ("space = {'a': {'units': 3}}\nspace['a']['units'] = hp.choice('u', [1, 2])", [1, 2]),
        ("a = [8, 9]\nb = a.copy()\nb.append(3)\nspace = {'units': hp.choice('u', a)}", [8, 9]),
        ("a = {'units': hp.choice('u', [8, 9])}\nspace = a.copy()\na['units'] = 3", [8, 9]),
        ("a = {'units': hp.choice('u', [8, 9])}\nspace = dict(a)\na.clear()", [8, 9]),
        ("def f():\n    a[0] = 3\na = [8, 9]\nf()\nspace = {'units': hp.choice('u', a)}", [3, 9]),
        ("a = [3]\ndef f():\n    global a\n    a = [8, 9]\nf()\n"
         "space = {'units': hp.choice('u', a)}", [8, 9]),
        ("def f(hp):\n    return {'units': hp.choice('u', [8, 9])}\nfrom hyperopt import hp\n"
         "space = f(hp)", [8, 9]),
        ("def f():\n    a = [3]\n    def g():\n        nonlocal a\n        a = [8, 9]\n    g()\n"
         "    return {'units': hp.choice('u', a)}\nspace = f()", [8, 9]),
        ("class C:\n    N = [8, 9]\nspace = {'units': hp.choice('u', C.N)}", [8, 9]),
        ("def f(*, n=3):\n    return {'units': hp.choice('u', [n, 9])}\nspace = f(n=8)", [8, 9]),
        ("def f(n=3, m=4):\n    return [n, m]\nspace = {'units': hp.choice('u', f(m=8))}", [3, 8]),
    ],
)  # fmt: skip
def test_statements_are_followed_in_their_order(code: str, values: list[int]) -> None:
    assert read(code) == {"units_1": {"choice": values}}


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("a = [8]\nwhile busy():\n    a.append(9)", 2),
        ("a = [8]\nfor row in read():\n    a.append(row)", 2),
        ("a = [8]\nfor i in range(9):\n    if i > 3:\n        break\n    a.append(i)", 2),
        ("a = [8]\na.sort()", 2),
        ("a = [8]\nb = a\nif big():\n    b = [3]\n    a.append(9)", 3),
        ("a, b = read()", 1),
        ("a = [8]\ndef f():\n    a.append(9)\nif big():\n    f()", 4),
        ("a = {'b': [8]}\na.get('b').append(9)", 2),
        ("b = [9]\na = [8, b]\nb.append(9)", 3),
        ("b = [hp.choice('b', [9])]\na = [8, b]\nb.append(9)", 3),
        ("a = [hp.choice('b', [9])]\nfor i in range(20):\n    a = a + a", 3),
        ("try:\n    a = read()\nexcept OSError:\n    a = [8]", 2),
    ],
)
def test_what_only_a_run_would_know_is_refused_at_its_line(code: str, line: int) -> None:
    with pytest.raises(HyperoptError, match=rf"^Line {line}, "):
        read(f"{code}\nspace = {{'units': hp.choice('u', a)}}")


def test_a_name_that_is_bound_to_something_else_later_keeps_nothing() -> None:
    code = f"space = {{'units': {UNITS}}}\nspace = load()"

    with pytest.raises(HyperoptError, match=r'^Line 2, column 9: "load\(\)" cannot be parsed'):
        read(code)


def test_a_method_of_something_else_changes_nothing() -> None:
    code = f"space = {{'units': {UNITS}}}\nmodel.append(space)\nprint(space)\nmodel.fit(x, y)"

    assert read(code) == {"units_1": {"choice": [8, 16]}}

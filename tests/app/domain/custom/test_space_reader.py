"""Spaces of hyperopt in programs: names, functions and loops are followed, nothing is run."""

import pytest

from app.domain.custom.detection import detect_custom_model
from app.domain.custom.literals import CustomModelError
from tests.app.domain.custom.programs import space_of

OBJECTIVE = "\n\ndef objective(params):\n    return {'loss': 0}\n"


def read(space):
    return space_of(detect_custom_model("mine", space + OBJECTIVE)).document()


@pytest.mark.parametrize(
    ("space", "document"),
    [
        ("u = hp.choice('u', [1, 2])\nspace = {'units': u}", {"u": {"choice": [1, 2]}}),
        ("space = [hp.uniform('a', 0, 1), hp.randint('b', 3)]",
         {"a": {"uniform": [0.0, 1.0]}, "b": {"integer": [0, 2]}}),
        ("space = dict(a=hp.uniform('a', 0, 1))", {"a": {"uniform": [0.0, 1.0]}}),
        ("space = {}\nspace['a'] = hp.choice('a', (1, 2))", {"a": {"choice": [1, 2]}}),
        ("base = {'a': hp.choice('a', [1, 2])}\nspace = {**base, 'b': hp.choice('b', [3, 4])}",
         {"a": {"choice": [1, 2]}, "b": {"choice": [3, 4]}}),
        ("def layer(i, n=2):\n    return {f'u{i}': hp.choice(f'u{i}', list(range(1, n + 1)))}\n"
         "space = [layer(0), layer(1, n=3)]",
         {"u0": {"choice": [1, 2]}, "u1": {"choice": [1, 2, 3]}}),
        ("N = 2\nspace = {}\nfor i in range(N):\n    space[f'u{i}'] = hp.choice(f'u{i}', [1, 2])",
         {"u0": {"choice": [1, 2]}, "u1": {"choice": [1, 2]}}),
        ("USE = False\nspace = {'a': hp.choice('a', [1, 2])}\n"
         "if USE:\n    space['b'] = hp.choice('b', [1, 2])",
         {"a": {"choice": [1, 2]}}),
        ("space = {'a': hp.choice('a', [1, 2])}\nspace = {'b': hp.choice('b', [1, 2])}",
         {"b": {"choice": [1, 2]}}),
        ("space = {'a': scope.int(hp.uniform(label='a', low=1, high=4))}",
         {"a": {"integer": [1, 4]}}),
        ("from hyperopt.hp import choice as pick\nspace = {'a': pick('a', [1, 2])}",
         {"a": {"choice": [1, 2]}}),
        ("b = hp.choice('b', [5, 6])\n"
         "space = hp.choice('a', [{'k': 'x', 'b': b}, {'k': 'y', 'b': b}, {'k': 'z'}])",
         {"a": {"choice": ["k=x", "k=y", "k=z"]},
          "b": {"choice": [5, 6], "when": {"a": ["k=x", "k=y"]}}}),
        ("b = hp.choice('b', [5, 6])\n"
         "space = hp.choice('a', [{'k': 'x', 'b': b}, {'k': 'y', 'b': b}])",
         {"a": {"choice": ["k=x", "k=y"]}, "b": {"choice": [5, 6]}}),
    ],
)  # fmt: skip
def test_a_space_is_read_however_it_is_put_together(space, document):
    assert read(space) == document


@pytest.mark.parametrize(
    ("space", "line", "words"),
    [
        ("space = {'a': hp.choice('a', [1, 2]), 'b': hp.choice('a', [3, 4])}", 1,
         'label "a" stands in line 1, too'),
        ("import sys\nspace = {'a': hp.choice('a', [1, 2])}\nif sys.argv:\n"
         "    space['b'] = hp.choice('b', [1, 2])", 4, "known only when the program runs"),
        ("space = {'a': hp.choice(name, [1, 2])}", 1, '"name" cannot be parsed'),
        ("space = {'a': hp.choice('a', load())}", 1, r'"load\(\)" cannot be parsed'),
        ("one = {'a': hp.choice('a', [1, 2])}\ntwo = {'b': hp.choice('b', [1, 2])}", 4,
         "Any of one, two may be the space"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_its_line(space, line, words):
    with pytest.raises(CustomModelError, match=words) as error:
        read(space)

    assert error.value.line == line


def test_a_space_that_is_made_elsewhere_is_named():
    source = (
        "def objective(p):\n    Sequential().compile()\n    return 0\n"
        "best = fmin(objective, settings)"
    )

    with pytest.raises(CustomModelError, match='The space "settings" is made nowhere in the file'):
        detect_custom_model("mine", source)

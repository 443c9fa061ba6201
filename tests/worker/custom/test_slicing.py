"""Of a program only what its model needs is run."""

import ast

import pytest

from app.domain.custom.literals import parse_program
from worker.custom.slicing import slice_program

PROGRAM = """
import os, numpy as np
from keras.layers import LSTM, Dense
from keras import *
from hyperas.distributions import choice

frame = np.loadtxt("prices.csv")
x_train = frame[:10]
UNITS = 3
SIZES = [UNITS, 4]
SIZES[0] = 5


class Head(Dense):
    pass


def layer(count):
    return LSTM(count) if count in SIZES else Head(1)


def build(hp, rate=UNITS):
    frame = layer(2)
    return frame, x_train, len(SIZES)


if __name__ == "__main__":
    result = build(None)
    print(os.name)
"""


def first_lines(*roots, provided=()):
    statements = slice_program(parse_program(PROGRAM), roots, provided)
    return [ast.unparse(statement).splitlines()[0] for statement in statements]


def test_definitions_come_with_all_they_name_and_imports_with_no_more():
    assert first_lines("build", provided={"x_train"}) == [
        "from keras.layers import LSTM, Dense",
        "UNITS = 3",
        "SIZES = [UNITS, 4]",
        "SIZES[0] = 5",
        "class Head(Dense):",
        "def layer(count):",
        "def build(hp, rate=UNITS):",
    ]


def test_a_name_that_is_not_provided_brings_what_reads_it():
    assert "frame = np.loadtxt('prices.csv')" in first_lines("build")
    assert "import numpy as np" in first_lines("build")


@pytest.mark.parametrize("name", ["undefined", "Sequential"])
def test_what_nothing_binds_may_come_from_a_star(name):
    assert first_lines(name) == ["from keras import *"]


def test_builtins_need_nothing():
    assert first_lines("len") == []


MORE = """
import abc
from meta import Registered

class Layer(metaclass=Registered):
    size: Unknown = 3
    double = size * 2

    def call(self):
        return [abc.x for size in self.items]

size = read()
table = {}
table.update(a=1)
for key in ("b", "c"):
    table[key] = key
table.limit = 5
print(table)
"""


@pytest.mark.parametrize(
    ("root", "lines"),
    [
        (
            "Layer",
            ["import abc", "from meta import Registered", "class Layer(metaclass=Registered):"],
        ),
        ("table", ["table = {}", "table.update(a=1)", "for key in ('b', 'c'):", "table.limit = 5"]),
    ],
)
def test_all_that_a_class_names_and_all_that_changes_a_value_comes_along(root, lines):
    statements = slice_program(parse_program(MORE), [root], ())

    assert [ast.unparse(statement).splitlines()[0] for statement in statements] == lines

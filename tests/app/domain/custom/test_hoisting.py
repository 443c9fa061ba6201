"""Searches inside functions, read as if they stood at the top."""

import ast

from app.domain.custom.hoisting import hoist, iterate_with_path


def hoist_around(source, name):
    """The program with everything around the call of this name at its top."""
    tree = ast.parse(source)
    for node, path in iterate_with_path(tree):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called == name:
                return ast.unparse(hoist(tree, path))
    raise AssertionError(f"{name} is not called")


def test_the_body_of_a_function_takes_its_place():
    source = "import a\n\n\ndef main():\n    space = 1\n    return search(space)\n\n\nmain()\n"

    hoisted = hoist_around(source, "search")

    assert hoisted == "import a\nmain()\nspace = 1\nsearch(space)"


def test_arguments_are_bound_to_what_the_calls_give_them():
    source = (
        "def outer():\n    n = 3\n    inner(n, units=4)\n\n"
        "def inner(n, units=2, rate=0.5):\n    search(n, units, rate)\n"
    )

    hoisted = hoist_around(source, "search")

    assert hoisted.splitlines()[-4:] == [
        "inner(n, units=4)",
        "units = 4",
        "rate = 0.5",
        "search(n, units, rate)",
    ]


def test_names_that_the_top_binds_too_are_renamed_wherever_they_mean_the_same():
    source = """
units = 1
import numpy as np
def main():
    import numpy as np
    units = 2
    best = None
    def objective(params, rate=units):
        nonlocal best
        best = units
        return [units for units in params] + [units]
    def other(units):
        return units
    search(lambda p: units)
"""

    hoisted = hoist_around(source, "search")

    assert "units_in_main = 2" in hoisted
    assert "def objective(params, rate=units_in_main):\n    global best" in hoisted
    assert "best = units_in_main" in hoisted
    assert "return [units for units in params] + [units_in_main]" in hoisted
    assert "def other(units):\n    return units" in hoisted
    assert "search(lambda p: units_in_main)" in hoisted
    assert hoisted.count("import numpy as np") == 2


def test_a_method_is_hoisted_with_its_instance():
    source = """
class Tuner:
    def __init__(self, data):
        self.data = data
    def run(self, n=3):
        search(self.data, n)
Tuner(x_train).run()
"""

    hoisted = hoist_around(source, "search")

    assert "def run" not in hoisted
    assert hoisted.endswith("n = 3\nself = Tuner(x_train)\nsearch(self.data, n)")

"""What stands in for hyperopt, Hyperas and Talos while a program runs."""

import ast

import keras
import pytest

from app.domain.custom.detection import detect_custom_model
from worker.custom.hyperopt_stubs import provide_hyperas, provide_hyperopt
from worker.custom.talos_stubs import early_stopper, lr_normalizer, provide_talos

SPACE = """
space = {"a": hp.choice("a", [{"k": 1, "u": scope.int(hp.quniform("u", 2, 8, 2))}, None]),
         "b": 2 ** hp.randint("b", 3)}

def objective(params):
    return {"loss": 0}
"""


def evaluate_space(values, imports=""):
    parameters = detect_custom_model("mine", SPACE).parameters
    names = provide_hyperopt(ast.parse(imports), values, parameters)
    exec(compile(SPACE, "mine", "exec"), names)
    return names["space"]


def test_a_space_is_its_values_with_those_of_the_chosen_option():
    assert evaluate_space({"a": "k=1", "u": 4.0, "b": 2}) == {"a": {"k": 1, "u": 4}, "b": 4}


def test_what_is_not_active_hinders_nothing():
    assert evaluate_space({"a": "None", "b": 0}) == {"a": None, "b": 1}


@pytest.mark.parametrize(
    ("statement", "expression"),
    [
        ("import hyperopt as ho", "ho.hp.uniform('b', 0, 1)"),
        ("from hyperopt import hp as draw", "draw.uniform('b', 0, 1)"),
        ("from hyperopt.hp import uniform as u", "u('b', 0, 1)"),
        ("from hyperopt.pyll.base import scope as s", "s.int(2.0)"),
        (
            "from hyperopt import STATUS_OK as ok, space_eval",
            "2 if ok == space_eval(0, 'ok') else 0",
        ),
    ],
)
def test_parts_of_hyperopt_have_the_names_that_imports_give_them(statement, expression):
    parameters = detect_custom_model("mine", SPACE).parameters
    names = provide_hyperopt(ast.parse(statement), {"b": 2}, parameters)

    assert eval(expression, names) == 2


def test_a_condition_of_hyperas_is_its_value():
    provided = provide_hyperas(ast.parse("from hyperas.distributions import conditional as c"))

    assert provided["c"]("four") == "four"


def test_helpers_of_talos_work_without_it():
    tree = ast.parse("from talos.utils import lr_normalizer as lr\nfrom talos import Scan")

    assert provide_talos(tree) == {"lr": lr_normalizer}
    assert lr_normalizer(1, keras.optimizers.Adam) == 0.001
    assert lr_normalizer(1, keras.optimizers.SGD) == 0.01
    assert early_stopper(100).patience == 10
    assert early_stopper(100, mode="strict").patience == 2
    assert early_stopper(100, mode=[0.5, 7]).patience == 7

"""Code inside stored models: only that of the program that built them is let through."""

import base64
import io
import json
import marshal
import zipfile

import pytest

from app.domain.custom.detection import detect_custom_model
from worker.bundles.lambdas import ForeignCode, refuse_foreign_code
from worker.custom.program import COMPILER_FLAGS

PROGRAM = """
import keras

SCALE = 2


def build(hp):
    factor = hp.Choice("factor", [1, 2])
    model = keras.Sequential(
        [
            keras.layers.Flatten(),
            keras.layers.Lambda(lambda x: x * SCALE),
            keras.layers.Lambda(lambda x: x + factor),
            keras.layers.Dense(1),
        ]
    )
    model.compile(loss="mse")
    return model
"""
FOREIGN = "lambda x: __import__('os').system('true') or x"


@pytest.fixture(scope="module")
def program():
    return detect_custom_model("mine", PROGRAM)


def keras_file(*lambdas) -> bytes:
    """A .keras file with these encoded lambdas, nested as Keras nests them."""
    layers = []
    for code in lambdas:
        function = {"class_name": "__lambda__", "config": {"code": code, "defaults": None}}
        layers.append({"class_name": "Lambda", "config": {"function": function}})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("config.json", json.dumps({"config": {"layers": layers}}))
    return buffer.getvalue()


def encode(code) -> str:
    return base64.encodebytes(marshal.dumps(code)).decode()


def lambdas_of(source: str) -> list[str]:
    """The lambdas of a program after it was run, as Keras stores them."""
    module = compile(source, "elsewhere.py", "exec", COMPILER_FLAGS, dont_inherit=True)
    functions = [one for one in module.co_consts if hasattr(one, "co_consts")]
    nested = [one for code in functions for one in code.co_consts if hasattr(one, "co_consts")]
    return [encode(code) for code in nested if code.co_name == "<lambda>"]


def test_the_lambdas_of_the_program_are_let_through(program):
    own = lambdas_of(PROGRAM)

    refuse_foreign_code(keras_file(*own), program)

    assert len(own) == 2


def test_a_model_without_lambdas_is_let_through(program):
    refuse_foreign_code(keras_file(), program)


@pytest.mark.parametrize(
    "code",
    [
        encode(eval(FOREIGN).__code__),
        encode(compile("import os", "x", "exec")),
        encode(7),
        "no base64!",
        "",
        None,
        ["a"],
    ],
)
def test_any_other_code_is_refused(program, code):
    model = keras_file(*lambdas_of(PROGRAM), code)

    with pytest.raises(ForeignCode, match=r"not in mine\.py"):
        refuse_foreign_code(model, program)

"""Python code inside a stored model: it has to be code of the program that built the model.

Keras stores a Lambda layer's lambda as bytecode, which runs where the model is loaded. What is in
the database may have been written by anybody, so each is compared with those of the program, whose
text is trusted.
"""

import base64
import binascii
import io
import json
import marshal
import zipfile
from collections.abc import Iterator
from types import CodeType
from typing import Any

from app.domain.custom.detection import CustomModel
from worker.custom.program import compile_whole

CONFIG_FILE = "config.json"  # in a .keras file
LAMBDA_CLASS = "__lambda__"


class ForeignCode(Exception):
    """A stored model holds code that its program does not have, so it is not loaded."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The stored model holds Python code that is not in {name}.py, so it is not loaded."
            " It was changed in the database, or made by another version of Python:"
            " train the trial again."
        )


def refuse_foreign_code(keras_file: bytes, custom_model: CustomModel) -> None:
    """Raises ForeignCode where a model holds a lambda that its program does not have."""
    stored = list(_stored_lambdas(_read_config(keras_file)))
    if not stored:
        return
    own = set(_nested_code(compile_whole(custom_model)))
    for text in stored:
        if _decode(text) not in own:
            raise ForeignCode(custom_model.name)


def _read_config(keras_file: bytes) -> Any:
    with zipfile.ZipFile(io.BytesIO(keras_file)) as archive:
        return json.loads(archive.read(CONFIG_FILE))


def _stored_lambdas(config: Any) -> Iterator[object]:
    """The encoded code of each lambda in a Keras config, or in any part of one."""
    if isinstance(config, list):
        for value in config:
            yield from _stored_lambdas(value)
    if not isinstance(config, dict):
        return
    if config.get("class_name") == LAMBDA_CLASS:
        inner = config.get("config")
        yield inner.get("code") if isinstance(inner, dict) else None
        return
    for value in config.values():
        yield from _stored_lambdas(value)


def _decode(text: object) -> CodeType | None:
    """The code that Keras would run; None where it is none. Nothing of it runs here."""
    if not isinstance(text, str):
        return None
    try:
        code = marshal.loads(base64.b64decode(text))
    except (binascii.Error, EOFError, TypeError, ValueError):
        return None
    if not isinstance(code, CodeType):
        return None
    return code


def _nested_code(code: CodeType) -> Iterator[CodeType]:
    """A code object and all that are defined inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested_code(constant)

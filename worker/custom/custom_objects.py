"""The layers and functions of a program that Keras needs to load its saved model."""

import ast

from app.domain.custom.detection import CustomModel
from app.domain.custom.literals import last_name
from app.domain.custom.location import locate_program
from worker.custom.slicing import slice_program

HEADER = '''"""Layers and functions of {name}.py. predict.py runs them to load the model."""

# Whether model.keras holds Python code of its own, which runs as soon as it is loaded.
HAS_LAMBDA_LAYERS = {has_lambda_layers}'''


def write_custom_objects(custom_model: CustomModel) -> str:
    """A module with the classes of a program and all that they need; empty where Keras has all."""
    tree = locate_program(custom_model.source).tree
    class_names = []
    for statement in tree.body:
        if isinstance(statement, ast.ClassDef):
            class_names.append(statement.name)
    has_lambda_layers = _uses_lambda_layers(tree)
    if not class_names and not has_lambda_layers:
        return ""
    statements = slice_program(tree, class_names, ())
    texts = [ast.unparse(statement) for statement in statements]
    definitions = "\n\n\n".join(texts)
    header = HEADER.format(name=custom_model.name, has_lambda_layers=has_lambda_layers)
    return f"{header}\n\n\n{definitions}\n"


def _uses_lambda_layers(tree: ast.Module) -> bool:
    names = map(last_name, ast.walk(tree))
    return "Lambda" in names

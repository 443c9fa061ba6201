"""The parts of a program that its saved model cannot do without: layers and functions of its own."""

import ast

from app.domain.custom.detection import CustomModel
from app.domain.custom.literals import program
from worker.custom.slicing import needed

HEAD = '"""Parts of the network that are no stock Keras, as they stood in {name}.py; predict.py needs them."""\n\n'


def definitions(custom_model: CustomModel) -> str:
    """A module with the classes at the top of a program and what they need; empty for stock layers alone."""
    tree = program(custom_model.source)
    classes = [statement.name for statement in tree.body if isinstance(statement, ast.ClassDef)]
    has_lambdas = any(
        isinstance(node, ast.Name | ast.Attribute) and _is_lambda(node) for node in ast.walk(tree)
    )
    if not classes and not has_lambdas:
        return ""
    statements = needed(custom_model.source, tree, classes, ())
    return (
        HEAD.format(name=custom_model.name)
        + "\n\n\n".join(ast.unparse(statement) for statement in statements)
        + "\n"
    )


def _is_lambda(node: ast.Name | ast.Attribute) -> bool:
    return "Lambda" in (getattr(node, "id", ""), getattr(node, "attr", ""))

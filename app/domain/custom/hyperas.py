"""Hyperas: a function with distributions in double braces, such as `{{choice([30, 60])}}`.

Python parses them as a set in a set.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.domain.custom.distributions import parse_distribution
from app.domain.custom.literals import Constants, CustomModelError, last_name, start_of
from app.domain.custom.parameters import (
    CustomParameter,
    refuse_many_parameters,
    to_identifier,
)

NAMELESS_CALLS = ("int", "float", "round", "bool", "str")  # say nothing about what a value is for
DEFAULT_NAME = "option"


@dataclass(frozen=True)
class DoubleBraces:
    """One pair of double braces: the outer set, the expression inside, and the parameter's name."""

    node: ast.Set
    expression: ast.expr
    name: str


def has_double_braces(function: ast.FunctionDef) -> bool:
    """Whether distributions in double braces stand in a function itself, not in one inside it."""
    stack: list[ast.AST] = list(function.body)
    while stack:
        node = stack.pop()
        match node:
            case ast.Set(elts=[ast.Set(elts=[_])]):
                return True
            case ast.FunctionDef():
                continue
        stack += ast.iter_child_nodes(node)
    return False


def find_double_braces(function: ast.FunctionDef) -> list[DoubleBraces]:
    """All double braces of a function in the order of the text.

    As in Hyperas, each is named after the word before it, and equal names are numbered.
    """
    braces = sorted(
        _iterate_double_braces(function, ""),
        key=lambda brace: start_of(brace.node),
    )
    n_uses: dict[str, int] = {}
    numbered = []
    for brace in braces:
        name = to_identifier(brace.name)
        number = n_uses.get(name, 0)
        n_uses[name] = number + 1
        if number:
            name = f"{name}_{number}"
        numbered.append(replace(brace, name=name))
    return numbered


def read_parameters(function: ast.FunctionDef, constants: Constants) -> list[CustomParameter]:
    """One parameter for each pair of double braces.

    Raises CustomModelError with the line of what cannot be read.
    """
    braces = find_double_braces(function)
    refuse_many_parameters(len(braces), function.lineno)
    parameters = []
    for brace in braces:
        call = brace.expression
        if not isinstance(call, ast.Call):
            message = "Double braces must hold a distribution such as choice(…) or uniform(…)."
            raise CustomModelError(message, brace.node.lineno)
        parameters.append(
            parse_distribution(brace.name, call, call.args, constants, is_integer=False)
        )
    return parameters


def _iterate_double_braces(node: ast.AST, preceding_word: str) -> Iterator[DoubleBraces]:
    match node:
        case ast.Set(elts=[ast.Set(elts=[expression])]):
            yield DoubleBraces(node, expression, preceding_word or DEFAULT_NAME)
        case _:
            for field_name, content in ast.iter_fields(node):
                word = _word_before(node, field_name, preceding_word)
                for child in _child_nodes(content):
                    yield from _iterate_double_braces(child, word)


def _child_nodes(content: object) -> list[ast.AST]:
    """The nodes in one field of a node."""
    if isinstance(content, ast.AST):
        return [content]
    if isinstance(content, list):
        return [part for part in content if isinstance(part, ast.AST)]
    return []


def _word_before(node: ast.AST, field_name: str, preceding_word: str) -> str:
    """The word in the text before the children in a field of a node, given that before the node."""
    match node, field_name:
        case ast.keyword(arg=str(name)), "value":
            return name
        case ast.Call(), "args":
            name = last_name(node.func)
            if not name or name in NAMELESS_CALLS:
                return preceding_word
            return name
        case ast.Assign(), "value":
            return last_name(node.targets[0]) or preceding_word
        case (ast.If(), "test") | (ast.Compare(), "left" | "comparators"):
            return DEFAULT_NAME
    return preceding_word

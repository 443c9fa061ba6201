"""Hyperas: a function with ranges in double braces, `{{choice([30, 60])}}`, which Python reads as a set in a set."""

import ast
from dataclasses import dataclass

from app.domain.custom.distributions import parameter
from app.domain.custom.literals import CustomModelError, Known, last_name
from app.domain.custom.parameters import CustomParameter, safe

CONVERSIONS = ("int", "float", "round", "bool", "str")  # say nothing about what a value is for


@dataclass(frozen=True)
class Brace:
    """One place in double braces: the outer set, the call inside, and the name it goes by."""

    node: ast.Set
    call: ast.Call
    name: str


def braces(function: ast.FunctionDef) -> list[Brace]:
    """All places in double braces in the order of the text, named as Hyperas does: by the word before, numbered."""
    found: list[tuple[ast.Set, ast.Call, str]] = []
    _walk(function, "", found)
    found.sort(key=lambda row: (row[0].lineno, row[0].col_offset))
    seen: dict[str, int] = {}
    named = []
    for node, call, word in found:
        name = safe(word)
        count = seen[name] = seen.get(name, -1) + 1
        named.append(Brace(node, call, f"{name}_{count}" if count else name))
    return named


def parameters(function: ast.FunctionDef, known: Known) -> list[CustomParameter]:
    """One parameter for each place in double braces. Raises CustomModelError with the line of what cannot be read."""
    found = []
    for brace in braces(function):
        if not isinstance(brace.call, ast.Call):
            raise CustomModelError(
                brace.node.lineno, "Double braces hold choice(…), uniform(…) and their like."
            )
        found.append(parameter(brace.name, brace.call, brace.call.args, known, whole=False))
    return found


def _walk(node: ast.AST, word: str, found: list[tuple[ast.Set, ast.Call, str]]) -> None:
    if isinstance(node, ast.Set) and len(node.elts) == 1 and isinstance(node.elts[0], ast.Set):
        inner = node.elts[0]
        if len(inner.elts) == 1:
            found.append((node, inner.elts[0], word or "option"))  # type: ignore[arg-type]
            return
    for child in ast.iter_child_nodes(node):
        _walk(child, _word(node, child, word), found)


def _word(node: ast.AST, child: ast.AST, word: str) -> str:
    """What stands before a child of a node in the text."""
    if isinstance(node, ast.keyword):
        return node.arg or word
    if isinstance(node, ast.Call) and child in node.args:
        name = last_name(node.func)
        return word if name in CONVERSIONS else name or word
    if isinstance(node, ast.Assign) and child is node.value:
        return last_name(node.targets[0]) or word
    return (
        "option" if isinstance(node, ast.If | ast.Compare) and isinstance(child, ast.expr) else word
    )

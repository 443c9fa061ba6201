"""Which statements of a program its network needs: what reads data or starts a search stays out."""

import ast
import builtins
import symtable
from collections.abc import Collection, Iterator

Bound = dict[str, list[ast.stmt]]


def needed(
    source: str, tree: ast.Module, roots: Collection[str], provided: Collection[str]
) -> list[ast.stmt]:
    """The top-level statements that these names need, directly or not, in order.

    Imports are cut down to the names that are used. Names in `provided` are given from outside and need nothing.
    """
    reads = _globals_of_functions(source)
    bound: Bound = {}
    stars = []
    for statement in tree.body:
        for name in _binds(statement):
            bound.setdefault(name, []).append(statement)
        if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
            stars.append(statement)
    wanted: set[str] = set()
    kept: list[ast.stmt] = []
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name in wanted or name in provided:
            continue
        wanted.add(name)
        found = bound.get(name) or ([] if hasattr(builtins, name) else stars)
        for statement in found:
            if statement not in kept:
                kept.append(statement)
                waiting += _reads(statement, reads)
    return [_cut(statement, wanted) for statement in tree.body if statement in kept]


def _globals_of_functions(source: str) -> dict[tuple[str, int], set[str]]:
    """Global names that each function or class at the top uses, by its name and line."""
    table = symtable.symtable(source, "program", "exec")
    return {
        (child.get_name(), child.get_lineno()): _globals(child) for child in table.get_children()
    }


def _globals(table: symtable.SymbolTable) -> set[str]:
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}
    return own.union(*[_globals(child) for child in table.get_children()])


def _reads(statement: ast.stmt, functions: dict[tuple[str, int], set[str]]) -> set[str]:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        arguments = (
            []
            if isinstance(statement, ast.ClassDef)
            else [*statement.args.defaults, *statement.args.kw_defaults]
        )
        around = [*statement.decorator_list, *getattr(statement, "bases", []), *arguments]
        lines = [statement.lineno, *[decorator.lineno for decorator in statement.decorator_list]]
        inside = set().union(*[functions.get((statement.name, line), set()) for line in lines])
        return inside | {name for node in around if node for name in _loaded(node)}
    return set(_loaded(statement))


def _loaded(node: ast.AST) -> Iterator[str]:
    return (
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)
    )


def _binds(statement: ast.stmt) -> set[str]:
    """Names a statement gives a value, or changes."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    found = set()
    for node in ast.walk(statement):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif (
            isinstance(node, ast.Subscript)
            and isinstance(node.ctx, ast.Store)
            and isinstance(node.value, ast.Name)
        ):
            found.add(node.value.id)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
    return found


def _cut(statement: ast.stmt, wanted: Collection[str]) -> ast.stmt:
    if isinstance(statement, ast.Import):
        names = [
            alias
            for alias in statement.names
            if (alias.asname or alias.name.split(".")[0]) in wanted
        ]
        return ast.copy_location(ast.Import(names), statement)
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name != "*":
        names = [alias for alias in statement.names if (alias.asname or alias.name) in wanted]
        return ast.copy_location(
            ast.ImportFrom(statement.module, names, statement.level), statement
        )
    return statement

"""Which names the statements of a program bind."""

import ast
from collections.abc import Iterable


def bound_names(statements: Iterable[ast.stmt]) -> set[str]:
    """The names that statements bind where they stand; those inside functions are their own."""
    names = set()
    stack: list[ast.AST] = list(statements)
    while stack:
        node = stack.pop()
        match node:
            case ast.Import() | ast.ImportFrom():
                names |= {imported_name(node, alias) for alias in node.names}
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.add(node.name)
        if not isinstance(node, SCOPES):
            stack += ast.iter_child_nodes(node)
    return names


def argument_names(arguments: ast.arguments) -> list[str]:
    """The names of all arguments of a function, in order."""
    all_arguments = [*arguments.posonlyargs, *arguments.args]
    if arguments.vararg is not None:
        all_arguments.append(arguments.vararg)
    all_arguments += arguments.kwonlyargs
    if arguments.kwarg is not None:
        all_arguments.append(arguments.kwarg)
    return [argument.arg for argument in all_arguments]


def imported_name(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """The name that an import binds: `keras` for `import keras.layers`."""
    if alias.asname is not None:
        return alias.asname
    if isinstance(statement, ast.Import):
        return alias.name.split(".")[0]
    return alias.name


SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)

"""Which statements of a program its model needs: what reads data or starts a search stays out."""

import __future__

import ast
import builtins
import dis
from collections.abc import Collection
from types import CodeType

from app.domain.custom.names import imported_name

MODULE_CODE = "<module>"
LOOKUPS = (
    "LOAD_NAME",
    "LOAD_GLOBAL",
    "LOAD_FROM_DICT_OR_GLOBALS",
    "LOAD_CLASSDEREF",
    "DELETE_GLOBAL",
)
CHANGING_METHODS = ("append", "add", "extend", "insert", "pop", "remove", "setdefault", "update")


def slice_program(
    tree: ast.Module, roots: Collection[str], provided: Collection[str]
) -> list[ast.stmt]:
    """The top-level statements that the names in `roots` need, directly or not, in order.

    Imports are cut down to the names that are used. Names in `provided` need no statement.
    """
    slicer = _Slicer(tree)
    names, statements = slicer.follow(roots, provided)
    needed_statements = []
    for statement in tree.body:
        if statement in statements:
            needed_statements.append(_cut_import(statement, names))
    return needed_statements


class _Slicer:
    """Which statements bind which names, and which names they use."""

    def __init__(self, tree: ast.Module) -> None:
        self._binding_statements: dict[str, list[ast.stmt]] = {}
        self._star_imports: list[ast.stmt] = []
        for statement in tree.body:
            for name in _bound_names(statement):
                statements = self._binding_statements.setdefault(name, [])
                statements.append(statement)
            if _is_star_import(statement):
                self._star_imports.append(statement)

    def follow(
        self, roots: Collection[str], provided: Collection[str]
    ) -> tuple[set[str], list[ast.stmt]]:
        """All names that the roots lead to, and the statements that bind them."""
        names: set[str] = set()
        statements: list[ast.stmt] = []
        queue = list(roots)
        while queue:
            name = queue.pop()
            if name in names or name in provided:
                continue
            names.add(name)
            for statement in self._statements_that_bind(name):
                if statement not in statements:
                    statements.append(statement)
                    queue += _global_names(_compile_alone(statement))
        return names, statements

    def _statements_that_bind(self, name: str) -> list[ast.stmt]:
        """A name that nothing binds may come from any `import *`, unless it is a builtin."""
        if name in self._binding_statements:
            return self._binding_statements[name]
        if hasattr(builtins, name):
            return []
        return self._star_imports


def _global_names(code: CodeType) -> set[str]:
    """Names that code looks up outside functions, with those in the functions it defines."""
    names = set()
    local_names = set()
    for instruction in dis.get_instructions(code):
        if instruction.opname in LOOKUPS:
            names.add(instruction.argval)
        if instruction.opname == "STORE_NAME" and code.co_name != MODULE_CODE:
            local_names.add(instruction.argval)  # of the body of a class
    names -= local_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _global_names(constant)
    return names


def _compile_alone(statement: ast.stmt) -> CodeType:
    """The code of one statement as it runs at the top of a module; annotations are left out."""
    module = ast.Module([statement], [])
    flags = __future__.annotations.compiler_flag
    code: CodeType = compile(module, "program", "exec", flags, dont_inherit=True)
    return code


def _bound_names(statement: ast.stmt) -> set[str]:
    """The names that a statement binds, or whose value it changes: `p["units"] = [4, 8]`."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.Import() | ast.ImportFrom():
                names |= {imported_name(node, alias) for alias in node.names}
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                names.add(name)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store()):
                names.add(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                if method in CHANGING_METHODS:
                    names.add(name)
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
    return names


def _is_star_import(statement: ast.stmt) -> bool:
    """Whether a statement is `from … import *`."""
    if not isinstance(statement, ast.ImportFrom):
        return False
    alias = statement.names[0]
    return alias.name == "*"


def _cut_import(statement: ast.stmt, names: Collection[str]) -> ast.stmt:
    """An import of these names alone; any other statement as it is."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return statement
    if _is_star_import(statement):
        return statement
    aliases = []
    for alias in statement.names:
        name = imported_name(statement, alias)
        if name in names:
            aliases.append(alias)
    if isinstance(statement, ast.Import):
        return ast.copy_location(ast.Import(aliases), statement)
    cut_import = ast.ImportFrom(statement.module, aliases, statement.level)
    return ast.copy_location(cut_import, statement)

"""Which statements of a program its model needs: what reads data or starts a search stays out."""

import ast
import builtins
import symtable
from collections.abc import Collection

FunctionKey = tuple[str, int]  # the name of a function or class, and its line


def slice_program(
    source: str, tree: ast.Module, roots: Collection[str], provided: Collection[str]
) -> list[ast.stmt]:
    """The top-level statements that the names in `roots` need, directly or not, in order.

    Imports are cut down to the names that are used. Names in `provided` need no statement.
    """
    slicer = _Slicer(source, tree)
    names, statements = slicer.follow(roots, provided)
    needed_statements = []
    for statement in tree.body:
        if statement in statements:
            needed_statements.append(_cut_import(statement, names))
    return needed_statements


class _Slicer:
    """Which statements bind which names, and which names they use."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._globals_of_functions = _collect_globals_of_functions(source)
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
                    queue += self._used_names(statement)
        return names, statements

    def _statements_that_bind(self, name: str) -> list[ast.stmt]:
        """A name that nothing binds may come from any `import *`, unless it is a builtin."""
        if name in self._binding_statements:
            return self._binding_statements[name]
        if hasattr(builtins, name):
            return []
        return self._star_imports

    def _used_names(self, statement: ast.stmt) -> set[str]:
        """Global names that a statement reads, those inside its functions included."""
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return _read_names(statement)
        lines = [statement.lineno]
        for decorator in statement.decorator_list:
            lines.append(decorator.lineno)
        names = set()
        for line in lines:
            key = (statement.name, line)
            function_globals = self._globals_of_functions.get(key, set())
            names |= function_globals
        for node in _header_expressions(statement):
            names |= _read_names(node)
        return names


def _collect_globals_of_functions(source: str) -> dict[FunctionKey, set[str]]:
    """Global names that each function or class at the top uses."""
    table = symtable.symtable(source, "program", "exec")
    names = {}
    for child in table.get_children():
        name = child.get_name()
        line = child.get_lineno()
        names[name, line] = _globals_in(child)
    return names


def _globals_in(table: symtable.SymbolTable) -> set[str]:
    names = set()
    for symbol in table.get_symbols():
        if symbol.is_global():
            names.add(symbol.get_name())
    for child in table.get_children():
        names |= _globals_in(child)
    return names


def _header_expressions(
    statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
) -> list[ast.expr]:
    """What is evaluated when a function or class is defined: decorators, defaults, base classes."""
    expressions = list(statement.decorator_list)
    if isinstance(statement, ast.ClassDef):
        return expressions + statement.bases
    expressions += statement.args.defaults
    for default in statement.args.kw_defaults:
        if default is not None:
            expressions.append(default)
    return expressions


def _read_names(node: ast.AST) -> set[str]:
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            names.add(part.id)
    return names


def _bound_names(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value, or changes by `name[...] = value`."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    names = set()
    for node in ast.walk(statement):
        match node:
            case ast.Import() | ast.ImportFrom():
                names |= {_imported_name(node, alias) for alias in node.names}
            case ast.Name(ctx=ast.Store()):
                names.add(node.id)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef() | ast.ClassDef():
                names.add(node.name)
    return names


def _imported_name(statement: ast.Import | ast.ImportFrom, alias: ast.alias) -> str:
    """The name that an import binds: `keras` for `import keras.layers`."""
    if alias.asname is not None:
        return alias.asname
    if isinstance(statement, ast.Import):
        return alias.name.split(".")[0]
    return alias.name


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
        name = _imported_name(statement, alias)
        if name in names:
            aliases.append(alias)
    if isinstance(statement, ast.Import):
        return ast.copy_location(ast.Import(aliases), statement)
    cut_import = ast.ImportFrom(statement.module, aliases, statement.level)
    return ast.copy_location(cut_import, statement)

"""A search that stands inside a function, read as if the function's body stood at the top.

`main()`, a function that holds Talos' model and its parameters, or a method that calls fmin: what
they bind is what the search needs. A name that the top of the program binds, too, is renamed.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.domain.custom.names import SCOPES, argument_names, bound_names, imported_name

MAX_CALLERS = 4  # functions that call each other before the search

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Path = tuple[Definition, ...]  # the functions and classes around a node, the outermost first


def iterate_with_path(tree: ast.Module) -> Iterator[tuple[ast.AST, Path]]:
    """Every node of a program in the order of the text, with what is around it."""
    stack: list[tuple[ast.AST, Path]] = [(tree, ())]
    while stack:
        node, path = stack.pop()
        yield node, path
        inner_path = path
        if isinstance(node, Definition):
            inner_path = (*path, node)
        children = list(ast.iter_child_nodes(node))
        for child in reversed(children):
            stack.append((child, inner_path))


def hoist(tree: ast.Module, path: Path) -> ast.Module:
    """The program with the bodies of the functions around a search at its end."""
    callers = _find_callers(tree, path)
    for caller in callers:
        tree = _hoist_once(tree, caller)
    return tree


def _find_callers(tree: ast.Module, path: Path) -> list[Path]:
    """The path itself, after those of the functions that call its outermost one with arguments."""
    paths = [path]
    while paths[0] and len(paths) <= MAX_CALLERS:
        call_path = _path_of_call(tree, paths[0])
        if call_path is None or call_path in paths:
            break
        paths.insert(0, call_path)
    return [path for path in paths if path]


def _path_of_call(tree: ast.Module, path: Path) -> Path | None:
    outermost = path[0]
    if not _needs_arguments(outermost):
        return None
    for node, call_path in iterate_with_path(tree):
        if _is_call_of(node, outermost.name) and outermost not in call_path:
            return call_path
    return None


def _needs_arguments(definition: Definition) -> bool:
    if isinstance(definition, ast.ClassDef):
        return True
    return bool(argument_names(definition.args))


def _is_call_of(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=called)):
            return called == name
    return False


def _hoist_once(tree: ast.Module, path: Path) -> ast.Module:
    body = [statement for statement in tree.body if not _is_function(statement, path[0])]
    owner: ast.ClassDef | None = None
    for definition in path:
        if isinstance(definition, ast.ClassDef):
            owner = definition
            continue
        statements = [
            *_bind_arguments(tree, definition, owner),
            *map(_without_returns, definition.body),
        ]
        if owner is not None:
            owner.body = [part for part in owner.body if part is not definition] or [ast.Pass()]
        new_names = _names_to_change(body, statements, definition.name)
        renamer = Renamer(new_names)
        for statement in statements:
            renamed: ast.stmt = renamer.visit(statement)
            body.append(renamed)
        owner = None
    return ast.fix_missing_locations(ast.Module(body, tree.type_ignores))


def _is_function(statement: ast.stmt, definition: Definition) -> bool:
    """Whether a statement is this function, whose body takes its place; a class stays."""
    return statement is definition and not isinstance(definition, ast.ClassDef)


def _names_to_change(
    body: Sequence[ast.stmt], statements: Sequence[ast.stmt], function_name: str
) -> dict[str, str]:
    """New names for what the top binds, too, unless both import the same."""
    taken_names = bound_names(body)
    imports = _imports_of(body)
    new_names = {}
    for name in sorted(bound_names(statements) & taken_names):
        if _imports_of(statements).get(name, "") != imports.get(name):
            new_names[name] = f"{name}_in_{function_name}"
    return new_names


def _imports_of(statements: Sequence[ast.stmt]) -> dict[str, str]:
    """What each import binds, as text."""
    imports = {}
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            module = getattr(statement, "module", None) or ""
            for alias in statement.names:
                imports[imported_name(statement, alias)] = f"{module}.{alias.name}"
    return imports


def _bind_arguments(
    tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef, owner: ast.ClassDef | None
) -> list[ast.stmt]:
    """Statements that bind a function's arguments to what its call gives them, else defaults."""
    call = _find_call(tree, function.name)
    arguments = [*function.args.posonlyargs, *function.args.args]
    values: dict[str, ast.expr] = {}
    defaults = function.args.defaults
    if defaults:
        for argument, default in zip(arguments[-len(defaults) :], defaults, strict=True):
            values[argument.arg] = default
    for argument, keyword_default in zip(
        function.args.kwonlyargs, function.args.kw_defaults, strict=True
    ):
        if keyword_default is not None:
            values[argument.arg] = keyword_default
    if owner is not None and arguments:
        instance = arguments.pop(0)
        constructor = _find_call(tree, owner.name)
        if constructor is not None:
            values[instance.arg] = constructor
    if call is not None:
        for argument, value in zip(arguments, call.args, strict=False):
            values[argument.arg] = value
        for keyword in call.keywords:
            if keyword.arg is not None:
                values[keyword.arg] = keyword.value
    return [_assignment(name, value) for name, value in values.items() if not _is(value, name)]


def _find_call(tree: ast.Module, name: str) -> ast.Call | None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _is_call_of(node, name):
            return node
    return None


def _is(value: ast.expr, name: str) -> bool:
    return isinstance(value, ast.Name) and value.id == name


def _assignment(name: str, value: ast.expr) -> ast.stmt:
    target = ast.Name(name, ast.Store())
    return ast.copy_location(ast.Assign([target], value), value)


def _without_returns(statement: ast.stmt) -> ast.stmt:
    changed: ast.stmt = _ReturnRemover().visit(statement)
    return changed


class _ReturnRemover(ast.NodeTransformer):
    """Makes statements of a function possible at the top of a program."""

    def __init__(self) -> None:
        self._depth = 0

    def visit(self, node: ast.AST) -> Any:
        """Leave what functions return, but turn what they call nonlocal into globals."""
        if isinstance(node, ast.Nonlocal) and self._depth == 1:
            return ast.copy_location(ast.Global(node.names), node)
        if isinstance(node, ast.Return) and not self._depth:
            value = node.value or ast.Constant(None)
            return ast.copy_location(ast.Expr(value), node)
        is_scope = isinstance(node, Definition | ast.Lambda)
        self._depth += is_scope
        self.generic_visit(node)
        self._depth -= is_scope
        return node


class Renamer(ast.NodeTransformer):
    """Renames what some statements bind, also where functions in them read it."""

    def __init__(self, new_names: Mapping[str, str]) -> None:
        self._new_names = new_names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        """Rename a name."""
        name = self._new_names.get(node.id, node.id)
        return ast.copy_location(ast.Name(name, node.ctx), node)

    def visit_alias(self, node: ast.alias) -> ast.AST:
        """Give what is imported the new name."""
        name = (node.asname or node.name).split(".")[0]
        if name in self._new_names:
            return ast.copy_location(ast.alias(node.name, self._new_names[name]), node)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        """Rename what a function declares."""
        names = [self._new_names.get(name, name) for name in node.names]
        return ast.copy_location(ast.Global(names), node)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        """Visit what is inside, where a function or a comprehension may bind names of its own."""
        if not isinstance(node, SCOPES):
            return super().generic_visit(node)
        own_names = _own_names(node)
        if isinstance(node, Definition):
            node.name = self._new_names.get(node.name, node.name)
        inner = self
        if not own_names.isdisjoint(self._new_names):
            inner = Renamer({**self._new_names, **{name: name for name in own_names}})
        for field_name, content in ast.iter_fields(node):
            visitor = inner
            if field_name in ("args", "bases", "keywords", "decorator_list", "returns"):
                visitor = self
            _visit_field(visitor, node, field_name, content)
        return node


def _visit_field(visitor: ast.NodeTransformer, node: ast.AST, name: str, content: object) -> None:
    if isinstance(content, ast.AST):
        setattr(node, name, visitor.visit(content))
    elif isinstance(content, list):
        parts = []
        for part in content:
            parts.append(visitor.visit(part) if isinstance(part, ast.AST) else part)
        setattr(node, name, parts)


def _own_names(node: ast.AST) -> set[str]:
    """The names that a function, class or comprehension binds for itself."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        names = bound_names(node.body) | set(argument_names(node.args))
        for part in ast.walk(node):
            if isinstance(part, ast.Global | ast.Nonlocal):
                names -= set(part.names)
        return names
    if isinstance(node, ast.Lambda):
        return set(argument_names(node.args))
    if isinstance(node, ast.ClassDef):
        return bound_names(node.body)
    return bound_names_of_comprehension(node)


def bound_names_of_comprehension(node: ast.AST) -> set[str]:
    """The names that `for` binds in a comprehension."""
    names = set()
    for generator in getattr(node, "generators", []):
        for part in ast.walk(generator.target):
            if isinstance(part, ast.Name):
                names.add(part.id)
    return names

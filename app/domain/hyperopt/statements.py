"""Statements of hyperopt code, followed without running them: what they bind, change and return."""

import ast
from collections.abc import Callable, Iterable, Sequence

from app.domain.hyperopt.changes import change_by_call, change_item, delete_item
from app.domain.hyperopt.fmin import FminSpace, find_space_arguments, has_fmin
from app.domain.hyperopt.functions import FunctionReader
from app.domain.hyperopt.mentions import dotted_owner
from app.domain.hyperopt.nodes import HyperoptError, Node, position_of
from app.domain.hyperopt.scopes import Definition, Scope, Unreadable, unknown
from app.domain.literals.bindings import changed_names
from app.domain.literals.names import dotted_name

Blocks = Sequence[Sequence[ast.stmt]]


class StatementReader(FunctionReader):
    """Follows statements. `fmin_spaces`: those of the calls of fmin on the way."""

    def __init__(self) -> None:
        super().__init__()
        self.fmin_spaces: list[FminSpace] = []

    def follow(self, statements: Iterable[ast.stmt], scope: Scope) -> Node | None:
        """Bind what statements bind, until one returns. Raises HyperoptError."""
        for statement in statements:
            scope.steps.count(statement)
            self._find_fmin(statement, scope)
            if isinstance(statement, ast.Return):
                return self._read_returned(statement, scope)
            returned = self._follow_one(statement, scope)
            if returned is not None:
                return returned
        return None

    def _follow_one(self, statement: ast.stmt, scope: Scope) -> Node | None:
        match statement:
            case ast.If():
                return self._follow_condition(statement, scope)
            case ast.For():
                return self._follow_loop(statement, scope)
            case ast.With():
                return self.follow(statement.body, scope)
            case ast.Try():
                return self._follow_attempt(statement, scope)
            case ast.While():
                self._followunknown(statement, [statement.body], scope)
                return None
            case ast.Import() | ast.ImportFrom():
                scope.bind_imports(statement)
            case ast.Assign(targets=[first, *others], value=value):
                self._assign(first, value, scope)
                for target in others:
                    self._assign_again(target, first, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._assign(target, value, scope)
            case ast.AugAssign():
                self._assign_changed(statement, scope)
            case ast.Delete(targets=targets):
                for target in targets:
                    self._delete(target, scope)
            case ast.FunctionDef():
                scope.bind(statement.name, Definition(statement, scope))
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                scope.outer_names.update(names)
            case ast.ClassDef():
                self._follow_class(statement, scope)
            case ast.Expr(value=ast.Call() as call):
                self._follow_call_alone(call, scope)
            case _:
                _forget(statement, scope)
        return None

    def _find_fmin(self, statement: ast.stmt, scope: Scope) -> None:
        for call, space in find_space_arguments(statement, scope.constants):
            try:
                self.fmin_spaces.append(FminSpace(call, self.read(space, scope)))
            except HyperoptError as error:
                self.fmin_spaces.append(FminSpace(call, error))

    def _read_returned(self, statement: ast.Return, scope: Scope) -> Node:
        if statement.value is None:
            raise HyperoptError(position_of(statement), "This function returns no space.")
        return self.read(statement.value, scope)

    def _assign(self, target: ast.expr, value: ast.expr, scope: Scope) -> None:
        name = dotted_name(target)
        if name:
            self.assign_name(name, value, scope, scope)
        elif isinstance(target, ast.Subscript):
            self._try(target, scope, lambda: change_item(self, target, value, scope))
        elif isinstance(target, ast.Tuple | ast.List):
            self._unpack(target, value, scope)

    def _assign_again(self, target: ast.expr, first: ast.expr, scope: Scope) -> None:
        """Follow the second target of `a = b = […]`: both are the same list."""
        name = dotted_name(target)
        source = dotted_name(first)
        if name and source:
            scope.copy_binding(source, scope, name)
        else:
            _forget(target, scope)

    def _unpack(self, target: ast.Tuple | ast.List, value: ast.expr, scope: Scope) -> None:
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
            for part, item in zip(target.elts, value.elts, strict=True):
                self._assign(part, item, scope)
        else:
            _forget(target, scope)

    def _assign_changed(self, statement: ast.AugAssign, scope: Scope) -> None:
        """Follow `space |= {…}` and `size *= 2`."""
        name = dotted_name(statement.target)
        if not name:
            _forget(statement, scope)
            return
        operation = ast.BinOp(statement.target, statement.op, statement.value)
        ast.copy_location(operation, statement)
        others = scope.names_of(name)
        self.assign_name(name, operation, scope, scope)
        for other in others:
            if other != name:
                scope.bind(other, unknown(statement, other))

    def _delete(self, target: ast.expr, scope: Scope) -> None:
        self._try(target, scope, lambda: delete_item(self, target, scope))

    def _follow_call_alone(self, call: ast.Call, scope: Scope) -> None:
        """A call as a statement: of a function of the code, or of a method that changes a space."""
        function = scope.find(dotted_name(call.func))
        if isinstance(function, Definition):
            try:
                self.follow_call(function, call, scope)
            except HyperoptError:
                return
        else:
            self._try(call, scope, lambda: change_by_call(self, call, scope))

    def _try(self, tree: ast.expr, scope: Scope, change: Callable[[], None]) -> None:
        """Change what a name stands for; where that is not possible, the name is unreadable."""
        try:
            change()
        except HyperoptError as error:
            for name in {*changed_names(tree), dotted_owner(tree)}:
                if name in scope.constants:
                    scope.rebind(name, Unreadable(error), tree)

    def _follow_condition(self, statement: ast.If, scope: Scope) -> Node | None:
        if any(dotted_name(part) == "__name__" for part in _names_in(statement.test)):
            return self.follow(statement.body, scope)
        try:
            is_true = self.is_true(statement.test, scope)
        except HyperoptError:
            blocks = [statement.body, statement.orelse]
            self._followunknown(statement, blocks, scope)
            return None
        if is_true:
            return self.follow(statement.body, scope)
        return self.follow(statement.orelse, scope)

    def _follow_loop(self, statement: ast.For, scope: Scope) -> Node | None:
        nodes = ast.walk(statement)
        if any(isinstance(node, ast.Break | ast.Continue) for node in nodes):
            self._followunknown(statement, [statement.body], scope)
            return None
        try:
            turns = list(self.turns(statement.target, statement.iter, scope))
        except HyperoptError:
            self._followunknown(statement, [statement.body], scope)
            return None
        for turn in turns:
            for name in changed_names(statement.target):
                scope.copy_binding(name, turn)
            returned = self.follow(statement.body, scope)
            if returned is not None:
                return returned
        return None

    def _follow_attempt(self, statement: ast.Try, scope: Scope) -> Node | None:
        returned = self.follow(statement.body, scope)
        for handler in statement.handlers:
            with scope.aside():
                self.follow_willingly(handler.body, scope)
        if returned is not None:
            return returned
        return self.follow([*statement.orelse, *statement.finalbody], scope)

    def _followunknown(self, statement: ast.stmt, blocks: Blocks, scope: Scope) -> None:
        """Blocks that only a run may reach: what they change is unknown."""
        changed: list[str] = []
        for block in blocks:
            with scope.aside() as names:
                self.follow_willingly(block, scope)
            changed += names
        _forget(statement, scope)
        for name in changed:
            scope.rebind(name, unknown(statement, name), statement)
        returns = [node for node in ast.walk(statement) if isinstance(node, ast.Return)]
        if returns and self.depth:
            raise HyperoptError(
                position_of(statement), "Only a run would know whether this returns a space."
            )

    def follow_willingly(self, block: Iterable[ast.stmt], scope: Scope) -> None:
        """Follow statements as far as they can be understood."""
        try:
            self.follow(block, scope)
        except HyperoptError:
            return

    def _follow_class(self, statement: ast.ClassDef, scope: Scope) -> None:
        """Bind what a class has as `Name.space`, and what its methods know as `self.space`."""
        inner = scope.inner()
        self.follow_willingly(statement.body, inner)
        members = inner.inner()
        for name in inner.own_names():
            scope.copy_binding(name, inner, f"{statement.name}.{name}")
            for owner in ("self", "cls"):
                members.copy_binding(name, inner, f"{owner}.{name}")
        methods = [part for part in statement.body if isinstance(part, ast.FunctionDef)]
        for method in methods:
            members.bind(f"self.{method.name}", Definition(method, members))
        methods.sort(key=lambda method: method.name != "__init__")
        for method in methods:
            if method.name == "__init__" or has_fmin(method):
                self.bind_parameters(method, members)
                self.follow_willingly(method.body, members)
        scope.bind(statement.name, unknown(statement, statement.name))


def _forget(tree: ast.AST, scope: Scope) -> None:
    """Make the names unreadable that a tree binds or changes."""
    for name in changed_names(tree):
        if name in scope.constants:
            scope.rebind(name, unknown(tree, name), tree)
        scope.bind(name, unknown(tree, name))


def _names_in(tree: ast.expr) -> list[ast.Name]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Name)]

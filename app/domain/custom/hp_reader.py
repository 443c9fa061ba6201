"""The statements of a Keras Tuner program, read in their order with what holds at each of them."""

import ast
from collections.abc import Iterable, Sequence

from app.domain.custom.hp_conditions import ConditionReader, test_of
from app.domain.custom.hp_expressions import MAX_ITERATIONS, bind_target
from app.domain.custom.hp_methods import CONDITION, collect_arguments
from app.domain.custom.hp_names import evaluate_name
from app.domain.custom.hp_scope import Chosen, Function, Marker, Names, Scope, stored_names
from app.domain.custom.literals import CustomModelError, last_name
from app.domain.literals.evaluator import Evaluator
from app.domain.literals.values import LiteralError


class StatementReader(ConditionReader):
    """Collects what functions ask hp for."""

    def read(self, statements: Iterable[ast.stmt], scope: Scope) -> Scope | None:
        """Add every call of hp in these statements, loops unrolled."""
        current: Scope | None = scope
        for statement in statements:
            if current is None:
                return None
            self.count(statement)
            current = self._read_statement(statement, current)
        return current

    def _read_statement(self, statement: ast.stmt, scope: Scope) -> Scope | None:
        match statement:
            case ast.If():
                return self._read_if(statement, scope)
            case ast.For():
                return self._read_for(statement, scope)
            case ast.While() | ast.Try():
                return self._read_blocks(statement, scope)
            case ast.With():
                return self._read_with(statement, scope)
            case ast.Match():
                return self._read_match(statement, scope)
            case ast.FunctionDef():
                scope.names.bind(statement.name, Function(statement, scope.names))
                return scope
            case ast.Return():
                self._read_return(statement, scope)
                return None
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.expr):
                self.read_expression(child, scope)
        if isinstance(statement, ast.Raise | ast.Continue | ast.Break):
            return None
        self._bind_names(statement, scope.names)
        return scope

    def _read_return(self, statement: ast.Return, scope: Scope) -> None:
        value: object = None
        if statement.value is not None:
            self.read_expression(statement.value, scope)
            value = self.value_of(statement.value, scope.names)
        if self.returned:
            self.returned[-1].append(value)

    def _bind_names(self, statement: ast.stmt, names: Names) -> None:
        """Note what names stand for after a statement."""
        match statement:
            case ast.Assign():
                for target in statement.targets:
                    self._bind(target, statement.value, names)
            case ast.AnnAssign(value=ast.expr()):
                assert statement.value is not None
                self._bind(statement.target, statement.value, names)
            case ast.AugAssign(target=ast.Name(id=name)):
                operand = ast.Name(name, ast.Load())
                ast.copy_location(operand, statement)
                total = ast.BinOp(operand, statement.op, statement.value)
                ast.copy_location(total, statement)
                names.bind(name, self.values.find_or_unknown(total, names))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
                if isinstance(names.find(name), list | dict):
                    names.forget([name])  # such as units.append(16)
            case _:
                names.forget(stored_names(statement))

    def _bind(self, target: ast.expr, node: ast.expr, names: Names) -> None:
        if isinstance(target, ast.Tuple) and isinstance(node, ast.Tuple):
            values = [self.value_of(part, names) for part in node.elts]
            bind_target(target, values, names)
        else:
            bind_target(target, self.value_of(node, names), names)

    def value_of(self, node: ast.expr, names: Names) -> object:
        """What an expression stands for: a value, a function, or UNKNOWN."""
        if isinstance(node, ast.Lambda):
            return Function(node, names)
        function = self.callee(node, names)
        if function is not None:
            return function
        value = self.values.find_or_unknown(node, names)
        if value is Marker.UNKNOWN and isinstance(node, ast.Dict | ast.Call):
            return _keep_unread(node, names)
        return value

    def _read_if(self, statement: ast.If, scope: Scope) -> Scope | None:
        self.read_expression(statement.test, scope)
        then, otherwise = self.split(statement.test, scope)
        if then is None:
            assert otherwise is not None
            return self.read(statement.orelse, otherwise)
        if otherwise is None:
            return self.read(statement.body, then)
        names = scope.names
        stored = stored_names(statement)
        before = names.snapshot(stored)
        after_body = self.read(statement.body, then)
        values_of_body = names.snapshot(stored)
        names.restore(before)
        after_else = self.read(statement.orelse, otherwise)
        if after_body is None:
            return after_else
        if after_else is None:
            names.restore(values_of_body)
            return after_body
        self.join_names(statement.test, values_of_body, names)
        return scope

    def _read_blocks(self, statement: ast.While | ast.Try, scope: Scope) -> Scope:
        """Read the blocks of a statement of which nobody knows how often they are run."""
        blocks: list[Sequence[ast.stmt]] = [statement.body]
        if isinstance(statement, ast.While):
            scope.names.forget(stored_names(statement))
            self.read_expression(statement.test, scope)
        else:
            blocks += [handler.body for handler in statement.handlers]
        blocks.append(statement.orelse)
        if isinstance(statement, ast.Try):
            blocks.append(statement.finalbody)
        for block in blocks:
            self.read(block, scope)
        scope.names.forget(stored_names(statement))
        return scope

    def _read_for(self, loop: ast.For, scope: Scope) -> Scope:
        self.read_expression(loop.iter, scope)
        if self._mentions_hp(loop.body, scope):
            self._read_iterations(loop, scope)
        else:
            scope.names.forget(stored_names(loop))
        if isinstance(self.values.find_or_unknown(loop.iter, scope.names), Chosen):
            scope.names.forget(stored_names(loop))
        self.read(loop.orelse, scope)
        return scope

    def _read_iterations(self, loop: ast.For, scope: Scope) -> None:
        """Read the block of a loop for each item, or once where all items ask for the same."""
        try:
            iterations = self.iterate(loop.iter, scope)
        except CustomModelError as error:
            scope.names.forget(stored_names(loop))
            try:
                self.read(loop.body, scope)
            except CustomModelError:
                raise error from None
            scope.names.forget(stored_names(loop))
            return
        for item, inner in iterations:
            bind_target(loop.target, item, scope.names)
            self.read(loop.body, inner)

    def _mentions_hp(self, block: Iterable[ast.stmt], scope: Scope) -> bool:
        return any(self.mentions_hp(statement, scope) for statement in block)

    def iterate(self, iterable: ast.expr, scope: Scope) -> list[tuple[object, Scope]]:
        """The items of a loop and what holds for each. Raises CustomModelError."""
        value = self.values.find(iterable, scope.names)
        if isinstance(value, dict):
            value = list(value)
        if isinstance(value, Chosen):
            return self._iterate_chosen(value, iterable, scope)
        if not isinstance(value, list | tuple):
            raise CustomModelError("This loop does not run over a list.", iterable.lineno)
        return [(item, scope) for item in value]

    def _iterate_chosen(
        self, chosen: Chosen, iterable: ast.expr, scope: Scope
    ) -> list[tuple[object, Scope]]:
        """The items of lists that a hyperparameter decides; some require some of its values."""
        lists = {}
        for value, items in chosen.table.items():
            if isinstance(items, dict):
                items = list(items)
            if not isinstance(items, list | tuple):
                raise CustomModelError("This loop does not run over a list.", iterable.lineno)
            lists[value] = items
        n_iterations = max(map(len, lists.values()), default=0)
        if n_iterations > MAX_ITERATIONS:
            message = f"A loop of {n_iterations:,} iterations is too long: over {MAX_ITERATIONS}."
            raise CustomModelError(message, iterable.lineno)
        iterations = []
        for index in range(n_iterations):
            values_by_item: dict[str, list[object]] = {}
            items_by_text = {}
            for value, items in lists.items():
                if index < len(items):
                    text = repr(items[index])
                    items_by_text[text] = items[index]
                    values_by_item.setdefault(text, []).append(value)
            for text, values in values_by_item.items():
                inner = scope.restrict(chosen, values)  # type: ignore[arg-type]
                if inner is not None:
                    iterations.append((items_by_text[text], inner))
        return iterations

    def _read_with(self, statement: ast.With, scope: Scope) -> Scope | None:
        inner: Scope | None = scope
        prefix = self.values.prefix
        for item in statement.items:
            call = item.context_expr
            self.read_expression(call, scope)
            if inner is not None and isinstance(call, ast.Call) and self._is_scope(call, scope):
                inner = self._enter(call, inner)
            if item.optional_vars is not None:
                scope.names.forget(stored_names(item.optional_vars))
        after = None
        if inner is not None:
            after = self.read(statement.body, inner)
        self.values.prefix = prefix
        if inner is not None and after is None:
            return None
        return scope

    def _is_scope(self, call: ast.Call, scope: Scope) -> bool:
        """Whether a call is one of hp.conditional_scope and hp.name_scope."""
        if last_name(call.func) not in ("conditional_scope", "name_scope"):
            return False
        assert isinstance(call.func, ast.Attribute)
        return self.values.is_hp(call.func.value, scope.names)

    def _enter(self, call: ast.Call, scope: Scope) -> Scope | None:
        """What holds inside hp.conditional_scope or hp.name_scope."""

        def evaluate(node: ast.expr) -> object:
            return self.values.find_plain(node, scope.names)

        try:
            if last_name(call.func) == "name_scope":
                arguments = collect_arguments(call, ("name",), evaluate)
                self.values.prefix += evaluate_name(arguments["name"], evaluate) + "/"
                return scope
            arguments = collect_arguments(call, CONDITION, evaluate)
            name = evaluate_name(arguments["parent_name"], evaluate)
            values = evaluate(arguments["parent_values"])
        except KeyError as error:
            message = f"{last_name(call.func)} needs {error.args[0]}."
            raise CustomModelError(message, call.lineno) from None
        return self.restrict_to_parent(scope, self.values.prefix + name, values, call)

    def _read_match(self, statement: ast.Match, scope: Scope) -> Scope:
        self.read_expression(statement.subject, scope)
        remaining: Scope | None = scope
        for case in statement.cases:
            test = test_of(statement.subject, case)
            reached = remaining
            if test is not None and remaining is not None:
                reached, remaining = self.split(test, remaining)
            if reached is not None:
                self.read(case.body, reached)
        scope.names.forget(stored_names(statement))
        return scope


def _keep_unread(node: ast.expr, names: Names) -> object:
    """A dictionary of classes or the like, of which only the keys are read; else UNKNOWN."""
    match node:
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords):
            keys: list[ast.expr | None] = [ast.Constant(keyword.arg) for keyword in keywords]
            node = ast.Dict(keys, [keyword.value for keyword in keywords])
    try:
        value = Evaluator(names, keeps_unread=True).evaluate(node)
    except LiteralError:
        return Marker.UNKNOWN
    return value if isinstance(value, dict) else Marker.UNKNOWN

"""The tests of a Keras Tuner program: for which values of a hyperparameter they are true."""

import ast

from app.domain.custom.hp_expressions import ExpressionReader
from app.domain.custom.hp_scope import Chosen, Marker, Names, Scope

Split = tuple[Scope | None, Scope | None]


class ConditionReader(ExpressionReader):
    """Finds what holds where a test is true and where it is false."""

    def join_names(self, test: ast.expr, values_of_body: dict[str, object], names: Names) -> None:
        """Note what names stand for after both branches of an `if`."""
        decided = self.values.find_or_unknown(test, names)
        for name, value in values_of_body.items():
            other = names.find(name)
            if type(value) is type(other) and value == other:
                continue
            if isinstance(decided, Chosen) and decided.table:
                names.bind(name, _join_values(decided, value, other))
            else:
                names.forget([name])

    def split(self, test: ast.expr, scope: Scope) -> Split:
        """What holds where a test is true and where it is false; None where it never is."""
        value = self.values.find_or_unknown(test, scope.names)
        match test:
            case ast.UnaryOp(op=ast.Not()) if value is Marker.UNKNOWN:
                then, otherwise = self.split(test.operand, scope)
                return otherwise, then
            case ast.BoolOp(op=ast.And()) if value is Marker.UNKNOWN:
                return self._split_all(test, scope, 0)
            case ast.BoolOp(op=ast.Or()) if value is Marker.UNKNOWN:
                return self._split_all(test, scope, 1)
        if isinstance(value, Chosen):
            if not value.table:
                return scope, scope
            allowed = [decided for decided, result in value.table.items() if result]
            others = [decided for decided in value.table if decided not in allowed]
            return scope.restrict(value, allowed), scope.restrict(value, others)
        if value is None or isinstance(value, bool | int | float | str | list | tuple | dict):
            return (scope, None) if value else (None, scope)
        return scope, scope

    def _split_all(self, test: ast.BoolOp, scope: Scope, side: int) -> Split:
        """`and` (side 0) or `or` (side 1) of parts that different hyperparameters decide."""
        narrowed: Scope | None = scope
        n_deciding = 0
        for part in test.values:
            if narrowed is not None:
                inner = self.split(part, narrowed)[side]
                n_deciding += inner is not narrowed
                narrowed = inner
        other: Scope | None = scope
        if narrowed is scope and n_deciding == 0:
            return scope, scope
        return (narrowed, other) if side == 0 else (other, narrowed)


def _join_values(decided: Chosen, value_if_true: object, value_if_false: object) -> object:
    """What a name stands for after two branches, by the hyperparameter that decides."""
    table = {}
    for value, is_true in decided.table.items():
        result = value_if_true if is_true else value_if_false
        if isinstance(result, Chosen) and result.key == decided.key:
            result = result.table.get(value, Marker.UNKNOWN)
        if not isinstance(result, str | int | float | list | tuple | dict | None):
            return Marker.UNKNOWN
        table[value] = result
    return Chosen(decided.key, table)


def test_of(subject: ast.expr, case: ast.match_case) -> ast.expr | None:
    """The test that a case of `match` stands for; None where it is not one of plain values."""
    patterns = [case.pattern]
    if isinstance(case.pattern, ast.MatchOr):
        patterns = case.pattern.patterns
    values = []
    for pattern in patterns:
        match pattern:
            case ast.MatchValue(value=value):
                values.append(value)
            case ast.MatchSingleton(value=singleton):
                values.append(ast.Constant(singleton))
            case _:
                return None
    if case.guard is not None:
        return None
    test = ast.Compare(subject, [ast.In()], [ast.List(values, ast.Load())])
    return ast.copy_location(test, subject)

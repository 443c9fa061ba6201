"""The faults: each changes one node of a module's syntax tree.

They are those of cosmic-ray and mutmut that change what code does, and two of SQL's: a condition or
a keyword that is left out. Texts, annotations and decorators stay as they are.
"""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import CodeType

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
CONDITIONAL = (ast.If, ast.IfExp, ast.While)
LEFT_OUT = (ast.Raise, ast.Break, ast.Continue, ast.AugAssign)
NOT_LEFT_OUT = {"execution_options"}  # how SQLAlchemy does something, not what it does
CALLS_WITH_CONDITIONS = {"where": 0, "and_": 0, "or_": 0, "change_trials": 2}

Change = Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """One fault: which node of the tree, by its place in ast.walk, and what happens to it."""

    line: int
    description: str
    node_index: int
    change: Change


def find_mutants(source: str) -> list[Mutant]:
    """Every fault that can be put into a module, by line."""
    tree = ast.parse(source)
    untouched = _find_untouched(tree)
    mutants = []
    for index, node in enumerate(ast.walk(tree)):
        if id(node) in untouched:
            continue
        line = getattr(node, "lineno", 0)
        for description, change in _changes_of(node):
            mutants.append(Mutant(line, description, index, change))
    return sorted(mutants, key=lambda mutant: mutant.line)


def compile_mutant(source: str, path: str, mutant: Mutant) -> CodeType:
    """The module with the fault in it."""
    tree = ast.parse(source)
    for index, node in enumerate(ast.walk(tree)):
        if index == mutant.node_index:
            mutant.change(node)
            break
    ast.fix_missing_locations(tree)
    return compile(tree, path, "exec")


def _find_untouched(tree: ast.AST) -> set[int]:
    """Nodes of annotations and decorators, which decide nothing while the code runs."""
    roots: list[ast.AST | None] = []
    for node in ast.walk(tree):
        roots += getattr(node, "decorator_list", [])
        roots += [getattr(node, "annotation", None), getattr(node, "returns", None)]
    untouched = set()
    for root in roots:
        if root is not None:
            untouched |= {id(node) for node in ast.walk(root)}
    return untouched


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Change]]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _changes_of_comparison(node)
    elif isinstance(node, ast.BoolOp):
        yield "and and or exchanged", _exchange_and_or
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert):
        yield "a negation left out", _negate_twice
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield f"another operator than {type(node.op).__name__}", _exchange_operator
    elif isinstance(node, ast.Constant):
        yield from _changes_of_constant(node)
    elif isinstance(node, CONDITIONAL):
        yield "a condition negated", _negate_condition
    elif isinstance(node, ast.Return) and not _is_false_or_none(node.value):
        yield "None returned", _return_none
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield f"not called: {ast.unparse(node.value.func)}", _drop_call
    elif isinstance(node, ast.Call):
        yield from _changes_of_call(node)
    yield from _changes_of_block(node)


def _changes_of_comparison(node: ast.Compare) -> Iterator[tuple[str, Change]]:
    for operator in COMPARISONS[type(node.ops[0])]:

        def change(node: ast.AST, operator: type[ast.cmpop] = operator) -> None:
            node.ops = [operator()]  # type: ignore[attr-defined]

        yield f"{type(node.ops[0]).__name__} is {operator.__name__}", change


def _changes_of_constant(node: ast.Constant) -> Iterator[tuple[str, Change]]:
    value = node.value
    if isinstance(value, bool):
        other: object = not value
    elif isinstance(value, int | float):
        other = value + 1
    else:
        return

    def change(node: ast.AST) -> None:
        node.value = other  # type: ignore[attr-defined]

    yield f"{value} is {other}", change


def _changes_of_call(node: ast.Call) -> Iterator[tuple[str, Change]]:
    """A keyword left out, and a condition where others remain."""
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in NOT_LEFT_OUT:

            def drop_keyword(node: ast.AST, index: int = index) -> None:
                del node.keywords[index]  # type: ignore[attr-defined]

            yield f"without {keyword.arg}=", drop_keyword
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    if name not in CALLS_WITH_CONDITIONS:
        return
    first = CALLS_WITH_CONDITIONS[name]
    conditions = node.args[first:]
    if len(conditions) < 2 and name != "change_trials":
        return
    for index in range(first, len(node.args)):

        def drop_condition(node: ast.AST, index: int = index) -> None:
            del node.args[index]  # type: ignore[attr-defined]

        yield f"without the condition {ast.unparse(node.args[index])}", drop_condition


def _changes_of_block(node: ast.AST) -> Iterator[tuple[str, Change]]:
    """A statement left out."""
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, None)
        if not isinstance(statements, list):
            continue
        for index, statement in enumerate(statements):
            if _may_be_left_out(statement):

                def drop(node: ast.AST, field: str = field, index: int = index) -> None:
                    getattr(node, field)[index] = ast.Pass()

                yield f"left out: {ast.unparse(statement)}", drop


def _exchange_and_or(node: ast.AST) -> None:
    is_and = isinstance(node.op, ast.And)  # type: ignore[attr-defined]
    node.op = ast.Or() if is_and else ast.And()  # type: ignore[attr-defined]


def _negate_twice(node: ast.AST) -> None:
    node.operand = ast.UnaryOp(node.op, node.operand)  # type: ignore[attr-defined]


def _exchange_operator(node: ast.AST) -> None:
    node.op = ARITHMETIC[type(node.op)]()  # type: ignore[attr-defined]


def _negate_condition(node: ast.AST) -> None:
    node.test = ast.UnaryOp(ast.Not(), node.test)  # type: ignore[attr-defined]


def _return_none(node: ast.AST) -> None:
    node.value = ast.Constant(None)  # type: ignore[attr-defined]


def _drop_call(node: ast.AST) -> None:
    node.value = ast.Constant(None)  # type: ignore[attr-defined]


def _may_be_left_out(statement: ast.AST) -> bool:
    """Whether a statement leaves a block, or changes something that is there already."""
    if isinstance(statement, LEFT_OUT):
        return True
    if not isinstance(statement, ast.Assign):
        return False
    return isinstance(statement.targets[0], ast.Attribute | ast.Subscript)


def _is_false_or_none(value: ast.expr | None) -> bool:
    """Whether None in its place would mean the same."""
    if value is None:
        return True
    if not isinstance(value, ast.Constant):
        return False
    return value.value is None or value.value is False

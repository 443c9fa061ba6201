"""Hyperopt code read by its syntax tree, and never run: which of its parts is the space."""

import ast
from collections.abc import Sequence

from app.domain.hyperopt.calls import draw_function
from app.domain.hyperopt.fmin import FminSpace, has_fmin
from app.domain.hyperopt.functions import has_required_parameters
from app.domain.hyperopt.nodes import (
    ChoiceNode,
    DictEntry,
    DictNode,
    HyperoptError,
    ListNode,
    Node,
    Position,
    RangeNode,
    has_draws,
    parts_of,
    position_of,
)
from app.domain.hyperopt.pasting import clean_pasted
from app.domain.hyperopt.scopes import Scope, Steps, Unreadable
from app.domain.hyperopt.statements import StatementReader

MAX_CODE_LENGTH = 50_000  # characters
USUAL_NAMES = ("space", "search_space")
START = Position(1, 1)


def read_code(code: str) -> DictNode:
    """The dictionary that describes the space.

    It is what fmin is given; else what is called `space`, or the only one there is.
    Raises HyperoptError with the position of the first thing that is not understood.
    """
    if len(code) > MAX_CODE_LENGTH:
        raise HyperoptError(
            START,
            f"The code is longer than {MAX_CODE_LENGTH:,} characters.",
        )
    try:
        tree = ast.parse(clean_pasted(code))
        return _SpaceFinder(tree).find()
    except SyntaxError as error:
        line = error.lineno or 1
        column = max(error.offset or 1, 1)
        position = Position(line, column)
        raise HyperoptError(position, f"This is not Python: {error.msg}.") from None
    except HyperoptError:
        raise
    except (ValueError, RecursionError, MemoryError):
        raise HyperoptError(
            START,
            "The code cannot be parsed: it is nested too deeply or has unusual characters.",
        ) from None


class _SpaceFinder:
    """Follows code from its start to its end, and finds the space in it."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.reader = StatementReader()
        self.scope = Scope(Steps())

    def find(self) -> DictNode:
        """The space. Raises HyperoptError."""
        self.reader.follow(self.tree.body, self.scope)
        self._enter_functions_with_fmin()
        node = (
            self._given_to_fmin()
            or self._called_space()
            or self._only_candidate()
            or self._returned_by_function()
            or self._loose_draws()
            or self._last_expression()
        )
        if isinstance(node, DictNode) and not node.entries and self._has_draws():
            raise HyperoptError(
                node.position, "This search space is empty, though the code has hp. expressions."
            )
        if node is None:
            message = 'There is no search space here: write space = {"units_1": hp.choice(…)}.'
            raise HyperoptError(START, message)
        return _as_dictionary(node)

    def _has_draws(self) -> bool:
        """Whether there is any hp. expression in the code."""
        calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        return any(draw_function(call, self.scope.constants) for call in calls)

    def _enter_functions_with_fmin(self) -> None:
        """Look into functions that nobody calls in the code."""
        for statement in self.tree.body:
            if not isinstance(statement, ast.FunctionDef) or statement in self.reader.entered:
                continue
            if not has_fmin(statement):
                continue
            with self.scope.aside():
                inner = self.scope.inner()
                self.reader.bind_parameters(statement, inner)
                self.reader.follow_willingly(statement.body, inner)

    def _given_to_fmin(self) -> Node | None:
        spaces: list[FminSpace] = []
        fmin_spaces = self.reader.fmin_spaces
        for fmin_space in fmin_spaces:
            if isinstance(fmin_space.space, HyperoptError):
                continue
            if all(fmin_space.space != other.space for other in spaces):
                spaces.append(fmin_space)
        if len(spaces) > 1:
            lines = dict.fromkeys(str(space.call.lineno) for space in spaces)
            raise HyperoptError(
                position_of(spaces[1].call),
                f"fmin is called with different spaces (line {', '.join(lines)}). Keep one of "
                "them.",
            )
        if spaces:
            space = spaces[0].space
            assert not isinstance(space, HyperoptError)
            return space
        if fmin_spaces and self._called_space() is None and self._only_candidate() is None:
            error = fmin_spaces[0].space
            assert isinstance(error, HyperoptError)
            raise error
        return None

    def _called_space(self) -> Node | None:
        for name in USUAL_NAMES:
            bound = self.scope.find(name)
            if isinstance(bound, Unreadable):
                raise bound.error
            if name in self.scope.constants:
                node = self._node_of(name)
                if isinstance(node, DictNode | ListNode | ChoiceNode | RangeNode):
                    return node
        return None

    def _only_candidate(self) -> Node | None:
        """The only dictionary or list with hp. expressions that has a name; parts left out."""
        named: dict[int, tuple[str, Node]] = {}
        for name in self.scope.own_names():
            node = self._node_of(name)
            if isinstance(node, DictNode | ListNode) and has_draws(node):
                named.setdefault(id(node), (name, node))
        parts = {part for _, node in named.values() for part in parts_of(node)}
        whole = [pair for key, pair in named.items() if key not in parts]
        return _only(whole)

    def _node_of(self, name: str) -> Node | None:
        try:
            return self.scope.look_up(name, START)
        except HyperoptError:
            return None

    def _returned_by_function(self) -> Node | None:
        """What the only function returns that makes a space."""
        returned: list[tuple[str, Node]] = []
        errors: list[HyperoptError] = []
        for statement in self.tree.body:
            if not isinstance(statement, ast.FunctionDef) or has_required_parameters(statement):
                continue
            try:
                node = self._enter(statement)
            except HyperoptError as error:
                if "space" in statement.name.lower():
                    errors.append(error)
                continue
            if node is not None and has_draws(node):
                returned.append((statement.name, node))
        if errors and not returned:
            raise errors[0]
        return _only(returned)

    def _enter(self, function: ast.FunctionDef) -> Node | None:
        """What a function returns if it is called without arguments."""
        with self.scope.aside():
            inner = self.scope.inner()
            self.reader.bind_parameters(function, inner)
            return self.reader.enter(function, inner)

    def _last_expression(self) -> Node | None:
        """The last dictionary or list that stands alone, without a name; else the last named."""
        last: Node | None = None
        for statement in self.tree.body:
            value = None
            if isinstance(statement, ast.Expr | ast.Assign | ast.AnnAssign):
                value = statement.value
            if isinstance(value, ast.Dict) or _is_unnamed(statement):
                assert value is not None
                node = self.reader.read(value, self.scope)
                if isinstance(node, DictNode) or has_draws(node):
                    last = node
        return last

    def _loose_draws(self) -> Node | None:
        """The names of hp. expressions that stand in no dictionary."""
        entries = []
        for name in self.scope.own_names():
            node = self._node_of(name)
            if isinstance(node, RangeNode | ChoiceNode):
                entries.append(DictEntry(node.position, name, node))
        if not entries:
            return None
        return DictNode(entries[0].position, tuple(entries))


def _is_unnamed(statement: ast.stmt) -> bool:
    """Whether a statement is a list or an hp. expression alone."""
    if not isinstance(statement, ast.Expr):
        return False
    if isinstance(statement.value, ast.List | ast.Tuple):
        return True
    names = [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return isinstance(statement.value, ast.Call) and "hp" in names


def _only(candidates: Sequence[tuple[str, Node]]) -> Node | None:
    """The only one of several; None where there is none. Raises HyperoptError for more."""
    if len(candidates) > 1:
        listed = ", ".join(f"{name} (line {node.position.line})" for name, node in candidates)
        _, second = candidates[1]
        raise HyperoptError(
            second.position,
            f'There are several search spaces here: {listed}. Call the one to read "space".',
        )
    for _, node in candidates:
        return node
    return None


def _as_dictionary(node: Node) -> DictNode:
    """A space as a dictionary. Where it is a list or one hp. expression, labels are the keys."""
    if isinstance(node, DictNode):
        return node
    items: Sequence[Node] = [node]
    if isinstance(node, ListNode):
        items = node.items
    entries = []
    for item in items:
        if not isinstance(item, RangeNode | ChoiceNode):
            raise HyperoptError(
                item.position,
                "A space that is a list has nothing but hp. expressions, whose labels are the "
                'names. Write space = {"units_1": hp.choice(…)}.',
            )
        entries.append(DictEntry(item.position, item.label, item))
    return DictNode(node.position, tuple(entries))

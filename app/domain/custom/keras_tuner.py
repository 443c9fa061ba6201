"""Keras Tuner: `build(hp)` with hp.Int, hp.Float, hp.Choice and hp.Boolean, also in loops over a number it chooses."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.custom.literals import CustomModelError, Known, last_name, number_of, value_of
from app.domain.custom.parameters import CustomParameter, listed, ranged, valued

ARGUMENTS = {
    "Int": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Float": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Choice": ("name", "values", "ordered", "default"),
    "Boolean": ("name", "default"),
}
MOST_STEPS = 5000  # statements that are read, loops unrolled
LAYERS = 100  # rounds of a loop over a number that hp chooses
Requires = tuple[str, int] | None
Functions = Mapping[str, ast.FunctionDef]


def is_build(function: ast.FunctionDef) -> bool:
    """Whether a function asks its only argument for hyperparameters."""
    names = [argument.arg for argument in function.args.args]
    if len(names) != 1:
        return False
    return any(_is_asked(node, names[0]) for node in ast.walk(function)) or names == ["hp"]


def parameters(
    function: ast.FunctionDef, functions: Functions, known: Known
) -> list[CustomParameter]:
    """All that a build function may ask for. Raises CustomModelError with the line of what cannot be read."""
    reader = _Reader(functions)
    reader.read(function.body, _Place(function.args.args[0].arg, dict(known)))
    return list(reader.found.values())


@dataclass(frozen=True)
class _Place:
    """Where in the program: what hp is called, what names stand for, which number lets this part of it be reached."""

    hp: str
    known: dict[str, object]
    requires: Requires = None
    depth: int = 0


@dataclass
class _Reader:
    functions: Functions
    steps: int = 0
    found: dict[str, CustomParameter] = field(default_factory=dict)  # by the program's own name
    numbers: dict[str, CustomParameter] = field(
        default_factory=dict
    )  # names bound to a number that hp chooses

    def read(self, statements: Iterable[ast.stmt], place: _Place) -> None:
        """Every call of hp in these statements, loops unrolled."""
        for statement in statements:
            self.steps += 1
            if self.steps > MOST_STEPS:
                raise CustomModelError(
                    statement.lineno,
                    "These loops ask for more hyperparameters than can be searched.",
                )
            if isinstance(statement, ast.For) and isinstance(statement.target, ast.Name):
                self._expression(statement.iter, place)
                for value, requires in self._rounds(statement.iter, place):
                    known = {**place.known, statement.target.id: value}
                    self.read(statement.body, replace(place, known=known, requires=requires))
                continue
            blocks = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
            for child in ast.iter_child_nodes(statement):
                if isinstance(child, ast.expr | ast.keyword | ast.withitem):
                    self._expression(child, place)
            self._note_number(statement, place)
            for block in blocks:
                self.read(block if isinstance(block, list) else [], place)

    def _expression(self, node: ast.AST, place: _Place) -> None:
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        for call in sorted(calls, key=lambda part: (part.lineno, part.col_offset)):
            if _is_asked(call, place.hp):
                self._ask(call, place)
            self._follow(call, place)

    def _follow(self, call: ast.Call, place: _Place) -> None:
        """A function of the program that is handed hp asks on its behalf."""
        function = self.functions.get(last_name(call.func))
        if function is None or place.depth > 3:
            return
        for argument, taken in zip(call.args, function.args.args, strict=False):
            if isinstance(argument, ast.Name) and argument.id == place.hp:
                self.read(function.body, replace(place, hp=taken.arg, depth=place.depth + 1))

    def _ask(self, call: ast.Call, place: _Place) -> None:
        kind = last_name(call.func)
        given: dict[str, ast.expr] = dict(zip(ARGUMENTS[kind], call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        try:
            label = _label(given["name"], place.known)
            if label not in self.found:
                made = MAKERS[kind](label, given, place.known)
                self.found[label] = replace(made, row=replace(made.row, requires=place.requires))
        except KeyError as missing:
            raise CustomModelError(call.lineno, f"hp.{kind} needs {missing.args[0]}.") from None
        except CustomModelError as error:
            raise error if error.line else CustomModelError(call.lineno, str(error)) from None

    def _note_number(self, statement: ast.stmt, place: _Place) -> None:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            number = self._number(statement.value, place)
            if number is not None:
                self.numbers[statement.targets[0].id] = number

    def _number(self, node: ast.expr, place: _Place) -> CustomParameter | None:
        """The whole number hp chooses that an expression stands for."""
        if isinstance(node, ast.Name):
            return self.numbers.get(node.id)
        if not _is_asked(node, place.hp) or last_name(node.func) != "Int":  # type: ignore[attr-defined]
            return None
        names = [keyword.value for keyword in node.keywords if keyword.arg == "name"]  # type: ignore[attr-defined]
        return self.found.get(_label([*node.args, *names][0], place.known))  # type: ignore[attr-defined]

    def _rounds(self, node: ast.expr, place: _Place) -> Sequence[tuple[object, Requires]]:
        """The values a loop runs over, and the number each round requires."""
        if isinstance(node, ast.Call) and last_name(node.func) == "range" and node.args:
            end, more = (node.args[1] if len(node.args) > 1 else node.args[0]), 0
            match end:
                case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant() as right):
                    end, more = left, int(number_of(right, place.known))
            number = self._number(end, place)
            if number is not None:
                start = int(number_of(node.args[0], place.known)) if len(node.args) > 1 else 0
                least, most = bounds(number)
                numbers = range(start, most + more)
                if len(numbers) > LAYERS:
                    raise CustomModelError(
                        node.lineno, f"A loop of {len(numbers):,} rounds is too long: {LAYERS}."
                    )
                return [
                    (i, (number.name, i + 1 - more) if i + 1 - more > least else place.requires)
                    for i in numbers
                ]
        listed_values = value_of(node, place.known)
        assert isinstance(listed_values, list | tuple)
        return [(value, place.requires) for value in listed_values]


def bounds(number: CustomParameter) -> tuple[int, int]:
    """The least and the most that a whole number the program lets one search can be."""
    entry = number.entry
    if isinstance(entry, Mapping):
        ends = next(value for key, value in entry.items() if key != "step")
        return int(ends[0]), int(ends[1])
    return int(entry), int(entry)  # type: ignore[call-overload]


def _is_asked(node: ast.AST, name: str) -> bool:
    """Whether a node is hp.Int(…) or another question to the argument of this name."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ARGUMENTS
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == name
    )


def _label(node: ast.expr, known: Known) -> str:
    """A hyperparameter's name, with the loop's number where it is an f-string."""
    if isinstance(node, ast.JoinedStr):
        parts = [
            part.value if isinstance(part, ast.FormattedValue) else part for part in node.values
        ]
        return "".join(str(value_of(part, known)) for part in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _label(node.left, known) + _label(node.right, known)
    if isinstance(node, ast.Call) and last_name(node.func) == "str" and len(node.args) == 1:
        return str(value_of(node.args[0], known))
    return str(value_of(node, known))


def _range(
    label: str, given: Mapping[str, ast.expr], known: Known, *, whole: bool
) -> CustomParameter:
    low, high = number_of(given["min_value"], known), number_of(given["max_value"], known)
    named = {
        name: value_of(given[name], known)
        for name in ("step", "sampling", "default")
        if name in given
    }
    log = str(named.get("sampling") or "").lower() == "log"
    step = named.get("step")
    is_even = isinstance(step, int | float) and not log and 0 < step <= high - low
    ends = {"step": float(step)} if is_even and isinstance(step, int | float) else {}
    return ranged(label, low, high, whole=whole, log=log, default=named.get("default"), **ends)


def _int(label: str, given: Mapping[str, ast.expr], known: Known) -> CustomParameter:
    return _range(label, given, known, whole=True)


def _float(label: str, given: Mapping[str, ast.expr], known: Known) -> CustomParameter:
    return _range(label, given, known, whole=False)


def _choice(label: str, given: Mapping[str, ast.expr], known: Known) -> CustomParameter:
    default = value_of(given["default"], known) if "default" in given else None
    values = given["values"]
    if isinstance(values, ast.List | ast.Tuple):
        return listed(label, values.elts, known, default)
    found = value_of(values, known)
    if not isinstance(found, list | tuple):
        raise CustomModelError(0, f'The values of "{label}" are no list.')
    return valued(label, found)


def _boolean(label: str, given: Mapping[str, ast.expr], known: Known) -> CustomParameter:
    default = "default" in given and bool(value_of(given["default"], known))
    made = valued(label, [False, True])
    return replace(made, row=replace(made.row, default=default))


MAKERS: dict[str, Callable[[str, Mapping[str, ast.expr], Known], CustomParameter]] = {
    "Int": _int,
    "Float": _float,
    "Choice": _choice,
    "Boolean": _boolean,
}

"""Hyperopt code as a tree of draws, choices and values: read by its syntax, never run."""

import ast
import math
from dataclasses import dataclass, replace

from app.domain.hyperopt.numbers import LARGEST, HyperoptError, Logarithm, Place, calculated

__all__ = [
    "Draw",
    "HyperoptError",
    "Listing",
    "Node",
    "Pick",
    "Place",
    "Plain",
    "Table",
    "read_code",
]

LONGEST_CODE = 50_000  # characters
MOST_NUMBERS = 1000  # that range(…) may list
DRAWS = {
    "uniform": 2,
    "loguniform": 2,
    "quniform": 3,
    "qloguniform": 3,
    "uniformint": 2,
    "randint": 1,
}
MODULES = ("np", "numpy", "math", "hp", "hyperopt", "scope", "pyll")
NUMBERS = {
    "log": math.log,
    "log10": math.log10,
    "log2": math.log2,
    "exp": math.exp,
    "sqrt": math.sqrt,
}


@dataclass(frozen=True)
class Plain:
    """A value as it stands: text, a number, True, False."""

    place: Place
    value: str | int | float | bool


@dataclass(frozen=True)
class Draw:
    """A number between two ends, both included; with a step, from `low` on."""

    place: Place
    label: str
    low: float
    high: float
    step: float | None = None
    log: bool = False


@dataclass(frozen=True)
class Pick:
    """hp.choice: one of several nodes."""

    place: Place
    label: str
    options: tuple["Node", ...]


@dataclass(frozen=True)
class Table:
    """A dictionary: each key's place, name and node."""

    place: Place
    entries: tuple[tuple[Place, str, "Node"], ...]


@dataclass(frozen=True)
class Listing:
    """A list or a tuple."""

    place: Place
    items: tuple["Node", ...]


Node = Plain | Draw | Pick | Table | Listing


def read_code(code: str) -> Table:
    """The space that hyperopt code describes: its last dictionary. Raises HyperoptError."""
    start = Place(1, 1)
    if len(code) > LONGEST_CODE:
        raise HyperoptError(start, f"The code is longer than {LONGEST_CODE:,} characters.")
    try:
        tree = ast.parse(code.strip("\ufeff"))
        return _Reader().space(tree)
    except SyntaxError as error:
        place = Place(error.lineno or 1, max(error.offset or 1, 1))
        raise HyperoptError(place, f"This is not Python: {error.msg}.") from None
    except HyperoptError:
        raise
    except (ValueError, RecursionError, MemoryError):
        raise HyperoptError(
            start, "The code cannot be read: it is nested too deep or holds odd characters."
        ) from None


class _Reader:
    """One reading: the names assigned so far."""

    def __init__(self) -> None:
        self.names: dict[str, Node] = {}

    def space(self, tree: ast.Module) -> Table:
        found: Table | None = None
        for statement in tree.body:
            node = self._statement(statement)
            found = node if isinstance(node, Table) else found
        named = next(
            (self.names[name] for name in ("space", "search_space") if name in self.names), None
        )
        chosen = named if isinstance(named, Table) else found
        if chosen is None:
            raise HyperoptError(
                Place(1, 1),
                'There is no search space here: write space = {"units_1": hp.choice(…)}.',
            )
        return chosen

    def _statement(self, statement: ast.stmt) -> Node | None:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.Pass):
            return None
        if isinstance(statement, ast.Expr):
            return self.node(statement.value)
        value = statement.value if isinstance(statement, ast.Assign | ast.AnnAssign) else None
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [getattr(statement, "target", None)]
        )
        if value is None or not all(isinstance(target, ast.Name) for target in targets):
            raise HyperoptError(
                _place(statement), "Only imports and assignments like space = {…} are read here."
            )
        node = self.node(value)
        self.names |= {target.id: node for target in targets if isinstance(target, ast.Name)}
        return node

    def node(self, tree: ast.expr) -> Node:
        """What an expression stands for."""
        place = _place(tree)
        if isinstance(tree, ast.Dict):
            return Table(
                place,
                tuple(self._entry(*pair) for pair in zip(tree.keys, tree.values, strict=True)),
            )
        if isinstance(tree, ast.List | ast.Tuple):
            return Listing(place, tuple(self.node(item) for item in tree.elts))
        if isinstance(tree, ast.Constant) and isinstance(tree.value, str | int | float):
            return Plain(place, tree.value)
        if isinstance(tree, ast.Name):
            if tree.id not in self.names:
                raise HyperoptError(
                    place, f'"{tree.id[:40]}" has no value here: assign it above, or write it out.'
                )
            return self.names[tree.id]
        if isinstance(tree, ast.UnaryOp | ast.BinOp):
            return self._sum(tree, place)
        if isinstance(tree, ast.Call):
            return self._call(tree, place)
        raise HyperoptError(
            place, f'"{_written(tree)}" is not a value, a list, a dictionary or an hp. expression.'
        )

    def _entry(self, key: ast.expr | None, value: ast.expr) -> tuple[Place, str, Node]:
        if not isinstance(key, ast.Constant) or not isinstance(key.value, str):
            raise HyperoptError(_place(key or value), 'A key is a name in quotes, like "units_1".')
        return _place(key), key.value, self.node(value)

    def _sum(self, tree: ast.UnaryOp | ast.BinOp, place: Place) -> Node:
        if isinstance(tree, ast.UnaryOp):
            if not isinstance(tree.op, ast.USub | ast.UAdd):
                raise HyperoptError(place, f'"{_written(tree)}" is not a number.')
            number = self.number(tree.operand)
            return Plain(place, -number if isinstance(tree.op, ast.USub) else number)
        left, right = self.node(tree.left), self.node(tree.right)
        if isinstance(tree.op, ast.Add | ast.Mult) and isinstance(right, Draw) != isinstance(
            left, Draw
        ):
            draw, other = (right, left) if isinstance(right, Draw) else (left, right)
            assert isinstance(draw, Draw)
            return _moved(draw, self._number_of(other), isinstance(tree.op, ast.Add))
        return Plain(
            place, calculated(tree.op, self._number_of(left), self._number_of(right), place)
        )

    def number(self, tree: ast.expr) -> float:
        """An expression that is a number."""
        return self._number_of(self.node(tree))

    def _number_of(self, node: Node) -> float:
        if (
            not isinstance(node, Plain)
            or isinstance(node.value, str | bool)
            or not abs(node.value) < LARGEST
        ):
            raise HyperoptError(node.place, "A plain number is needed here.")
        return node.value

    def _call(self, tree: ast.Call, place: Place) -> Node:
        name, parts = _called(tree.func)
        known = not parts or all(part in MODULES for part in parts)
        if known and name in ("int", "float", "list", "tuple") and len(tree.args) == 1:
            return self.node(tree.args[0])
        if known and name in NUMBERS and "hp" not in parts:
            return self._function(name, tree, place)
        if known and name in ("range", "arange"):
            return self._range(tree, place)
        if known and name == "choice":
            return self._pick(tree, place)
        if known and name in DRAWS:
            return self._draw(name, tree, place)
        hints = {
            "pchoice": "weights cannot be kept: use hp.choice",
            "normal": "it has no ends: use hp.uniform",
        }
        hints |= {"lognormal": "it has no ends: use hp.loguniform"}
        why = hints.get(
            name.removeprefix("q"),
            "known are hp.choice and " + ", ".join(f"hp.{kind}" for kind in DRAWS),
        )
        raise HyperoptError(place, f'"{_written(tree.func)}" is not understood: {why}.')

    def _function(self, name: str, tree: ast.Call, place: Place) -> Plain:
        if len(tree.args) != 1 or tree.keywords:
            raise HyperoptError(place, f"{name} takes one number.")
        number = self.number(tree.args[0])
        try:
            result = NUMBERS[name](number)
        except (ValueError, OverflowError):
            raise HyperoptError(place, f"{name} of {number:g} is not possible.") from None
        if name == "log":
            result = Logarithm(result)
            result.origin = number
        return Plain(place, result)

    def _range(self, tree: ast.Call, place: Place) -> Listing:
        ends = [self.number(part) for part in tree.args]
        if not 1 <= len(ends) <= 3 or tree.keywords or any(end != int(end) for end in ends):
            raise HyperoptError(place, "range takes one to three whole numbers.")
        if len(ends) == 3 and ends[2] == 0:
            raise HyperoptError(place, "A range cannot go in steps of 0.")
        listed = range(*[int(end) for end in ends])
        if len(listed) > MOST_NUMBERS:
            raise HyperoptError(
                place, f"A range lists at most {MOST_NUMBERS:,} numbers here: use hp.uniformint."
            )
        return Listing(place, tuple(Plain(place, number) for number in listed))

    def _arguments(
        self, tree: ast.Call, place: Place, names: tuple[str, ...]
    ) -> tuple[str, dict[str, ast.expr]]:
        given: dict[str, ast.expr] = dict(zip(("label", *names), tree.args, strict=False))
        for keyword in tree.keywords:
            if keyword.arg not in ("label", *names) or keyword.arg in given:
                raise HyperoptError(_place(keyword.value), f'"{keyword.arg}" does not belong here.')
            given[str(keyword.arg)] = keyword.value
        label = self.node(given.pop("label")) if "label" in given else None
        if not isinstance(label, Plain) or not isinstance(label.value, str):
            raise HyperoptError(
                place, f'{_written(tree.func)} begins with a label in quotes, like "units".'
            )
        if len(tree.args) > len(names) + 1:
            raise HyperoptError(
                place, f"{_written(tree.func)} takes a label and {', '.join(names)}, and no more."
            )
        return label.value, given

    def _pick(self, tree: ast.Call, place: Place) -> Pick:
        label, given = self._arguments(tree, place, ("options",))
        options = self.node(given["options"]) if "options" in given else None
        if not isinstance(options, Listing) or not options.items:
            raise HyperoptError(
                place, "hp.choice takes a label and a list with at least one value."
            )
        return Pick(place, label, options.items)

    def _draw(self, name: str, tree: ast.Call, place: Place) -> Draw:
        label, given = self._arguments(tree, place, ("low", "high", "q"))
        numbers = {key: self.number(value) for key, value in given.items()}
        if name == "randint" and "high" not in numbers:
            numbers = {"low": 0, "high": numbers["low"]} if "low" in numbers else {}
        needed = ("low", "high", "q") if DRAWS[name] == 3 else ("low", "high")
        if set(numbers) != set(needed) and not (name == "uniformint" and numbers.get("q") == 1):
            least = (
                "an upper bound, or a lower and an upper one"
                if name == "randint"
                else ", ".join(needed)
            )
            raise HyperoptError(place, f"hp.{name} takes a label and {least}.")
        return _range_of(
            name, Draw(place, label, numbers["low"], numbers["high"]), numbers.get("q")
        )


def _range_of(name: str, draw: Draw, step: float | None) -> Draw:
    """The ends and the step that an hp function draws from."""
    low, high = draw.low, draw.high
    if low >= high:
        raise HyperoptError(
            draw.place, f"The lowest value ({low:g}) must be less than the highest ({high:g})."
        )
    if step is not None and step <= 0:
        raise HyperoptError(draw.place, "The step q is greater than 0.")
    log = "loguniform" in name
    if log:
        if high > math.log(LARGEST):
            raise HyperoptError(
                draw.place, f"The bounds of hp.{name} are logarithms: write np.log({high:g})."
            )
        low, high = _undone(low), _undone(high)
    if name == "randint":
        high, step = high - 1, 1
    if name == "uniformint":
        step = 1
    if step is not None:
        low, high = (float(f"{round(end / step) * step:.12g}") for end in (low, high))
        low = step if log and low == 0 else low
    return replace(draw, low=low, high=high, step=step, log=log)


def _undone(logarithm: float) -> float:
    """The number that has a logarithm; exactly, where it was written as one."""
    if isinstance(logarithm, Logarithm):
        return logarithm.origin
    return float(f"{math.exp(logarithm):.12g}")


def _moved(draw: Draw, number: float, is_sum: bool) -> Draw:
    """A draw plus a number, or times one."""
    if is_sum and not draw.log:
        return replace(draw, low=draw.low + number, high=draw.high + number)
    if is_sum or number <= 0:
        raise HyperoptError(
            draw.place, "Only number + hp.… and positive number * hp.… are read here."
        )
    step = draw.step * number if draw.step is not None else None
    return replace(draw, low=draw.low * number, high=draw.high * number, step=step)


def _called(tree: ast.expr) -> tuple[str, list[str]]:
    """The name of a function and the modules before it."""
    parts: list[str] = []
    while isinstance(tree, ast.Attribute):
        parts.append(tree.attr)
        tree = tree.value
    parts.append(tree.id if isinstance(tree, ast.Name) else "?")
    return parts[0], parts[1:]


def _written(tree: ast.AST) -> str:
    text = ast.unparse(tree)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _place(tree: ast.AST) -> Place:
    return Place(getattr(tree, "lineno", 1), getattr(tree, "col_offset", 0) + 1)

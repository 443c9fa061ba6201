"""What a program of the owner's own lets one search: its parameters, as rows of a catalogue and entries of a space."""

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.custom.literals import CustomModelError, Known, value_of
from app.domain.search_space.catalogue import Hyperparameter, Kind, Value

WIDEST = 1e12  # numbers a program's own parameter may be
LONGEST_TEXT = 40
SEPARATORS = re.compile(r"[,;\s]")  # between the choices a form lists


@dataclass(frozen=True)
class CustomParameter:
    """One parameter. `key` is what the program calls it, `row.name` what Foretune does.

    `expressions`: for values that are no plain ones (a class, a dictionary, None), the program's own text of each.
    """

    key: str
    row: Hyperparameter
    entry: object  # of a search space's JSON
    expressions: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What Foretune calls it."""
        return self.row.name

    def called(self, name: str) -> "CustomParameter":
        """The same under another name."""
        return replace(self, row=replace(self.row, name=name))


def listed(
    key: str, options: Sequence[ast.expr], known: Known, default: object = None
) -> CustomParameter:
    """A choice among expressions; those that are no plain values are shown by their text."""
    values: list[Value] = []
    expressions: dict[str, str] = {}
    for place, option in enumerate(options, start=1):
        value = _plain(option, known)
        if value is None or (isinstance(value, str) and SEPARATORS.search(value)):
            value = _text(option, place)
            value = f"{value}_{place}" if value in values else value
            expressions[value] = ast.unparse(option)
        values.append(value)
    if not values:
        raise CustomModelError(0, f'"{key}" has no values to choose from.')
    kind = _kind(values)
    if kind == "category" and not all(isinstance(value, str) for value in values):
        expressions |= {str(value): repr(value) for value in values if not isinstance(value, str)}
        values = [str(value) for value in values]
    values = list(dict.fromkeys(values))
    start = default if default in values else values[0]
    choices = tuple(str(value) for value in values) if kind == "category" else ()
    row = _row(key, kind, start, choices)
    return CustomParameter(
        key, row, {"choice": values} if len(values) > 1 else values[0], expressions
    )


def valued(key: str, values: Sequence[object]) -> CustomParameter:
    """A choice among plain numbers."""
    return listed(key, [ast.Constant(value) for value in values], {})  # type: ignore[arg-type]


def ranged(
    key: str,
    low: float,
    high: float,
    *,
    whole: bool,
    log: bool = False,
    step: float | None = None,
    default: object = None,
) -> CustomParameter:
    """A range, both ends included."""
    if not (-WIDEST <= low <= high <= WIDEST) or (log and low <= 0):
        raise CustomModelError(
            0, f'"{key}" ranges from {low:g} to {high:g}, which is no range that can be searched.'
        )
    number = int if whole else float
    start = default if isinstance(default, int | float) and not isinstance(default, bool) else low
    row = _row(key, "integer" if whole else "number", number(start), log=log)
    if low == high:
        return CustomParameter(key, row, number(low))
    kind = "loguniform" if log else "integer" if whole else "uniform"
    entry: dict[str, object] = {kind: [number(low), number(high)]}
    if step is not None and not (whole and step == 1):
        entry["step"] = number(step)
    return CustomParameter(key, row, entry)


def safe(key: str) -> str:
    """A program's name as one word of letters, digits and underlines."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", key).strip("_")[:LONGEST_TEXT]
    return word if word and not word[0].isdigit() else f"p_{word}"


def _row(
    key: str, kind: Kind, default: object, choices: tuple[str, ...] = (), *, log: bool = False
) -> Hyperparameter:
    assert isinstance(default, str | int | float)
    help_text = "" if safe(key) == key else f'What the file calls "{key}".'
    return Hyperparameter(
        safe(key), key[:60], kind, default, "", help_text, -WIDEST, WIDEST, choices, log
    )


def _kind(values: Sequence[object]) -> Kind:
    if all(isinstance(value, bool) for value in values):
        return "flag"
    numbers = [
        value for value in values if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    if len(numbers) < len(values):
        return "category"
    return "integer" if all(isinstance(value, int) for value in numbers) else "number"


def _plain(node: ast.expr, known: Known) -> Value | None:
    try:
        found = value_of(node, known)
    except CustomModelError:
        return None
    if isinstance(found, float) and not math.isfinite(found):
        return None
    return found if isinstance(found, str | int | float) and found != "" else None


def _text(node: ast.expr, place: int) -> str:
    """A short text for something that is no plain value; it has no comma or blank, so that a form can list it."""
    text = ast.unparse(node)
    if isinstance(node, ast.Dict):
        plain = zip(node.keys, node.values, strict=True)
        text = "+".join(
            f"{key.value!s}={value.value!s}"
            for key, value in plain
            if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
        )
    word = re.sub(r"[^\w.=+()-]+", "_", text).strip("_")
    return word if word and len(word) <= LONGEST_TEXT else f"option_{place}"

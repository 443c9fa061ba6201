"""What names stand for at a statement of a Keras Tuner program, and when it is reached."""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from app.domain.search_space.catalogue import Value

Condition = Mapping[str, tuple[Value, ...]]  # hyperparameters, and the values they must have


class Marker(Enum):
    """What a name stands for where it is no value of the program."""

    UNKNOWN = "known only when the program is run"
    HP = "the HyperParameters"


@dataclass(frozen=True)
class Chosen:
    """A value that one hyperparameter decides.

    `table`: what the value is, by the hyperparameter's values; empty where these are too many.
    """

    key: str
    table: Mapping[Value, object]


@dataclass(frozen=True)
class Function:
    """A function of the program.

    `names`: what the names around it stand for. `owner`: for a method, its object.
    `arguments`: those that functools.partial binds.
    """

    node: ast.FunctionDef | ast.Lambda
    names: "Names"
    owner: "Instance | None" = None
    arguments: Mapping[str | int, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Instance:
    """An object of a class of the program. `attributes`: what `self.x` stands for, by x."""

    class_name: str
    attributes: "Names"


SPECIAL = (Marker, Chosen, Function, Instance)


class Names(Mapping[str, object]):
    """Names and what they stand for. As a mapping, it has the plain values alone."""

    def __init__(
        self, parent: Mapping[str, object] | None = None, local_names: Iterable[str] = ()
    ) -> None:
        self._parent = parent
        self._values: dict[str, object] = dict.fromkeys(local_names, Marker.UNKNOWN)

    def find(self, name: str) -> object:
        """What a name stands for, UNKNOWN included."""
        if name in self._values:
            return self._values[name]
        if isinstance(self._parent, Names):
            return self._parent.find(name)
        if self._parent is None:
            return Marker.UNKNOWN
        return self._parent.get(name, Marker.UNKNOWN)

    def bind(self, name: str, value: object) -> None:
        """Let a name stand for something."""
        self._values[name] = value

    def forget(self, names: Iterable[str]) -> None:
        """Let names stand for what is unknown."""
        for name in names:
            self._values[name] = Marker.UNKNOWN

    def snapshot(self, names: Iterable[str]) -> dict[str, object]:
        """What some names stand for now."""
        return {name: self.find(name) for name in names}

    def restore(self, values: Mapping[str, object]) -> None:
        """Let names stand for what they stood for at a snapshot."""
        self._values.update(values)

    def __getitem__(self, name: str) -> object:
        value = self.find(name)
        if isinstance(value, SPECIAL):
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        names = set(self._values)
        if self._parent is not None:
            names |= set(self._parent)
        return (name for name in names if not isinstance(self.find(name), SPECIAL))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Scope:
    """What holds for some statements of the program.

    `condition`: when they are reached; `depth`: of the calls that lead to them.
    """

    names: Names
    condition: Condition = field(default_factory=dict)
    depth: int = 0

    def restrict(self, chosen: Chosen, allowed: Collection[Value]) -> "Scope | None":
        """The same, only while a hyperparameter has some of its values; None where it never has."""
        present = self.condition.get(chosen.key, tuple(chosen.table))
        values = tuple(value for value in present if value in allowed)
        if not values:
            return None
        if values == present:
            return self
        return replace(self, condition={**self.condition, chosen.key: values})


def join_conditions(first: Condition, second: Condition) -> Condition:
    """A condition that holds wherever one of two does; it may hold elsewhere, too."""
    joined = {}
    for key, values in first.items():
        if key in second:
            joined[key] = tuple(dict.fromkeys([*values, *second[key]]))
    return joined


def stored_names(node: ast.AST) -> set[str]:
    """The names that a statement and the blocks in it may give another value."""
    names = set()
    for part in ast.walk(node):
        match part:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                names.add(part.id)
            case ast.FunctionDef() | ast.ClassDef():
                names.add(part.name)
            case ast.Import() | ast.ImportFrom():
                names |= {alias.asname or alias.name.split(".")[0] for alias in part.names}
    return names

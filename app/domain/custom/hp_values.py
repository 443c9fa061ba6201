"""The values of expressions in a Keras Tuner program, those that hp decides included."""

import ast
import copy
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.custom.hp_names import evaluate_name
from app.domain.custom.hp_scope import SPECIAL, Chosen, Instance, Marker, Names
from app.domain.custom.literals import CustomModelError, names_in
from app.domain.literals.evaluator import Evaluator
from app.domain.literals.values import (
    LiteralError,
    Unread,
    cannot_be_read,
    excerpt,
    to_plain,
)

MAX_EVALUATIONS = 100_000  # of expressions, once for each value of the hyperparameter that decides
SIMPLE = (str, int, float, bool, type(None), list, tuple, dict)


@dataclass
class Values:
    """Finds the values of expressions.

    `results`: what calls that were read before return, by the ids of their nodes.
    `chosen`: what hyperparameters are, by their names; `prefix`: of names in a name scope.
    """

    results: dict[int, object] = field(default_factory=dict)
    chosen: dict[str, object] = field(default_factory=dict)
    prefix: str = ""
    n_evaluations: int = 0

    def find(self, node: ast.expr, names: Names) -> object:
        """The value of an expression: plain, Chosen, or what else its name stands for.

        Raises CustomModelError where it is known only when the program is run.
        """
        overlay: dict[str, object] = {}
        node = self._replace_known(node, names, overlay)
        if isinstance(node, ast.Name):
            value = overlay.get(node.id, names.find(node.id))
            if isinstance(value, SPECIAL) and value is not Marker.UNKNOWN:
                return value
            if has_unread(value):
                return list(value)  # type: ignore[call-overload]
        chosen = {}
        for name in names_in(node):
            value = overlay.get(name, names.find(name))
            if isinstance(value, Chosen):
                chosen[name] = value
        if not chosen:
            return _evaluate(node, ChainMap(overlay, names))  # type: ignore[arg-type]
        return self._evaluate_each(node, names, overlay, chosen)

    def find_or_unknown(self, node: ast.expr, names: Names) -> object:
        """As `find`, with UNKNOWN instead of an error."""
        try:
            return self.find(node, names)
        except CustomModelError:
            return Marker.UNKNOWN

    def find_plain(self, node: ast.expr, names: Names) -> object:
        """A value that no hyperparameter decides. Raises CustomModelError."""
        value = self.find(node, names)
        if isinstance(value, Chosen):
            message = (
                f'"{excerpt(node)}" depends on the hyperparameter "{value.key}". '
                "Write plain values."
            )
            raise CustomModelError(message, node.lineno)
        if not isinstance(value, SIMPLE):
            raise _unknown(node)
        return value

    def _evaluate_each(
        self,
        node: ast.expr,
        names: Names,
        overlay: Mapping[str, object],
        chosen: Mapping[str, Chosen],
    ) -> Chosen:
        """The values of an expression for each value of the one hyperparameter in it."""
        keys = list(dict.fromkeys(value.key for value in chosen.values()))
        key = keys[0]
        tables = [value.table for value in chosen.values()]
        if len(keys) > 1:
            raise _unknown(node)
        if not all(tables):
            raise CustomModelError(
                f'"{key}" has too many values here: a loop over it would be too long, and what '
                "depends on it cannot be listed.",
                node.lineno,
            )
        table = {}
        for value in tables[0]:
            self._count(node)
            present = {name: decided.table[value] for name, decided in chosen.items()}
            tables_of_names: Any = [present, overlay, names]
            table[value] = _evaluate(node, ChainMap(*tables_of_names))
        return Chosen(key, table)

    def _count(self, node: ast.expr) -> None:
        self.n_evaluations += 1
        if self.n_evaluations > MAX_EVALUATIONS:
            raise CustomModelError("These hyperparameters decide too much to be read.", node.lineno)

    def _replace_known(self, node: Any, names: Names, overlay: dict[str, object]) -> Any:
        """A tree in which names stand for the calls that were read and the attributes of self."""
        value = self._known_value(node, names)
        if value is not None:
            name = ast.unparse(node)
            overlay[name] = value
            return ast.copy_location(ast.Name(name, ast.Load()), node)
        return rebuild(node, lambda child: self._replace_known(child, names, overlay))

    def _known_value(self, node: ast.AST, names: Names) -> object:
        """What a node that is no name stands for; None where it is not known."""
        value: object = self.results.get(id(node))
        match node:
            case ast.Attribute(value=ast.Name(id=owner)):
                instance = names.find(owner)
                if isinstance(instance, Instance):
                    value = instance.attributes.find(node.attr)
            case ast.Call(func=ast.Attribute(value=hp, attr="get"), args=[key]):
                value = self._look_up(hp, key, names)
            case ast.Subscript(value=ast.Attribute(value=hp, attr="values"), slice=key):
                value = self._look_up(hp, key, names)
            case ast.Subscript(value=hp, slice=key):
                value = self._look_up(hp, key, names)
        if value is Marker.UNKNOWN:
            return None
        return value

    def _look_up(self, hp: ast.expr, key: ast.expr, names: Names) -> object:
        """A hyperparameter that the program has asked for before, as in `hp.get("units")`."""
        if not self.is_hp(hp, names):
            return None
        name = evaluate_name(key, lambda part: self.find_plain(part, names))
        return self.chosen.get(self.prefix + name)

    def is_hp(self, node: ast.expr, names: Names) -> bool:
        """Whether an expression is the HyperParameters: `hp`, `self.hp`, or another name."""
        match node:
            case ast.Name(id=name):
                return names.find(name) is Marker.HP
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute):
                instance = names.find(owner)
                if isinstance(instance, Instance):
                    return instance.attributes.find(attribute) is Marker.HP
        return False


def _evaluate(node: ast.expr, names: Mapping[str, object]) -> object:
    """The plain value of an expression, in which classes may come up that are not part of it."""
    evaluator = Evaluator(names, keeps_unread=True)
    try:
        return to_plain(evaluator.evaluate(node))
    except LiteralError as error:
        line = getattr(error.node, "lineno", node.lineno)
        raise CustomModelError(str(error), line) from None
    except TypeError:
        raise _unknown(node) from None


def has_unread(value: object) -> bool:
    """Whether a value is a dictionary of classes or the like, of which only the keys are known."""
    if not isinstance(value, dict):
        return False
    return any(isinstance(item, Unread) for item in value.values())


def rebuild(node: Any, change: Callable[[Any], Any]) -> Any:
    """A node whose children are changed; the node itself where none of them is another."""
    changes: dict[str, Any] = {}
    for name, content in ast.iter_fields(node):
        if isinstance(content, ast.AST):
            changed = change(content)
            if changed is not content:
                changes[name] = changed
        elif isinstance(content, list):
            parts = [change(part) if isinstance(part, ast.AST) else part for part in content]
            if any(new is not old for new, old in zip(parts, content, strict=True)):
                changes[name] = parts
    if not changes:
        return node
    rebuilt = copy.copy(node)
    for name, changed in changes.items():
        setattr(rebuilt, name, changed)
    return rebuilt


def _unknown(node: ast.expr) -> CustomModelError:
    return CustomModelError(str(cannot_be_read(node)), node.lineno)

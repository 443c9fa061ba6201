"""The fields of the space editor: a search space's JSON as fields, and fields as its JSON.

A hyperparameter has seven fields, such as `space.units_1.kind`: kind, value, choices, low, high,
step and when.
"""

from collections.abc import Mapping
from typing import Any

from app.domain.search_space.parameters import CATALOGUE, Catalogue, Hyperparameter, parse_value
from app.domain.search_space.space import SearchSpace
from app.web.forms.fields import (
    USE_A_POINT,
    FieldReader,
    format_value,
    parse_assignment,
    split_words,
)

RANGE_KINDS = ("uniform", "loguniform", "integer")


def new_space_fields(
    document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE
) -> dict[str, str]:
    """The fields for a new experiment, with the defaults of new experiments."""
    space = SearchSpace.parse(document, catalogue)
    space_with_defaults = space.with_new_defaults()
    return space_fields(space_with_defaults.document(), catalogue)


def space_fields(document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """The fields for a space's JSON."""
    fields: dict[str, str] = {}
    for name, hyperparameter in catalogue.items():
        entry = document.get(name, hyperparameter.default)
        parts = _parts_of(entry, hyperparameter)
        for part, text in parts.items():
            fields[f"space.{name}.{part}"] = text
    return fields


def read_space(reader: FieldReader, catalogue: Catalogue) -> dict[str, Any]:
    """The space's JSON.

    A fixed value that equals its default is left out, if that is also the default of new
    experiments.
    """
    document: dict[str, Any] = {}
    for name, hyperparameter in catalogue.items():
        row = _RowReader(reader, hyperparameter)
        entry = row.read_entry()
        conditions = row.read_conditions(catalogue)
        if conditions:
            dimension = entry
            if not isinstance(entry, dict):
                dimension = {"choice": [entry]}
            document[name] = {**dimension, "when": conditions}
        elif not row.is_left_at_default(entry):
            document[name] = entry
    return document


class _RowReader:
    """Reads the fields of one hyperparameter."""

    def __init__(self, reader: FieldReader, hyperparameter: Hyperparameter) -> None:
        self.reader = reader
        self.hyperparameter = hyperparameter

    def text(self, part: str, default: str = "") -> str:
        name = self.hyperparameter.name
        field = f"space.{name}.{part}"
        return self.reader.text(field, default)

    def parse(self, text: str) -> Any:
        return parse_value(self.hyperparameter, text)

    def refuse(self, message: str) -> None:
        name = self.hyperparameter.name
        self.reader.refuse(("space", name), message)

    def read_entry(self) -> Any:
        """The hyperparameter's part of the JSON, without conditions: a value or a dimension."""
        kind = self.text("kind", "fixed")
        if kind == "choice":
            return self._read_choice()
        if kind in RANGE_KINDS:
            return self._read_range(kind)
        default = format_value(self.hyperparameter.default)
        value = self.text("value", default)
        return self.parse(value)

    def _read_choice(self) -> dict[str, Any]:
        words = split_words(self.text("choices"))
        if not words:
            self.refuse("List at least one value, separated by commas.")
        values = [self.parse(word) for word in words]
        return {"choice": values}

    def _read_range(self, kind: str) -> dict[str, Any]:
        bounds = [
            self.text("low").strip(),
            self.text("high").strip(),
        ]
        if not all(bounds):
            self.refuse("Give the lowest and the highest value.")
        has_comma = any("," in bound for bound in bounds)
        if has_comma:
            self.refuse(USE_A_POINT)
        values = [self.parse(bound) for bound in bounds]
        dimension: dict[str, Any] = {kind: values}
        step = self.text("step").strip()
        if step:
            dimension["step"] = self.parse(step)
        return dimension

    def read_conditions(self, catalogue: Catalogue) -> dict[str, Any]:
        """The values of other hyperparameters with which this one is active."""
        conditions: dict[str, Any] = {}
        for word in self.text("when").split():
            assignment = parse_assignment(word, catalogue)
            if assignment is None:
                self.refuse(
                    f'The condition "{word[:40]}" is not like '
                    "recurrent_layers=2 or optimizer=sgd,adam."
                )
                continue
            other, text = assignment
            conditions[other.name] = [
                parse_value(other, value) for value in text.split(",") if value
            ]
        return conditions

    def is_left_at_default(self, entry: object) -> bool:
        hyperparameter = self.hyperparameter
        if entry != hyperparameter.default:
            return False
        if hyperparameter.new_default is None:
            return True
        field = f"space.{hyperparameter.name}.value"
        return field not in self.reader.fields


def _parts_of(entry: object, hyperparameter: Hyperparameter) -> dict[str, str]:
    """The seven fields of one hyperparameter, by the last part of their names."""
    dimension: Mapping[str, Any] = {"fixed": entry}
    if isinstance(entry, Mapping):
        dimension = entry
    kind = _kind_of(dimension)
    value = dimension.get("fixed", hyperparameter.default)
    choices = dimension.get("choice", [])
    low = ""
    high = ""
    if kind in RANGE_KINDS:
        low, high = dimension[kind]
    step = dimension.get("step", "")
    conditions = dimension.get("when") or {}
    return {
        "kind": kind,
        "value": format_value(value),
        "choices": ", ".join(map(format_value, choices)),
        "low": format_value(low),
        "high": format_value(high),
        "step": format_value(step),
        "when": _format_conditions(conditions),
    }


def _kind_of(dimension: Mapping[str, Any]) -> str:
    for kind in ("choice", *RANGE_KINDS):
        if kind in dimension:
            return kind
    return "fixed"


def _format_conditions(conditions: Mapping[str, Any]) -> str:
    words = []
    for name, allowed in conditions.items():
        text = _format_allowed(allowed)
        words.append(f"{name}={text}")
    return " ".join(words)


def _format_allowed(allowed: object) -> str:
    values = [allowed]
    if isinstance(allowed, list):
        values = allowed
    return ",".join(map(format_value, values))

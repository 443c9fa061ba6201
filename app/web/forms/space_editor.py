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

RANGES = ("uniform", "loguniform", "integer")
KIND_LABELS = {
    "fixed": "fixed",
    "choice": "choice of",
    "uniform": "uniform",
    "loguniform": "log-uniform",
    "integer": "integer range",
}
KINDS_BY_TYPE = {
    "category": ("fixed", "choice"),
    "flag": ("fixed", "choice"),
    "integer": ("fixed", "choice", "integer", "loguniform"),
    "number": ("fixed", "choice", "uniform", "loguniform"),
}


def new_space_fields(
    document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE
) -> dict[str, str]:
    """The fields for a new experiment, with the defaults of new experiments."""
    space = SearchSpace.parse(document, catalogue).with_new_defaults()
    return space_fields(space.document(), catalogue)


def space_fields(document: Mapping[str, Any], catalogue: Catalogue = CATALOGUE) -> dict[str, str]:
    """The fields for a space's JSON."""
    fields: dict[str, str] = {}
    for name, hyperparameter in catalogue.items():
        entry = document.get(name, hyperparameter.default)
        for part, text in _parts_of(entry, hyperparameter).items():
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
            dimension = entry if isinstance(entry, dict) else {"choice": [entry]}
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
        field = f"space.{self.hyperparameter.name}.{part}"
        return self.reader.text(field, default)

    def refuse(self, message: str) -> None:
        self.reader.refuse(("space", self.hyperparameter.name), message)

    def read_entry(self) -> Any:
        """The hyperparameter's part of the JSON, without conditions: a value or a dimension."""
        kind = self.text("kind", "fixed")
        if kind == "choice":
            return self._read_choice()
        if kind in RANGES:
            return self._read_range(kind)
        default = format_value(self.hyperparameter.default)
        return parse_value(self.hyperparameter, self.text("value", default))

    def _read_choice(self) -> dict[str, Any]:
        words = split_words(self.text("choices"))
        if not words:
            self.refuse("List at least one value, separated by commas.")
        return {"choice": [parse_value(self.hyperparameter, word) for word in words]}

    def _read_range(self, kind: str) -> dict[str, Any]:
        bounds = [self.text("low").strip(), self.text("high").strip()]
        if not all(bounds):
            self.refuse("Give the lowest and the highest value.")
        if any("," in bound for bound in bounds):
            self.refuse(USE_A_POINT)
        dimension: dict[str, Any] = {
            kind: [parse_value(self.hyperparameter, bound) for bound in bounds]
        }
        step = self.text("step").strip()
        if step:
            dimension["step"] = parse_value(self.hyperparameter, step)
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
        if entry != self.hyperparameter.default:
            return False
        was_sent = f"space.{self.hyperparameter.name}.value" in self.reader.fields
        return self.hyperparameter.new_default is None or not was_sent


def _parts_of(entry: object, hyperparameter: Hyperparameter) -> dict[str, str]:
    """The seven fields of one hyperparameter, by the last part of their names."""
    dimension: Mapping[str, Any] = entry if isinstance(entry, Mapping) else {"fixed": entry}
    kind = _kind_of(dimension)
    low, high = dimension[kind] if kind in RANGES else ("", "")
    return {
        "kind": kind,
        "value": format_value(dimension.get("fixed", hyperparameter.default)),
        "choices": ", ".join(format_value(value) for value in dimension.get("choice", [])),
        "low": format_value(low),
        "high": format_value(high),
        "step": format_value(dimension.get("step", "")),
        "when": _format_conditions(dimension.get("when") or {}),
    }


def _kind_of(dimension: Mapping[str, Any]) -> str:
    for kind in ("choice", *RANGES):
        if kind in dimension:
            return kind
    return "fixed"


def _format_conditions(conditions: Mapping[str, Any]) -> str:
    words = []
    for name, allowed in conditions.items():
        words.append(f"{name}={_format_allowed(allowed)}")
    return " ".join(words)


def _format_allowed(allowed: object) -> str:
    values = allowed if isinstance(allowed, list) else [allowed]
    return ",".join(format_value(value) for value in values)

"""A hyperparameter: what a search can vary, and how a row of the catalogue is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Value = str | int | float | bool
Kind = Literal["category", "integer", "number", "flag"]


@dataclass(frozen=True)
class Hyperparameter:
    """One thing that a search can vary.

    `low` and `high` are both included. `written_bounds`: the bounds that a range may be written
    with, where they are wider; what lies beyond `low` and `high` is cut off.
    `log`: its natural scale is logarithmic.
    `requires`: another hyperparameter and a number; active only while the other is at least that.
    `default`: its value where a stored search space leaves it out or its condition does not hold.
    `new_default`: its value where a new experiment leaves it out, unless that experiment may have
    the value `new_default_unless`, a hyperparameter and one of its values.
    """

    name: str
    label: str
    kind: Kind
    default: Value
    group: str
    help: str
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    log: bool = False
    requires: tuple[str, int] | None = None
    written_bounds: tuple[float, float] | None = None
    new_default: Value | None = None
    new_default_unless: tuple[str, Value] | None = None


Catalogue = Mapping[str, Hyperparameter]


def integer_row(
    name: str,
    label: str,
    default: int,
    bounds: tuple[int, int],
    group: str,
    help_text: str,
    *,
    log: bool = True,
    requires: tuple[str, int] | None = None,
) -> Hyperparameter:
    """A row of whole numbers; `bounds` are both included."""
    low, high = bounds
    return Hyperparameter(
        name,
        label,
        "integer",
        default,
        group,
        help_text,
        low=low,
        high=high,
        log=log,
        requires=requires,
    )


def category_row(
    name: str, label: str, choices: tuple[str, ...], default: str, group: str, help_text: str
) -> Hyperparameter:
    """A row of named choices."""
    return Hyperparameter(name, label, "category", default, group, help_text, choices=choices)

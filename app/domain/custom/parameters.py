"""What a program lets one search: hyperparameters of a catalogue with their search space."""

import ast
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.domain.custom.literals import Constants, CustomModelError, evaluate
from app.domain.custom.option_labels import label_options
from app.domain.literals.values import MAX_LISTED_VALUES, is_larger_than
from app.domain.search_space.catalogue import Hyperparameter, Kind, Value

MAX_PARAMETERS = 200  # of a program; a form has seven fields for each
MAX_OPTION_NODES = 5000  # of the tree of one value to choose
MAX_PARAMETER_MAGNITUDE = 1e12
MAX_PARAMETER_NAME_LENGTH = 40
MAX_PARAMETER_LABEL_LENGTH = 60
CHOICE_SEPARATORS = re.compile(r"[,;\s]")  # between the choices that a form lists


@dataclass(frozen=True)
class CustomParameter:
    """One parameter of a program.

    `key`: its name in the program; `hyperparameter.name`: its name in Foretune.
    `entry`: its entry in the JSON of a search space.
    `expressions`: the program's text of each value that is no plain one (a class, a dictionary).
    """

    key: str
    hyperparameter: Hyperparameter
    entry: object
    expressions: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in Foretune."""
        return self.hyperparameter.name

    def integer_bounds(self) -> tuple[int, int]:
        """The least and the most that an integer can be."""
        entry = self.entry
        if not isinstance(entry, Mapping):
            value = int(entry)  # type: ignore[call-overload]
            return value, value
        distributions = [key for key in entry if key != "step"]
        low, high = entry[distributions[0]]
        return int(low), int(high)

    def with_name(self, name: str) -> "CustomParameter":
        """The same parameter under another name in Foretune."""
        hyperparameter = replace(self.hyperparameter, name=name)
        return replace(self, hyperparameter=hyperparameter)

    def with_default(self, default: Value) -> "CustomParameter":
        """The same parameter with another default."""
        hyperparameter = replace(self.hyperparameter, default=default)
        return replace(self, hyperparameter=hyperparameter)

    def with_note(self, note: str) -> "CustomParameter":
        """The same parameter with a sentence more in its help."""
        help_text = f"{self.hyperparameter.help} {note}".strip()
        hyperparameter = replace(self.hyperparameter, help=help_text)
        return replace(self, hyperparameter=hyperparameter)

    def with_requirement(self, requires: tuple[str, int] | None) -> "CustomParameter":
        """The same parameter, active only while another one is at least a number."""
        hyperparameter = replace(self.hyperparameter, requires=requires)
        return replace(self, hyperparameter=hyperparameter)

    def with_condition(self, condition: Mapping[str, Sequence[Value]]) -> "CustomParameter":
        """The same parameter, active only while others, by their names, have certain values."""
        if not condition:
            return self
        entry = self.entry
        if not isinstance(entry, Mapping):
            entry = {"fixed": entry}
        return replace(self, entry={**entry, "when": dict(condition)})


def make_choice(
    key: str, options: Sequence[ast.expr], constants: Constants, default: object = None
) -> CustomParameter:
    """A choice among expressions; those without a plain value are shown as their text.

    Raises CustomModelError where there is nothing to choose from.
    """
    if not options:
        raise CustomModelError(f'"{key}" has no values to choose from.')
    count = len(options)
    if count > MAX_LISTED_VALUES:
        raise CustomModelError(
            f'"{key}" has {count:,} values to choose from; at most {MAX_LISTED_VALUES:,} can be '
            "searched."
        )
    values: list[Value] = []
    plain_values = []
    for position, option in enumerate(options, start=1):
        if is_larger_than(option, MAX_OPTION_NODES):
            raise CustomModelError(f'Value {position} of "{key}" is too long to be one of several.')
        plain_values.append(_plain_value(option, constants))
    expressions = _describe_options(options, plain_values)
    labels = iter(expressions)
    for plain_value in plain_values:
        values.append(next(labels) if plain_value is None else plain_value)
    kind = _common_kind(values)
    if kind == "category":
        for value in values:
            if not isinstance(value, str):
                expressions[str(value)] = repr(value)
        values = [str(value) for value in values]
    unique_values = list(dict.fromkeys(values))
    return _choice_parameter(key, kind, unique_values, default, expressions)


def _choice_parameter(
    key: str, kind: Kind, values: list[Value], default: object, expressions: Mapping[str, str]
) -> CustomParameter:
    start = values[0]
    if default in values:
        assert isinstance(default, str | int | float)
        start = default
    choices: tuple[str, ...] = ()
    if kind == "category":
        choices = tuple(str(value) for value in values)
    hyperparameter = _make_hyperparameter(key, kind, start, choices)
    entry: object = {"choice": values}
    if len(values) == 1:
        entry = values[0]
    return CustomParameter(key, hyperparameter, entry, expressions)


def make_choice_of_values(key: str, values: Sequence[object]) -> CustomParameter:
    """A choice among plain values."""
    options = [ast.Constant(value) for value in values]  # type: ignore[arg-type]
    return make_choice(key, options, {})


def refuse_many_parameters(count: int, line: int) -> None:
    """Raise CustomModelError where a program has more parameters than a form can hold."""
    if count > MAX_PARAMETERS:
        raise CustomModelError(
            f"The file asks for more hyperparameters than can be searched: over {MAX_PARAMETERS}.",
            line,
        )


def make_range(
    key: str,
    low: float,
    high: float,
    *,
    is_integer: bool,
    log: bool = False,
    step: float | None = None,
    default: object = None,
) -> CustomParameter:
    """A range with both ends included. Raises CustomModelError where it cannot be searched."""
    is_searchable = -MAX_PARAMETER_MAGNITUDE <= low <= high <= MAX_PARAMETER_MAGNITUDE
    if log and low <= 0:
        is_searchable = False
    if not is_searchable:
        raise CustomModelError(
            f'"{key}" ranges from {low:g} to {high:g}, which cannot be searched.'
        )
    kind: Kind = "number"
    number_type: type[int] | type[float] = float
    if is_integer:
        kind = "integer"
        number_type = int
    start = number_type(low)
    if isinstance(default, int | float) and not isinstance(default, bool):
        start = number_type(default)
    hyperparameter = _make_hyperparameter(key, kind, start, log=log)
    if low == high:
        return CustomParameter(key, hyperparameter, number_type(low))
    distribution = _distribution(is_integer, log)
    ends = [number_type(low), number_type(high)]
    entry: dict[str, object] = {distribution: ends}
    is_default_step = is_integer and step == 1
    if step is not None and not is_default_step:
        entry["step"] = number_type(step)
    return CustomParameter(key, hyperparameter, entry)


def _distribution(is_integer: bool, log: bool) -> str:
    """The key of a range in the JSON of a search space."""
    if log:
        return "loguniform"
    if is_integer:
        return "integer"
    return "uniform"


def to_identifier(key: str) -> str:
    """A program's name as one word of letters, digits and underscores."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", key)
    identifier = words.strip("_")[:MAX_PARAMETER_NAME_LENGTH]
    if not identifier or identifier[0].isdigit():
        return f"p_{identifier}"
    return identifier


def _make_hyperparameter(
    key: str, kind: Kind, default: Value, choices: tuple[str, ...] = (), *, log: bool = False
) -> Hyperparameter:
    name = to_identifier(key)
    help_text = ""
    if name != key:
        help_text = f'The file calls it "{key}".'
    return Hyperparameter(
        name=name,
        label=key[:MAX_PARAMETER_LABEL_LENGTH],
        kind=kind,
        default=default,
        group="",
        help=help_text,
        low=-MAX_PARAMETER_MAGNITUDE,
        high=MAX_PARAMETER_MAGNITUDE,
        choices=choices,
        log=log,
    )


def _common_kind(values: Sequence[object]) -> Kind:
    """The kind of hyperparameter that has all these values."""
    types = {type(value) for value in values}
    if types == {bool}:
        return "flag"
    if types == {int}:
        return "integer"
    if types <= {int, float}:
        return "number"
    return "category"


def _plain_value(node: ast.expr, constants: Constants) -> Value | None:
    """A text, number or flag that a form can list among others; None for anything else."""
    try:
        value = evaluate(node, constants)
    except CustomModelError:
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if not isinstance(value, str | int | float):
        return None
    if value == "":
        return None
    if isinstance(value, str) and CHOICE_SEPARATORS.search(value):
        return None
    return value


def _describe_options(
    options: Sequence[ast.expr], plain_values: Sequence[Value | None]
) -> dict[str, str]:
    """The text of each option without a plain value, by what a form calls it."""
    nodes = []
    taken = []
    for option, plain_value in zip(options, plain_values, strict=True):
        if plain_value is None:
            nodes.append(option)
        else:
            taken.append(str(plain_value))
    labels = label_options(nodes, taken)
    return {label: ast.unparse(node) for label, node in zip(labels, nodes, strict=True)}

"""Calls of Keras Tuner's HyperParameters, such as `hp.Int("units", 4, 16)`, as parameters."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from app.domain.custom.hp_names import evaluate_name
from app.domain.custom.literals import CustomModelError, last_name
from app.domain.custom.parameters import CustomParameter, make_choice, make_range
from app.domain.literals.values import MAX_LISTED_VALUES, MAX_LITERAL, drop_rounding_error
from app.domain.search_space.catalogue import Value

CONDITION = ("parent_name", "parent_values")
NUMBER_ARGUMENTS = ("name", "min_value", "max_value", "step", "sampling", "default", *CONDITION)
HP_METHODS = {
    "Int": NUMBER_ARGUMENTS,
    "Float": NUMBER_ARGUMENTS,
    "Choice": ("name", "values", "ordered", "default", *CONDITION),
    "Boolean": ("name", "default", *CONDITION),
    "Fixed": ("name", "value", *CONDITION),
}
SAMPLINGS = ("linear", "log", "reverse_log")
STEP_TOLERANCE = 1e-8  # of a step: what floating point may take from the number of steps
REVERSE_LOG_NOTE = "The file samples it with reverse_log; here it is drawn evenly."

Evaluate = Callable[[ast.expr], object]  # an expression's plain value; raises CustomModelError


@dataclass(frozen=True)
class HpCall:
    """One call. `arguments`: by name; `evaluate`: with what the names in them stand for.

    `prefix`: of the hyperparameter's name, from the name scopes around the call.
    """

    node: ast.Call
    arguments: Mapping[str, ast.expr]
    evaluate: Evaluate
    prefix: str = ""

    @classmethod
    def parse(cls, node: ast.Call, evaluate: Evaluate, prefix: str = "") -> "HpCall":
        """A call of one of the methods in HP_METHODS. Raises CustomModelError with its line."""
        try:
            arguments = collect_arguments(node, HP_METHODS[last_name(node.func)], evaluate)
        except CustomModelError as error:
            raise error.at_line(node.lineno) from None
        return cls(node, arguments, evaluate, prefix)

    @property
    def method(self) -> str:
        """The name of the method, such as Int."""
        return last_name(self.node.func)

    def key(self) -> str:
        """The hyperparameter's name in the program. Raises CustomModelError with a line."""
        try:
            return self.prefix + evaluate_name(self._required("name"), self.evaluate)
        except CustomModelError as error:
            raise error.at_line(self.node.lineno) from None

    def parent(self) -> tuple[str, object] | None:
        """The hyperparameter it depends on, and the values that one must have."""
        if "parent_name" not in self.arguments:
            return None
        name = evaluate_name(self._required("parent_name"), self.evaluate)
        values = self._argument("parent_values")
        return self.prefix + name, values

    def to_parameter(self) -> CustomParameter:
        """The parameter that is asked for. Raises CustomModelError with a line."""
        key = self.key()
        try:
            match self.method:
                case "Choice":
                    return self._to_choice(key)
                case "Boolean":
                    parameter = _choose(key, [False, True])
                    return parameter.with_default(bool(self._argument("default")))
                case "Fixed":
                    self._required("value")
                    return _choose(key, [self._argument("value")])
                case method:
                    return self._to_range(key, is_integer=method == "Int")
        except CustomModelError as error:
            raise error.at_line(self.node.lineno) from None

    def _to_range(self, key: str, *, is_integer: bool) -> CustomParameter:
        low = self._number(key, "min_value")
        high = self._number(key, "max_value")
        sampling = str(self._argument("sampling") or "linear").lower()
        if sampling not in SAMPLINGS:
            raise CustomModelError(
                f'The sampling of "{key}" is "{sampling}"; Keras Tuner has {", ".join(SAMPLINGS)}.'
            )
        default = self._argument("default")
        step = None
        if self._argument("step") is not None:
            step = self._number(key, "step")
        if step is not None and sampling != "linear":
            values = _multiply(key, low, high, step)
            if sampling == "reverse_log":
                values = [_round_digits(low + high - value) for value in reversed(values)]
            if is_integer:
                values = [int(value) for value in values]
            return _choose(key, values, default)
        if step is not None:
            high = _last_step(key, low, high, step)
        parameter = make_range(
            key,
            low,
            high,
            is_integer=is_integer,
            log=sampling == "log",
            step=step if high > low else None,
            default=default,
        )
        if sampling == "reverse_log":
            return _add_help(parameter, REVERSE_LOG_NOTE)
        return parameter

    def _to_choice(self, key: str) -> CustomParameter:
        values = self._listed_values(key)
        if isinstance(values, dict | set):
            values = list(values)
        if not isinstance(values, list | tuple):
            raise CustomModelError(f'The values of "{key}" must be a list.')
        return _choose(key, values, self._argument("default"))

    def _listed_values(self, key: str) -> object:
        """The values to choose from. Raises CustomModelError that names the one to change."""
        node = self._required("values")
        if not isinstance(node, ast.List | ast.Tuple):
            return self.evaluate(node)
        try:
            return self.evaluate(node)
        except CustomModelError:
            for position, part in enumerate(node.elts, start=1):
                self._refuse_unknown(key, position, part)
            raise

    def _refuse_unknown(self, key: str, position: int, part: ast.expr) -> None:
        try:
            if not isinstance(part, ast.Starred):
                self.evaluate(part)
        except CustomModelError as error:
            raise CustomModelError(
                f'Value {position} of "{key}" is no text, number or flag, and Keras Tuner takes '
                f"no others. {error.message}"
            ) from None

    def _required(self, name: str) -> ast.expr:
        argument = self.arguments.get(name)
        if argument is None:
            raise CustomModelError(f"hp.{self.method} needs {name}.")
        return argument

    def _number(self, key: str, name: str) -> float:
        """A number that must be plain. Raises CustomModelError that names the hyperparameter."""
        argument = self._required(name)
        try:
            value = self.evaluate(argument)
        except CustomModelError as error:
            message = f'The {name} of "{key}" must be a plain number. {error.message}'
            raise CustomModelError(message) from None
        if isinstance(value, bool) or not isinstance(value, int | float):
            text = ast.unparse(argument)[:MAX_QUOTED]
            raise CustomModelError(f'The {name} of "{key}" must be a number, not {text}.')
        if not abs(value) <= MAX_LITERAL:  # NaN is refused, too
            raise CustomModelError(
                f'The {name} of "{key}" cannot be parsed: it is no usual number.'
            )
        return value

    def _argument(self, name: str) -> object:
        argument = self.arguments.get(name)
        if argument is None:
            return None
        return self.evaluate(argument)


MAX_QUOTED = 60  # characters of an argument that an error message quotes


def collect_arguments(
    node: ast.Call, names: tuple[str, ...], evaluate: Evaluate
) -> dict[str, ast.expr]:
    """The arguments of a call by name, with the values of *list and **dictionary in them."""
    positional: list[ast.expr] = []
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            values = evaluate(argument.value)
            if not isinstance(values, list | tuple):
                raise CustomModelError(f'"*{ast.unparse(argument.value)}" must be a list.')
            positional += [_constant(value) for value in values]
        else:
            positional.append(argument)
    arguments = dict(zip(names, positional, strict=False))
    for keyword in node.keywords:
        if keyword.arg is not None:
            arguments[keyword.arg] = keyword.value
            continue
        items = evaluate(keyword.value)
        if not isinstance(items, dict):
            raise CustomModelError(f'"**{ast.unparse(keyword.value)}" must be a dictionary.')
        for key, value in items.items():
            arguments[str(key)] = _constant(value)
    return arguments


def _constant(value: object) -> ast.expr:
    return ast.Constant(value)  # type: ignore[arg-type]


def _choose(key: str, values: object, default: object = None) -> CustomParameter:
    """A choice among plain values. Its default is the first value where it is none of them."""
    assert isinstance(values, list | tuple)
    options = [_constant(value) for value in values]
    parameter = make_choice(key, options, {}, default)
    if default is None:
        return parameter
    for value in values_of(parameter):
        program_value = value_in_program(parameter, value)
        if type(program_value) is type(default) and program_value == default:
            return parameter.with_default(value)
    return parameter


def values_of(parameter: CustomParameter) -> list[Value]:
    """All values of a parameter; none where they are too many to be listed."""
    entry = parameter.entry
    if not isinstance(entry, Mapping):
        return [entry]  # type: ignore[list-item]
    if "fixed" in entry:
        return [entry["fixed"]]
    if "choice" in entry:
        return list(entry["choice"])
    if "integer" not in entry:
        return []
    low, high = parameter.integer_bounds()
    numbers = range(low, high + 1, int(entry.get("step", 1)))
    if len(numbers) > MAX_LISTED_VALUES:
        return []
    return list(numbers)


def value_in_program(parameter: CustomParameter, value: Value) -> object:
    """What the program gets for a value of a parameter of plain values."""
    text = parameter.expressions.get(str(value))
    if text is None:
        return value
    return ast.literal_eval(text)


def _multiply(key: str, low: float, high: float, factor: float) -> list[float]:
    """`low`, `low` times the factor and so on, up to `high`: a step on a log scale."""
    if factor <= 1:
        raise CustomModelError(
            f'The step of "{key}" multiplies on a log scale: it must be above 1, not {factor:g}.'
        )
    if not 0 < low <= high:
        raise CustomModelError(
            f'"{key}" ranges from {low:g} to {high:g}, but a log scale must start above 0.'
        )
    n_steps = math.log(high / low) / math.log(factor)
    last = math.floor(n_steps + STEP_TOLERANCE)
    if last >= MAX_LISTED_VALUES:
        raise CustomModelError(f'"{key}" has {last + 1:,} values: too many to be listed.')
    return [_round_digits(low * factor**index) for index in range(last + 1)]


def _last_step(key: str, low: float, high: float, step: float) -> float:
    """The last value of steps of equal width that start at `low`."""
    if step <= 0:
        raise CustomModelError(f'The step of "{key}" must be above 0, not {step:g}.')
    n_steps = math.floor((high - low) / step + STEP_TOLERANCE)
    if n_steps > 0:
        return high
    return low


def _round_digits(number: float) -> float:
    """A number without the last digits that floating point adds; whole where it was whole."""
    if isinstance(number, int):
        return number
    return drop_rounding_error(number)


def _add_help(parameter: CustomParameter, note: str) -> CustomParameter:
    row = parameter.hyperparameter
    help_text = f"{row.help} {note}".strip()
    return replace(parameter, hyperparameter=replace(row, help=help_text))

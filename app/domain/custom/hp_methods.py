"""Calls of Keras Tuner's HyperParameters, such as `hp.Int("units", 4, 16)`, as parameters."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from app.domain.custom.literals import (
    Constants,
    CustomModelError,
    evaluate,
    evaluate_number,
    keyword_arguments,
    last_name,
    list_options,
)
from app.domain.custom.parameters import (
    CustomParameter,
    make_choice,
    make_choice_of_values,
    make_range,
)

HP_METHODS = {
    "Int": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Float": ("name", "min_value", "max_value", "step", "sampling", "default"),
    "Choice": ("name", "values", "ordered", "default"),
    "Boolean": ("name", "default"),
}


@dataclass(frozen=True)
class HpCall:
    """One call. `arguments`: by name; `constants`: what names in them stand for."""

    node: ast.Call
    arguments: Mapping[str, ast.expr]
    constants: Constants

    @classmethod
    def parse(cls, node: ast.Call, constants: Constants) -> "HpCall":
        """A call of one of the methods in HP_METHODS."""
        method = last_name(node.func)
        positional_arguments = zip(HP_METHODS[method], node.args, strict=False)
        arguments = dict(positional_arguments)
        arguments |= keyword_arguments(node)
        return cls(node, arguments, constants)

    @property
    def method(self) -> str:
        """The name of the method, such as Int."""
        return last_name(self.node.func)

    def key(self) -> str:
        """The hyperparameter's name in the program. Raises CustomModelError with a line."""
        try:
            return _evaluate_name(self._required("name"), self.constants)
        except CustomModelError as error:
            raise error.at_line(self.node.lineno) from None

    def to_parameter(self) -> CustomParameter:
        """The parameter that is asked for. Raises CustomModelError with a line."""
        try:
            match self.method:
                case "Choice":
                    return self._to_choice()
                case "Boolean":
                    return self._to_flag()
                case method:
                    return self._to_range(is_integer=method == "Int")
        except CustomModelError as error:
            raise error.at_line(self.node.lineno) from None

    def _to_range(self, *, is_integer: bool) -> CustomParameter:
        low = self._required_number("min_value")
        high = self._required_number("max_value")
        step = self._optional("step")
        sampling = str(self._optional("sampling"))
        log = sampling.lower() == "log"
        default = self._optional("default")
        even_step = None
        if isinstance(step, int | float) and not log and 0 < step <= high - low:
            even_step = float(step)
        return make_range(
            self.key(),
            low,
            high,
            is_integer=is_integer,
            log=log,
            step=even_step,
            default=default,
        )

    def _to_choice(self) -> CustomParameter:
        default = self._optional("default")
        options = list_options(self._required("values"), self.constants)
        return make_choice(self.key(), options, self.constants, default)

    def _to_flag(self) -> CustomParameter:
        parameter = make_choice_of_values(self.key(), [False, True])
        default = self._optional("default")
        return parameter.with_default(bool(default))

    def _required(self, name: str) -> ast.expr:
        argument = self.arguments.get(name)
        if argument is None:
            raise CustomModelError(f"hp.{self.method} needs {name}.")
        return argument

    def _required_number(self, name: str) -> float:
        argument = self._required(name)
        return evaluate_number(argument, self.constants)

    def _optional(self, name: str) -> object:
        argument = self.arguments.get(name)
        if argument is None:
            return None
        return evaluate(argument, self.constants)


def _evaluate_name(node: ast.expr, constants: Constants) -> str:
    """A hyperparameter's name, often made of a text and the number of a loop."""
    match node:
        case ast.JoinedStr():
            parts = [_evaluate_name(part, constants) for part in node.values]
            return "".join(parts)
        case ast.FormattedValue():
            return str(evaluate(node.value, constants))
        case ast.BinOp(op=ast.Add()):
            left = _evaluate_name(node.left, constants)
            right = _evaluate_name(node.right, constants)
            return left + right
        case ast.Call(args=[argument]) if last_name(node.func) == "str":
            return str(evaluate(argument, constants))
    return str(evaluate(node, constants))

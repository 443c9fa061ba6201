"""The names that a Keras Tuner program gives its hyperparameters: texts, often with a number."""

import ast
from collections.abc import Callable
from string import Formatter

from app.domain.custom.literals import CustomModelError, last_name

Evaluate = Callable[[ast.expr], object]
MAX_NAME_LENGTH = 500  # characters
MAX_QUOTED = 40  # characters of a name that an error message quotes
MAX_WIDTH_DIGITS = 3
CONVERSIONS: dict[int, Callable[[object], str]] = {ord("r"): repr, ord("s"): str, ord("a"): ascii}


def evaluate_name(node: ast.expr, evaluate: Evaluate) -> str:
    """The text of an expression such as `f"units_{i}"` or `"units_" + str(i)`.

    Raises CustomModelError for a name that is known only when the program is run.
    """
    name = _text_of(node, evaluate)
    if len(name) > MAX_NAME_LENGTH:
        raise CustomModelError(f'The name "{name[:MAX_QUOTED]}…" is too long.')
    return name


def _text_of(node: ast.expr, evaluate: Evaluate) -> str:
    match node:
        case ast.JoinedStr():
            parts = [_text_of(part, evaluate) for part in node.values]
            return "".join(parts)
        case ast.FormattedValue():
            return _format_value(node, evaluate)
        case ast.BinOp(op=ast.Add()):
            left = _text_of(node.left, evaluate)
            right = _text_of(node.right, evaluate)
            return left + right
        case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str(template))):
            return _fill_percents(template, evaluate(node.right))
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(template)), attr="format")):
            return _fill_braces(template, node, evaluate)
        case ast.Call(args=[argument]) if last_name(node.func) == "str":
            return str(evaluate(argument))
    return str(evaluate(node))


def _format_value(node: ast.FormattedValue, evaluate: Evaluate) -> str:
    """One value in the braces of an f-string, such as `{i}`, `{i!r}` or `{i:02d}`."""
    value = evaluate(node.value)
    if node.conversion in CONVERSIONS:
        value = CONVERSIONS[node.conversion](value)
    if node.format_spec is None:
        return str(value)
    specification = _text_of(node.format_spec, evaluate)
    return _format("{:" + specification + "}", value)


def _fill_percents(template: str, values: object) -> str:
    """A template such as "units_%d" with its values. A width must be written in it."""
    _refuse_wide(template)
    if "*" in template:
        raise _unreadable(template)
    if not isinstance(values, str | int | float | tuple):
        raise _unreadable(template)
    try:
        return template % values
    except (TypeError, ValueError):
        raise _unreadable(template) from None


def _fill_braces(template: str, call: ast.Call, evaluate: Evaluate) -> str:
    values = [evaluate(argument) for argument in call.args]
    named_values = {}
    for keyword in call.keywords:
        if keyword.arg is not None:
            named_values[keyword.arg] = evaluate(keyword.value)
    return _format(template, *values, **named_values)


def _format(template: str, *values: object, **named_values: object) -> str:
    """A template filled in with plain values; attributes and items of them are not looked up."""
    _refuse_wide(template)
    for value in (*values, *named_values.values()):
        if not isinstance(value, str | int | float):
            raise _unreadable(template)
    try:
        for _, name, specification, _ in Formatter().parse(template):
            is_plain = not name or name.isidentifier() or name.isdecimal()
            if not is_plain or "{" in (specification or ""):
                raise _unreadable(template)
        return template.format(*values, **named_values)
    except (IndexError, KeyError, ValueError) as error:
        if isinstance(error, CustomModelError):
            raise
        raise _unreadable(template) from None


def _unreadable(template: str) -> CustomModelError:
    start = template[:MAX_QUOTED]
    return CustomModelError(f'The name "{start}" cannot be filled in without running the program.')


def _refuse_wide(template: str) -> None:
    """Raise CustomModelError for a width of four digits and more, which would fill the memory."""
    n_digits = 0
    for character in template:
        n_digits += 1
        if not character.isdecimal():
            n_digits = 0
        if n_digits > MAX_WIDTH_DIGITS:
            raise _unreadable(template)

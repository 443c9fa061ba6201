"""What stands in for `hp` while a program runs: it answers with the values of one trial."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from app.domain.custom.parameters import CustomParameter

Values = Mapping[str, Any]  # the program's own key -> its value in this trial


class HyperParameters:
    """Keras Tuner's `hp`. What the trial has no value for gets its default, as Keras Tuner gives it."""

    def __init__(self, values: Values) -> None:
        self.values = dict(values)

    def Int(
        self,
        name: str,
        min_value: int,
        max_value: int,
        *_: Any,
        default: int | None = None,
        **__: Any,
    ) -> int:
        """A whole number."""
        return int(self._answer(name, min_value if default is None else default))

    def Float(
        self,
        name: str,
        min_value: float,
        max_value: float,
        *_: Any,
        default: float | None = None,
        **__: Any,
    ) -> float:
        """A number."""
        return float(self._answer(name, min_value if default is None else default))

    def Choice(
        self, name: str, values: Sequence[Any], ordered: bool | None = None, default: Any = None
    ) -> Any:
        """One of several values."""
        return self._answer(name, values[0] if default is None else default)

    def Boolean(self, name: str, default: bool = False, **_: Any) -> bool:
        """Yes or no."""
        return bool(self._answer(name, default))

    def Fixed(self, name: str, value: Any, **_: Any) -> Any:
        """Always the same."""
        return self._answer(name, value)

    def get(self, name: str) -> Any:
        """A value by name."""
        return self.values[name]

    @contextmanager
    def conditional_scope(self, *_: Any) -> Iterator[None]:
        """What is asked inside is asked as anywhere."""
        yield

    name_scope = conditional_scope

    def _answer(self, name: str, default: Any) -> Any:
        return self.values.setdefault(name, default)


class Space:
    """hyperopt's `hp`: each expression is the value chosen for its label. Branches not taken come out as None."""

    def __init__(self, values: Values, parameters: Sequence[CustomParameter]) -> None:
        self.values = values
        self.choices = {parameter.key: parameter.row.choices for parameter in parameters}

    def choice(self, label: str, options: Sequence[Any]) -> Any:
        """The option that was chosen, with what is chosen inside it."""
        value, shown = self.values.get(label), self.choices.get(label, ())
        return (
            options[shown.index(value)] if value in shown and len(shown) == len(options) else value
        )

    def pchoice(self, label: str, options: Sequence[tuple[float, Any]]) -> Any:
        """As `choice`, of pairs of a probability and an option."""
        return self.choice(label, [option for _, option in options])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda label, *_: self.values.get(label)


class Scope:
    """hyperopt.pyll's `scope`, of which spaces use `int`."""

    @staticmethod
    def int(value: Any) -> Any:
        """A whole number."""
        return None if value is None else int(value)

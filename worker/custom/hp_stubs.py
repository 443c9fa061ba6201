"""What stands in for Keras Tuner's `hp` while a program runs: the values of one trial."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

Values = Mapping[str, Any]  # of a trial, by the program's names


class HyperParameters:
    """Keras Tuner's `hp`. What the trial has no value for gets its default, as in Keras Tuner."""

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
        """An integer."""
        if default is None:
            default = min_value
        return int(self._value(name, default))

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
        if default is None:
            default = min_value
        return float(self._value(name, default))

    def Choice(
        self, name: str, values: Sequence[Any], ordered: bool | None = None, default: Any = None
    ) -> Any:
        """One of several values."""
        if default is None:
            default = values[0]
        return self._value(name, default)

    def Boolean(self, name: str, default: bool = False, **_: Any) -> bool:
        """True or False."""
        value = self._value(name, default)
        return bool(value)

    def Fixed(self, name: str, value: Any, **_: Any) -> Any:
        """Always the same value."""
        return self._value(name, value)

    def get(self, name: str) -> Any:
        """The value of a hyperparameter that the program has asked for before."""
        return self.values[name]

    @contextmanager
    def conditional_scope(self, *_: Any) -> Iterator[None]:
        """Makes no difference: what is asked for inside has its value or its default."""
        yield

    name_scope = conditional_scope

    def _value(self, name: str, default: Any) -> Any:
        return self.values.setdefault(name, default)

"""What stands in for Keras Tuner while a program runs: it returns the values of one trial."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from worker.custom.errors import ProgramError

Values = Mapping[str, Any]  # of a trial, by the program's names


class HyperParameters:
    """Keras Tuner's `hp`. What the trial has no value for gets its default, as in Keras Tuner.

    `keys`: the names of all hyperparameters that the server has read in the program.
    """

    def __init__(self, values: Values | None = None, keys: Collection[str] | None = None) -> None:
        self.values = dict(values or {})
        self._keys = keys
        self._prefix = ""

    def Int(
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: str | None = None,
        default: int | None = None,
        **_: Any,
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
        step: float | None = None,
        sampling: str | None = None,
        default: float | None = None,
        **_: Any,
    ) -> float:
        """A number."""
        if default is None:
            default = min_value
        return float(self._value(name, default))

    def Choice(
        self,
        name: str,
        values: Collection[Any],
        ordered: bool | None = None,
        default: Any = None,
        **_: Any,
    ) -> Any:
        """One of several values."""
        if default is None:
            default = next(iter(values))
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
        return self.values[self._prefix + name]

    __getitem__ = get

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self.values

    @contextmanager
    def conditional_scope(self, *_: Any, **__: Any) -> Iterator[None]:
        """Makes no difference: what is asked for inside has its value or its default."""
        yield

    @contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Puts a name before those of the hyperparameters that are asked for inside."""
        prefix = self._prefix
        self._prefix += f"{name}/"
        try:
            yield
        finally:
            self._prefix = prefix

    def _value(self, name: str, default: Any) -> Any:
        key = self._prefix + name
        if self._keys is not None and key not in self._keys:
            raise ProgramError(
                f'The program asks hp for "{key}", which was not found when its text was read, '
                "so no search could vary it. Write its name as a text, or in a plain loop."
            )
        return self.values.setdefault(key, default)


class HyperModel:
    """Keras Tuner's base class of hypermodels."""

    def __init__(self, name: str | None = None, tunable: bool = True) -> None:
        self.name = name
        self.tunable = tunable

    def fit(self, hp: HyperParameters, model: Any, *arguments: Any, **named: Any) -> Any:
        """As in Keras Tuner: the model fits itself."""
        return model.fit(*arguments, **named)


class KerasTuner:
    """The package, of which programs need the class HyperModel when they build a model."""

    HyperModel = HyperModel
    HyperParameters = HyperParameters
    HyperParameter = HyperParameters

    def __getattr__(self, name: str) -> Any:
        """Other parts of the package: modules, tuners and the like, of which nothing is used."""
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unused if name[:1].isupper() else KerasTuner()


class _Unused:
    """Stands in for a class of Keras Tuner that no model needs, such as a tuner or an objective."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

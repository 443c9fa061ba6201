"""A series, which is what is stored and trained on, and the error of a file that is none."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


NONE = "none"  # the value of a field for which nothing is chosen: no date column, no number


@dataclass(frozen=True)
class Choice:
    """A value that a field can be set to, and what that means: "%d/%m/%Y", "day before month"."""

    value: str
    label: str


class FileProblem(NamedTuple):
    """Why a file cannot be used: the field of the form that can solve it, and a sentence.

    choices: what the field can be set to, where the file itself does not decide.
    """

    field: str
    message: str
    choices: tuple[Choice, ...] = ()


class SeriesError(ValueError):
    """A file that cannot be used, with every problem in words."""

    def __init__(self, problems: Iterable[FileProblem]) -> None:
        self.problems = list(problems)
        messages = [problem.message for problem in self.problems]
        super().__init__(" ".join(messages))

    def __reduce__(self) -> tuple[type["SeriesError"], tuple[list[FileProblem]]]:
        """Pickle with all problems, for a file that another process reads."""
        return SeriesError, (self.problems,)

    @classmethod
    def at(cls, field: str, message: str) -> "SeriesError":
        """The error for a single problem."""
        problem = FileProblem(field, message)
        return cls([problem])


@dataclass(frozen=True, eq=False)
class Series:
    """The numbers of a dataset.

    dates: datetime64[us], shape (rows,), strictly increasing.
    values: shape (rows, columns), finite.
    target: one of the columns.
    """

    dates: Dates
    columns: tuple[str, ...]
    values: Floats
    target: str

    def to_bytes(self) -> bytes:
        """NumPy's npz, without pickle."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            allow_pickle=False,
            dates=self._microseconds,
            columns=np.array(self.columns),
            values=self.values,
            target=np.array(self.target),
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Series":
        """The inverse of `to_bytes`."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            dates = arrays["dates"]
            columns = [str(name) for name in arrays["columns"]]
            return cls(
                dates=dates.astype("datetime64[us]"),
                columns=tuple(columns),
                values=arrays["values"],
                target=str(arrays["target"]),
            )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that can change a training: dates, columns, values and target."""
        names = repr((self.columns, self.target))
        values = np.ascontiguousarray(self.values)
        digest = sha256()
        digest.update(names.encode())
        digest.update(self._microseconds.tobytes())
        digest.update(values.tobytes())
        return digest.hexdigest()

    @cached_property
    def target_values(self) -> Floats:
        """The target, shape (rows,)."""
        column = self.columns.index(self.target)
        values = self.values[:, column]
        return np.ascontiguousarray(values)

    @property
    def _microseconds(self) -> NDArray[np.int64]:
        dates = self.dates.astype("datetime64[us]")
        return dates.astype(np.int64)

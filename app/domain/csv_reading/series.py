"""A series, which is what is stored and trained on, and the error of a file that is none."""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.domain.next_date import append_next_dates

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
Cells = NDArray[np.int64]


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


def no_cells() -> Cells:
    """The cells of a series of which no value was filled."""
    return np.empty((0, 2), np.int64)


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
class FutureRows:
    """Rows after the last one of a series, in which the columns known ahead have values.

    dates: datetime64[us], shape (rows,), strictly increasing.
    values: shape (rows, columns known ahead), finite.
    """

    dates: Dates
    values: Floats


@dataclass(frozen=True, eq=False)
class Series:
    """The numbers of a dataset.

    dates: datetime64[us], shape (rows,), strictly increasing.
    values: shape (rows, columns), finite.
    target: one of the columns.
    known_ahead: others of them, whose values are known for the rows to forecast.
    future: None where the file ends with the last row of the target.
    filled_cells: row and column of each value that the file lacks, (cells, 2).
    """

    dates: Dates
    columns: tuple[str, ...]
    values: Floats
    target: str
    known_ahead: tuple[str, ...] = ()
    future: FutureRows | None = None
    filled_cells: Cells = field(default_factory=no_cells)

    def to_bytes(self) -> bytes:
        """NumPy's npz, without pickle."""
        arrays = {
            "dates": self._microseconds,
            "columns": np.array(self.columns),
            "values": self.values,
            "target": np.array(self.target),
        }
        if self.known_ahead:
            arrays["known_ahead"] = np.array(self.known_ahead)
        if self.future is not None:
            arrays["future_dates"] = _to_microseconds(self.future.dates)
            arrays["future_values"] = self.future.values
        if len(self.filled_cells):
            arrays["filled_cells"] = self.filled_cells
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Series":
        """The inverse of `to_bytes`."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            dates = arrays["dates"]
            columns = [str(name) for name in arrays["columns"]]
            known_ahead = [str(name) for name in arrays.get("known_ahead", ())]
            return cls(
                dates=dates.astype("datetime64[us]"),
                columns=tuple(columns),
                values=arrays["values"],
                target=str(arrays["target"]),
                known_ahead=tuple(known_ahead),
                future=_read_future(arrays),
                filled_cells=arrays.get("filled_cells", no_cells()),
            )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of everything that is stored, and so of everything that can change a training."""
        names = repr((self.columns, self.target))
        values = np.ascontiguousarray(self.values)
        digest = sha256()
        digest.update(names.encode())
        digest.update(self._microseconds.tobytes())
        digest.update(values.tobytes())
        if self.known_ahead:
            digest.update(repr(self.known_ahead).encode())
        if self.future is not None:
            digest.update(_to_microseconds(self.future.dates).tobytes())
            digest.update(np.ascontiguousarray(self.future.values).tobytes())
        if len(self.filled_cells):
            digest.update(self.filled_cells.tobytes())
        return digest.hexdigest()

    @cached_property
    def target_values(self) -> Floats:
        """The target, shape (rows,)."""
        column = self.columns.index(self.target)
        values = self.values[:, column]
        return np.ascontiguousarray(values)

    @cached_property
    def known_values(self) -> Floats:
        """What is known ahead, in all rows and those after them: (rows, columns known ahead)."""
        indices = [self.columns.index(name) for name in self.known_ahead]
        values = self.values[:, indices]
        if self.future is None:
            return values
        return np.vstack([values, self.future.values])

    @property
    def future_rows(self) -> int:
        """How many rows after the last one hold what is known ahead."""
        return 0 if self.future is None else len(self.future.dates)

    def dates_with(self, count: int) -> Dates:
        """The dates and those of `count` more rows, (rows + count,).

        These are the file's own as far as it has them, and go on in its rhythm.
        """
        known_dates = self.dates
        if self.future is not None:
            known_dates = np.concatenate([known_dates, self.future.dates])
        total = len(self.dates) + count
        missing = total - len(known_dates)
        if missing > 0:
            known_dates = append_next_dates(known_dates, missing)
        return known_dates[:total]

    @property
    def _microseconds(self) -> NDArray[np.int64]:
        return _to_microseconds(self.dates)


def _read_future(arrays: Mapping[str, NDArray[Any]]) -> FutureRows | None:
    if "future_dates" not in arrays:
        return None
    dates = arrays["future_dates"].astype("datetime64[us]")
    return FutureRows(dates, arrays["future_values"])


def _to_microseconds(dates: Dates) -> NDArray[np.int64]:
    return dates.astype("datetime64[us]").astype(np.int64)

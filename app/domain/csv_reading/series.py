"""A series: rows in time order, feature columns, one of them the target. What is stored and trained on."""

import io
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


class SeriesError(ValueError):
    """Why a file cannot be used, as (field, message) pairs in words."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(" ".join(message for _, message in problems))
        self.problems = problems


@dataclass(frozen=True, eq=False)
class Series:
    """dates: datetime64[us] (rows,), strictly increasing; values: (rows, columns); target: one of the columns."""

    dates: Dates
    columns: tuple[str, ...]
    values: Floats
    target: str

    def to_bytes(self) -> bytes:
        """NumPy's npz, no pickle."""
        buffer = io.BytesIO()
        np.savez(
            buffer,
            allow_pickle=False,
            dates=self.dates.astype("datetime64[us]").astype(np.int64),
            columns=np.array(self.columns),
            values=self.values,
            target=np.array(self.target),
        )
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Series":
        """The inverse of `to_bytes`."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(
                dates=arrays["dates"].astype("datetime64[us]"),
                columns=tuple(str(name) for name in arrays["columns"]),
                values=arrays["values"],
                target=str(arrays["target"]),
            )

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of all that a training could notice."""
        found = sha256(repr((self.columns, self.target)).encode())
        found.update(self.dates.astype("datetime64[us]").astype(np.int64).tobytes())
        found.update(np.ascontiguousarray(self.values).tobytes())
        return found.hexdigest()

    @cached_property
    def target_values(self) -> Floats:
        """The target, shape (rows,)."""
        return np.ascontiguousarray(self.values[:, self.columns.index(self.target)])

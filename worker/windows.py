"""A dataset as a network sees it: scaled rows and the row numbers to predict; windows themselves are never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.terms import Part
from worker.scaling import Scaler, changes, positive_columns


@dataclass(frozen=True)
class Prepared:
    """One dataset seen through one set of parameters. The window of row t is rows [t - time_steps, t)."""

    inputs: np.ndarray  # float32 (rows, features), scaled
    targets: np.ndarray  # float32 (rows,), scaled transformed target of row t
    train: (
        np.ndarray
    )  # int32: rows predicted in training; whole batches unless shuffled, then trimmed each epoch
    validation: np.ndarray  # int32: every row of the part
    test: np.ndarray  # int32: every row of the part
    settings: dict[str, Any]  # JSON: all that a stand-alone predict needs
    actual: np.ndarray  # float64 (rows,), the target in CSV units

    def invert(self, predicted: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Network outputs (n,) for `rows` (n,) in CSV units, float64. Changes are added to the actual row before."""
        change: np.ndarray = (
            np.asarray(predicted, np.float64) * self.settings["target_scale"]
            + self.settings["target_offset"]
        )
        if self.settings["transform"] == "level":
            return change
        before: np.ndarray = self.actual[np.asarray(rows) - 1]
        if self.settings["transform"] == "difference":
            return np.asarray(before + change)
        with np.errstate(over="ignore", invalid="ignore"):
            forecast: np.ndarray = before * np.exp(change)
        return forecast

    def judged(self, predicted: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
        """Of network outputs (n,) for `rows` (n,): mean squared error in scaled units, and its root in CSV units."""
        with np.errstate(over="ignore", invalid="ignore"):
            loss = float(np.mean((predicted.astype(np.float64) - self.targets[rows]) ** 2))
            errors = self.invert(predicted, rows) - self.actual[rows]
            return loss, float(np.sqrt(np.mean(errors**2)))


def prepare(
    values: np.ndarray,
    target_index: int,
    parameters: Mapping[str, Any],
    parts: Mapping[Part, range],
    columns: Sequence[str],
) -> Prepared:
    """Transform and scale float64 (rows, features). Scalers see the train part alone."""
    transform, scaling = str(parameters["target"]), str(parameters["scaling"])
    level, train = transform == "level", parts[Part.TRAIN]
    first = 0 if level else 1
    logarithmic = np.zeros(values.shape[1], bool) if level else positive_columns(values)
    seen = values if level else changes(values, logarithmic)
    wanted = target_column(values, target_index, transform)
    fitted = slice(max(train.start, first), train.stop)
    inputs, targets = Scaler.fit(seen[fitted], scaling), Scaler.fit(wanted[fitted], scaling)
    start = first + int(parameters["time_steps"])
    return Prepared(
        inputs=inputs.apply(seen),
        targets=targets.apply(wanted)[:, 0],
        train=_train_rows(_rows(train, start), parameters),
        validation=_rows(parts[Part.VALIDATION], start),
        test=_rows(parts[Part.TEST], start),
        settings={
            "columns": list(columns),
            "target": columns[target_index],
            "target_index": int(target_index),
            "transform": transform,
            "time_steps": int(parameters["time_steps"]),
            "scaling": scaling,
            "input_offset": inputs.offset.tolist(),
            "input_scale": inputs.scale.tolist(),
            "target_offset": float(targets.offset[0]),
            "target_scale": float(targets.scale[0]),
            "log_columns": logarithmic.tolist(),
        },
        actual=values[:, target_index].copy(),
    )


def target_column(values: np.ndarray, target_index: int, transform: str) -> np.ndarray:
    """What is predicted for each row, float64 (rows, 1): y[t], y[t] - y[t-1] or log(y[t] / y[t-1])."""
    column = values[:, target_index : target_index + 1]
    if transform == "level":
        return column
    return changes(column, np.array([transform == "log_return"]))


def _rows(part: range, start: int) -> np.ndarray:
    """The rows of a part that have a whole window before them."""
    return np.arange(max(part.start, start), part.stop, dtype=np.int32)


def _train_rows(rows: np.ndarray, parameters: Mapping[str, Any]) -> np.ndarray:
    """Trimmed to whole batches, the last ones dropped; shuffled rows are trimmed after each shuffling."""
    if parameters["shuffle"]:
        return rows
    batch_size = int(parameters["batch_size"])
    return rows[: len(rows) // batch_size * batch_size]

"""A dataset as a network sees it: scaled rows and the rows to predict, but no stored windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from app.domain.terms import Part
from worker.scaling import Scaler, Scaling, changes, positive_columns


class Transform(StrEnum):
    """What a network predicts of the target y for row t (the hyperparameter `target`)."""

    LEVEL = "level"  # y[t]
    DIFFERENCE = "difference"  # y[t] - y[t - 1]
    LOG_RETURN = "log_return"  # log(y[t] / y[t - 1])


@dataclass(frozen=True)
class WindowConfig:
    """The hyperparameters that say how a dataset is cut and scaled."""

    time_steps: int  # rows in a window
    transform: Transform
    scaling: Scaling
    batch_size: int
    shuffle: bool

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> "WindowConfig":
        """Parse the parameters of a trial, in which no hyperparameter is missing."""
        return cls(
            time_steps=int(parameters["time_steps"]),
            transform=Transform(parameters["target"]),
            scaling=Scaling(parameters["scaling"]),
            batch_size=int(parameters["batch_size"]),
            shuffle=bool(parameters["shuffle"]),
        )

    @property
    def first_row(self) -> int:
        """The first row with a value: changes have none for row 0."""
        if self.transform == Transform.LEVEL:
            return 0
        return 1


@dataclass(frozen=True)
class ForecastErrors:
    """How far forecasts are off."""

    mse: float  # mean squared error in scaled units, as Keras reports it
    rmse: float  # root mean squared error in the units of the CSV


@dataclass(frozen=True)
class PreparedData:
    """One dataset seen through one WindowConfig. The window of row t is rows [t - time_steps, t).

    `train` holds the rows predicted in training: whole batches, unless rows are shuffled, which are
    trimmed after each shuffle. `settings` is JSON: all that a bundle's predict.py needs.
    """

    inputs: np.ndarray  # float32 (rows, features), scaled
    targets: np.ndarray  # float32 (rows,), the scaled and transformed target of row t
    actual: np.ndarray  # float64 (rows,), the target in CSV units
    train: np.ndarray  # int32 row numbers
    validation: np.ndarray  # int32, every row of the part
    test: np.ndarray  # int32, every row of the part
    transform: Transform
    target_scaler: Scaler
    settings: dict[str, Any]

    def invert(self, predicted: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Network outputs (n,) for `rows` (n,) in CSV units, float64 (n,).

        A predicted change is added to the actual value of the row before.
        """
        change = self.target_scaler.invert(predicted)
        if self.transform == Transform.LEVEL:
            return change
        rows_before = np.asarray(rows) - 1
        previous: np.ndarray = self.actual[rows_before]
        if self.transform == Transform.DIFFERENCE:
            return np.asarray(previous + change)
        with np.errstate(over="ignore", invalid="ignore"):
            growth = np.exp(change)
            forecast: np.ndarray = previous * growth
        return forecast

    def measure_errors(self, predicted: np.ndarray, rows: np.ndarray) -> ForecastErrors:
        """The errors of network outputs (n,) for `rows` (n,); NaN where outputs are not finite."""
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = predicted.astype(np.float64)
            scaled_errors = outputs - self.targets[rows]
            forecasts = self.invert(predicted, rows)
            errors = forecasts - self.actual[rows]
            scaled_mse = np.mean(scaled_errors**2)
            mse = np.mean(errors**2)
            rmse = np.sqrt(mse)
        return ForecastErrors(
            mse=float(scaled_mse),
            rmse=float(rmse),
        )


def prepare(
    values: np.ndarray,
    target_index: int,
    config: WindowConfig,
    parts: Mapping[Part, range],
    columns: Sequence[str],
) -> PreparedData:
    """Transform and scale float64 (rows, features). Scalers see the train part alone."""
    is_logarithmic = _logarithmic_columns(values, config.transform)
    features = values
    if config.transform != Transform.LEVEL:
        features = changes(values, is_logarithmic)
    target = transform_target(values, target_index, config.transform)

    train_part = parts[Part.TRAIN]
    fitted_rows = slice(max(train_part.start, config.first_row), train_part.stop)
    input_scaler = Scaler.fit(features[fitted_rows], config.scaling)
    target_scaler = Scaler.fit(target[fitted_rows], config.scaling)

    first_predicted = config.first_row + config.time_steps
    train_rows = _rows_from(first_predicted, train_part)
    if not config.shuffle:
        train_rows = whole_batches(train_rows, config.batch_size)
    return PreparedData(
        inputs=input_scaler.apply(features),
        targets=target_scaler.apply(target)[:, 0],
        actual=values[:, target_index].copy(),
        train=train_rows,
        validation=_rows_from(first_predicted, parts[Part.VALIDATION]),
        test=_rows_from(first_predicted, parts[Part.TEST]),
        transform=config.transform,
        target_scaler=target_scaler,
        settings={
            "columns": list(columns),
            "target": columns[target_index],
            "target_index": int(target_index),
            **_describe_scaling(config, input_scaler, target_scaler, is_logarithmic),
        },
    )


def _describe_scaling(
    config: WindowConfig, inputs: Scaler, target: Scaler, is_logarithmic: np.ndarray
) -> dict[str, Any]:
    """How rows are cut and scaled, as JSON, under the names that a bundle's predict.py reads."""
    return {
        "transform": config.transform.value,
        "time_steps": config.time_steps,
        "scaling": config.scaling.value,
        "input_offset": inputs.offset.tolist(),
        "input_scale": inputs.scale.tolist(),
        "target_offset": float(target.offset[0]),
        "target_scale": float(target.scale[0]),
        "log_columns": is_logarithmic.tolist(),
    }


def transform_target(values: np.ndarray, target_index: int, transform: Transform) -> np.ndarray:
    """What is predicted for each row of (rows, features), float64 (rows, 1): see Transform."""
    column = values[:, target_index : target_index + 1]
    if transform == Transform.LEVEL:
        return column
    is_log_return = transform == Transform.LOG_RETURN
    is_logarithmic = np.array([is_log_return])
    return changes(column, is_logarithmic)


def whole_batches(rows: np.ndarray, batch_size: int) -> np.ndarray:
    """The rows without the last ones that do not fill a batch."""
    batches = len(rows) // batch_size
    end = batches * batch_size
    return rows[:end]


def _logarithmic_columns(values: np.ndarray, transform: Transform) -> np.ndarray:
    """Which features become changes of logarithms, bool (features,)."""
    if transform == Transform.LEVEL:
        features = values.shape[1]
        return np.zeros(features, bool)
    return positive_columns(values)


def _rows_from(first: int, part: range) -> np.ndarray:
    """The rows of a part from `first` on, int32: those with a whole window before them."""
    first_row = max(part.start, first)
    return np.arange(
        first_row,
        part.stop,
        dtype=np.int32,
    )

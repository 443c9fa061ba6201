"""A dataset as a network sees it: scaled rows and the rows to predict, but no stored windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np

from app.domain.calendar_inputs import Cycle, find_cycles
from app.domain.model_inputs import extra_columns, first_complete_row
from app.domain.next_date import append_next_date
from app.domain.seasons import season_lags
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
    has_calendar: bool = False  # whether the predicted row's place in the calendar is an input
    has_season_lags: bool = False  # whether the value one season before that row is an input

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any]) -> "WindowConfig":
        """Parse complete parameters of a trial; those of earlier versions have no extra inputs."""
        return cls(
            time_steps=int(parameters["time_steps"]),
            transform=Transform(parameters["target"]),
            scaling=Scaling(parameters["scaling"]),
            batch_size=int(parameters["batch_size"]),
            shuffle=bool(parameters["shuffle"]),
            has_calendar=parameters.get("calendar", "none") != "none",
            has_season_lags=parameters.get("season_lags", "none") != "none",
        )

    @property
    def first_row(self) -> int:
        """The first row with a value: changes have none for row 0."""
        if self.transform == Transform.LEVEL:
            return 0
        return 1


@dataclass(frozen=True)
class ExtraInputs:
    """The columns beside the features: see app.domain.model_inputs."""

    cycles: tuple[Cycle, ...]
    lags: tuple[int, ...]
    values: np.ndarray  # float64 (rows, columns)

    @classmethod
    def compute(
        cls,
        target: np.ndarray,
        config: WindowConfig,
        dates: np.ndarray | None,
        season_lengths: Sequence[float],
    ) -> "ExtraInputs":
        """Those that a config asks for, of the target (rows,) at these dates (rows,)."""
        cycles: tuple[Cycle, ...] = ()
        lags: tuple[int, ...] = ()
        all_dates = np.zeros(0, "datetime64[us]")
        if config.has_calendar and dates is not None:
            cycles = find_cycles(dates)
            all_dates = append_next_date(dates)
        if config.has_season_lags:
            lags = season_lags(season_lengths)
        values = extra_columns(target, all_dates, config.transform.value, cycles, lags)
        return cls(cycles, lags, values)

    def describe(self) -> dict[str, Any]:
        """What the columns are, as JSON."""
        return {
            "cycles": [cycle.value for cycle in self.cycles],
            "season_lags": list(self.lags),
        }


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

    inputs: np.ndarray  # float32 (rows, features + extra inputs), scaled
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
    dates: np.ndarray | None = None,
    season_lengths: Sequence[float] = (),
) -> PreparedData:
    """Transform and scale float64 (rows, features). Scalers see the train part alone.

    dates: (rows,), for the calendar. season_lengths: of the experiment, in rows.
    """
    is_logarithmic = _logarithmic_columns(values, config.transform)
    features = _transform_features(values, is_logarithmic, config.transform)
    target = transform_target(values, target_index, config.transform)
    actual = values[:, target_index].copy()
    extra = ExtraInputs.compute(actual, config, dates, season_lengths)

    train_part = parts[Part.TRAIN]
    target_scaler = _fit_scaler(target, config.first_row, train_part, config)
    input_scaler = _fit_scaler(features, config.first_row, train_part, config)
    first_row = first_complete_row(config.first_row, extra.lags)
    extra_scaler = _fit_scaler(extra.values, first_row, train_part, config)
    input_scaler = input_scaler.beside(extra_scaler)
    rows_before = first_row + config.time_steps
    return PreparedData(
        inputs=input_scaler.apply(np.hstack([features, extra.values])),
        targets=target_scaler.apply(target)[:, 0],
        actual=actual,
        train=_train_rows(rows_before, train_part, config),
        validation=_rows_from(rows_before, parts[Part.VALIDATION]),
        test=_rows_from(rows_before, parts[Part.TEST]),
        transform=config.transform,
        target_scaler=target_scaler,
        settings=_describe_columns(columns, target_index)
        | _describe_scaling(config, input_scaler, target_scaler, is_logarithmic)
        | extra.describe()
        | {"rows_before": rows_before},
    )


def _fit_scaler(
    values: np.ndarray, first_row: int, train_part: range, config: WindowConfig
) -> Scaler:
    """Fit on the rows of the train part from `first_row` on."""
    start = max(train_part.start, first_row)
    return Scaler.fit(values[start : train_part.stop], config.scaling)


def _describe_columns(columns: Sequence[str], target_index: int) -> dict[str, Any]:
    return {
        "columns": list(columns),
        "target": columns[target_index],
        "target_index": int(target_index),
    }


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


def _transform_features(
    values: np.ndarray, is_logarithmic: np.ndarray, transform: Transform
) -> np.ndarray:
    """What is scaled of (rows, features): the values, or their changes."""
    if transform == Transform.LEVEL:
        return values
    return changes(values, is_logarithmic)


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


def _train_rows(first: int, train_part: range, config: WindowConfig) -> np.ndarray:
    """The rows predicted in training: whole batches, unless they are shuffled."""
    rows = _rows_from(first, train_part)
    if config.shuffle:
        return rows
    return whole_batches(rows, config.batch_size)


def _rows_from(first: int, part: range) -> np.ndarray:
    """The rows of a part from `first` on, int32: those with a whole window before them."""
    first_row = max(part.start, first)
    return np.arange(
        first_row,
        part.stop,
        dtype=np.int32,
    )

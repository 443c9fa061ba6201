"""A dataset as a network sees it: scaled rows and the rows to predict, but no stored windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.horizons import origins
from app.domain.model_inputs import (
    first_complete_row,
)
from app.domain.terms import Part
from worker.extra_inputs import NOTHING_KNOWN_AHEAD, ExtraInputs, KnownAhead
from worker.scaling import Scaler, Scaling, changes, positive_columns
from worker.targets import StepTargets, Transform, restore_steps, scale_steps


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
    horizon: int = 1  # rows predicted from each window

    @classmethod
    def from_parameters(cls, parameters: Mapping[str, Any], horizon: int = 1) -> "WindowConfig":
        """Parse complete parameters of a trial; those of earlier versions have no extra inputs."""
        return cls(
            time_steps=int(parameters["time_steps"]),
            transform=Transform(parameters["target"]),
            scaling=Scaling(parameters["scaling"]),
            batch_size=int(parameters["batch_size"]),
            shuffle=bool(parameters["shuffle"]),
            has_calendar=parameters.get("calendar", "none") != "none",
            has_season_lags=parameters.get("season_lags", "none") != "none",
            horizon=horizon,
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
    mae: float  # mean absolute error in the units of the CSV


@dataclass(frozen=True)
class PreparedData:
    """One dataset seen through one WindowConfig.

    The window of origin t is rows [t - time_steps, t); rows t to t + horizon - 1 are predicted.
    `train` holds the origins of training:
    whole batches, unless they are shuffled, which are trimmed after each shuffle. `settings` is
    JSON: all that a bundle's predict.py needs.
    """

    inputs: np.ndarray  # float32 (rows, features + extra inputs), scaled
    targets: np.ndarray  # float32 (rows, horizon), scaled and transformed: see StepTargets
    actual: np.ndarray  # float64 (rows,), the target in CSV units
    train: np.ndarray  # int32 row numbers
    validation: np.ndarray  # int32, every origin of the part
    test: np.ndarray  # int32, every origin of the part
    transform: Transform
    target_scaler: Scaler
    settings: dict[str, Any]

    @property
    def horizon(self) -> int:
        """How many rows are predicted from each origin."""
        return int(self.targets.shape[1])

    def actual_steps(self, rows: np.ndarray) -> np.ndarray:
        """What happened in the rows predicted from these origins (n,), float64 (n, horizon)."""
        steps = np.asarray(rows)[:, np.newaxis] + np.arange(self.horizon)
        return np.asarray(self.actual[steps])

    def invert(self, predicted: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """Network outputs (n, horizon) from origins `rows` (n,) in CSV units, float64.

        A predicted change is added to the actual value of the row before the origin.
        """
        changes_of_steps = self.target_scaler.invert(predicted)
        rows_before = np.asarray(rows) - 1
        return restore_steps(changes_of_steps, self.transform, self.actual[rows_before])

    def measure_errors(self, predicted: np.ndarray, rows: np.ndarray) -> ForecastErrors:
        """The errors of network outputs (n, horizon) from origins `rows` (n,), over all steps.

        NaN where outputs are not finite.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            outputs = predicted.astype(np.float64)
            scaled_errors = outputs - self.targets[rows]
            forecasts = self.invert(predicted, rows)
            errors = forecasts - self.actual_steps(rows)
            scaled_mse = np.mean(scaled_errors**2)
            mse = np.mean(errors**2)
            rmse = np.sqrt(mse)
            mae = np.mean(np.abs(errors))
        return ForecastErrors(
            mse=float(scaled_mse),
            rmse=float(rmse),
            mae=float(mae),
        )


def prepare(
    values: np.ndarray,
    target_index: int,
    config: WindowConfig,
    parts: Mapping[Part, range],
    columns: Sequence[str],
    dates: np.ndarray | None = None,
    season_lengths: Sequence[float] = (),
    known_ahead: KnownAhead = NOTHING_KNOWN_AHEAD,
) -> PreparedData:
    """Transform and scale float64 (rows, features). Scalers see the train part alone.

    dates: (rows,), for the calendar. season_lengths: of the experiment, in rows.
    """
    is_logarithmic, features = _transform_features(values, config.transform)
    actual = values[:, target_index].copy()
    extra = ExtraInputs.compute(actual, config, dates, season_lengths, known_ahead)
    first_row = first_complete_row(config.first_row, extra.lags, extra.shifts)
    targets = _scale_targets(actual, parts[Part.TRAIN], config)
    input_scaler = _fit_input_scaler(features, extra, first_row, parts[Part.TRAIN], config)
    rows_before = first_row + config.time_steps
    return PreparedData(
        inputs=input_scaler.apply(np.hstack([features, extra.values, extra.known_values])),
        targets=targets.scaled,
        actual=actual,
        train=_train_rows(rows_before, parts[Part.TRAIN], config),
        validation=_origins_from(rows_before, parts[Part.VALIDATION], config),
        test=_origins_from(rows_before, parts[Part.TEST], config),
        transform=config.transform,
        target_scaler=targets.scaler,
        settings={
            **_describe_columns(columns, target_index),
            **_describe_scaling(config, input_scaler, targets.scaler, is_logarithmic),
            **extra.describe(),
            "rows_before": rows_before,
        },
    )


def _scale_targets(actual: np.ndarray, train_part: range, config: WindowConfig) -> StepTargets:
    """The targets; their scaler is fitted on origins whose rows all lie in the train part."""
    all_origins = origins(train_part, config.horizon)
    fitted = range(max(all_origins.start, config.first_row), all_origins.stop)
    return scale_steps(actual, config.transform, config.horizon, fitted, config.scaling)


def _fit_input_scaler(
    features: np.ndarray,
    extra: ExtraInputs,
    first_row: int,
    train_part: range,
    config: WindowConfig,
) -> Scaler:
    """The scaler of the features, the extra inputs and what is known ahead, in this order.

    first_row: the first whose extra inputs are complete.
    """
    known_scaler = _fit_scaler(extra.known_ahead.values, 0, train_part, config)
    return Scaler.join(
        [
            _fit_scaler(features, config.first_row, train_part, config),
            _fit_scaler(extra.values, first_row, train_part, config),
            known_scaler.repeat(len(extra.shifts)),
        ]
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
        "horizon": config.horizon,
        "target_offset": target.offset.tolist(),
        "target_scale": target.scale.tolist(),
        "log_columns": is_logarithmic.tolist(),
    }


def _transform_features(values: np.ndarray, transform: Transform) -> tuple[np.ndarray, np.ndarray]:
    """What is scaled of (rows, features): the values, or their changes.

    First, bool (features,), which of these become changes of logarithms.
    """
    if transform == Transform.LEVEL:
        return np.zeros(values.shape[1], bool), values
    is_logarithmic = positive_columns(values)
    return is_logarithmic, changes(values, is_logarithmic)


def whole_batches(rows: np.ndarray, batch_size: int) -> np.ndarray:
    """The rows without the last ones that do not fill a batch."""
    batches = len(rows) // batch_size
    end = batches * batch_size
    return rows[:end]


def _train_rows(first: int, train_part: range, config: WindowConfig) -> np.ndarray:
    """The origins of training: whole batches, unless they are shuffled."""
    rows = _origins_from(first, train_part, config)
    if config.shuffle:
        return rows
    return whole_batches(rows, config.batch_size)


def _origins_from(first: int, part: range, config: WindowConfig) -> np.ndarray:
    """The origins of a part from `first` on, int32: those with a whole window before them."""
    all_origins = origins(part, config.horizon)
    return np.arange(
        max(all_origins.start, first),
        all_origins.stop,
        dtype=np.int32,
    )

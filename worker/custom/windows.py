"""A dataset as a custom model sees it: arrays of windows, scaled as for the built-in network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.custom.catalogue import data_parameters, is_positive_integer
from app.domain.custom.detection import CustomModel
from app.domain.terms import Part
from worker.custom.data_names import DataRole
from worker.extra_inputs import KnownAhead
from worker.windows import PreparedData, WindowConfig, prepare


@dataclass(frozen=True)
class WindowArrays:
    """What a program trains on: x float32 (windows, time_steps, features), and y float32.

    y: (windows,), or (windows, horizon) where more than one row is predicted.
    """

    x_train: np.ndarray
    y_train: np.ndarray
    x_val: np.ndarray
    y_val: np.ndarray

    def as_arguments(self) -> tuple[np.ndarray, ...]:
        """In the order in which functions take them."""
        return (
            self.x_train,
            self.y_train,
            self.x_val,
            self.y_val,
        )

    def by_role(self) -> dict[DataRole, np.ndarray]:
        """By what programs use them for."""
        return dict(zip(DataRole, self.as_arguments(), strict=True))


def prepare_series(
    series: Series,
    parameters: Mapping[str, Any],
    parts: Mapping[Part, range],
    custom_model: CustomModel | None,
    season_lengths: Sequence[float] = (),
    horizon: int = 1,
) -> PreparedData:
    """A dataset as the network of a trial sees it: the built-in one (None), or a custom model."""
    if custom_model is not None:
        parameters = data_parameters(parameters)
    config = WindowConfig.from_parameters(parameters, horizon)
    target_index = series.columns.index(series.target)
    return prepare(
        series.values,
        target_index,
        config,
        parts,
        series.columns,
        dates=series.dates,
        season_lengths=season_lengths,
        known_ahead=KnownAhead.of(series),
    )


def cut_windows(data: PreparedData, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x float32 (rows, time_steps, features) and y float32, as in WindowArrays, for origins."""
    y = data.targets[rows]
    if data.horizon == 1:
        y = y[:, 0]
    return cut_inputs(data, rows), y


def cut_inputs(data: PreparedData, rows: np.ndarray) -> np.ndarray:
    """x float32 (rows, time_steps, features) for origins, up to the one after the last row."""
    time_steps = int(data.settings["time_steps"])
    windows = np.lib.stride_tricks.sliding_window_view(data.inputs, time_steps, axis=0)
    x = windows[rows - time_steps]
    return np.ascontiguousarray(x.transpose(0, 2, 1))


def cut_window_arrays(data: PreparedData, batch_size: object) -> WindowArrays:
    """The windows of the train and validation parts.

    Those for validation are cut to whole batches where there is at least one.
    """
    rows = data.validation
    if is_positive_integer(batch_size) and batch_size <= len(rows):
        n_batches = len(rows) // batch_size
        rows = rows[: n_batches * batch_size]
    x_train, y_train = cut_windows(data, data.train)
    x_val, y_val = cut_windows(data, rows)
    return WindowArrays(
        x_train=x_train,
        y_train=y_train,
        x_val=x_val,
        y_val=y_val,
    )

"""A dataset as a program of the owner's own sees it: whole arrays of windows, scaled as for the built-in network."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.custom.catalogue import data_parameters
from app.domain.custom.detection import CustomModel
from app.domain.terms import Part
from worker.custom.program import Windows
from worker.windows import PreparedData, WindowConfig, prepare


def prepare_series(
    series: Series,
    parameters: Mapping[str, Any],
    parts: Mapping[Part, range],
    custom_model: CustomModel | None,
) -> PreparedData:
    """A dataset as a trial's network sees it: the built-in one (None), or a custom model."""
    seen = parameters if custom_model is None else data_parameters(parameters)
    config = WindowConfig.from_parameters(seen)
    target_index = series.columns.index(series.target)
    return prepare(series.values, target_index, config, parts, series.columns)


def window_arrays(prepared: PreparedData, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x float32 (rows, time_steps, features) and y float32 (rows,) for these row numbers."""
    steps = int(prepared.settings["time_steps"])
    view = np.lib.stride_tricks.sliding_window_view(prepared.inputs, steps, axis=0)
    return np.ascontiguousarray(view[rows - steps].transpose(0, 2, 1)), prepared.targets[rows]


def windows_for(prepared: PreparedData, batch_size: object) -> Windows:
    """What a program trains on. Validation windows are cut to whole batches where there is at least one."""
    rows = prepared.validation
    if (
        isinstance(batch_size, int)
        and not isinstance(batch_size, bool)
        and 0 < batch_size <= len(rows)
    ):
        rows = rows[: len(rows) // batch_size * batch_size]
    return Windows(*window_arrays(prepared, prepared.train), *window_arrays(prepared, rows))

"""What each member of this bundle forecasts: a network, or a baseline without one.

Only a network needs TensorFlow, which is imported when the first is met.
"""

import gc
import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd

from app.domain.calendar_inputs import are_numbers
from app.domain.model_inputs import extra_columns, known_ahead_columns
from worker.baselines.recursions import FROM_DOCUMENT
from worker.baselines.ridge import RidgeModel

HERE = Path(__file__).resolve().parent
BATCH_SIZE = 512
SAME_VALUE = 1e-6  # relative


@dataclass(frozen=True)
class History:
    """The rows of a CSV, oldest first.

    values: float64 (rows, columns). target: float64 (rows,). horizon: how many rows are forecast
    at once. dates: datetime64[us] (rows + horizon,), the last ones those of the rows to come; None
    where the CSV has no dates. known_ahead: by name, what is known of the rows to come as well,
    float64 (rows + horizon,), NaN where it is not.
    """

    values: np.ndarray
    target: np.ndarray
    dates: np.ndarray | None
    horizon: int = 1
    known_ahead: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def steps(self) -> np.ndarray:
        """1, 2, … horizon."""
        return np.arange(1, self.horizon + 1)

    def require_dates(self) -> np.ndarray:
        """The dates, or an exit that says what they are needed for."""
        if self.dates is None or are_numbers(self.dates):
            sys.exit("The model looks at the calendar, so every row of the CSV needs a date.")
        return self.dates


def forecast_member(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """Forecasts of a member from these row numbers on, float64 (rows, horizon).

    In the units of the CSV. Each knows the rows before the first one that it forecasts; `rows` are
    those first ones, ascending, and may end with the row after the last one.
    """
    forecast: Callable[[dict[str, Any], History, np.ndarray], np.ndarray] = FORECASTS[
        member["kind"]
    ]
    return forecast(member, history, rows)


def find_first_row(member: dict[str, Any], history: History) -> int:
    """The first row that a member can forecast."""
    if member["kind"] in FROM_DOCUMENT:
        return find_row_after_fit(member, history)
    return int(member["rows_before"])


def find_row_after_fit(member: dict[str, Any], history: History) -> int:
    """The row after the last one that a member was fitted on, from where it goes on.

    An exit says what is missing where the CSV lacks that row.
    """
    document = member["document"]
    n_rows = len(history.target)
    last_date = np.datetime64(document["last_date"])
    dates = np.arange(n_rows).astype("datetime64[D]")
    if history.dates is not None:
        dates = history.dates[:n_rows]
    fitted_rows = np.flatnonzero(dates == last_date)
    if history.dates is None:
        require_same_rows(document, history.target, fitted_rows)
    elif not len(fitted_rows):
        day = pd.Timestamp(last_date)
        sys.exit(
            f"The member {member['name']} goes on from {day}, the last row it was fitted on:"
            " the CSV must hold that row and every row after it."
        )
    return int(fitted_rows[-1]) + 1


def require_same_rows(
    document: dict[str, Any], target: np.ndarray, fitted_rows: np.ndarray
) -> None:
    """Exit unless rows without dates are those of the training CSV, as far as can be told."""
    value = document["last_value"]
    is_same = len(fitted_rows) and np.isclose(target[fitted_rows[-1]], value, rtol=SAME_VALUE)
    if not is_same:
        sys.exit(
            "The CSV has no dates, so it must begin with the first row of the CSV this model was"
            f" trained on, and go on after row {document['model']['next_row']} of it, whose value"
            f" is {value:g}."
        )


def forecast_naive(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """The value of the row before, for every step."""
    last_known = history.target[rows - 1]
    return np.repeat(last_known[:, np.newaxis], history.horizon, axis=1)


def forecast_season(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """The value one season before; beyond a season, that of the last season known."""
    season = member["document"]["season"]
    n_seasons = np.ceil(history.steps / season).astype(int)
    rows_back = n_seasons * season - history.steps + 1
    return np.asarray(history.target[rows[:, np.newaxis] - rows_back])


def forecast_drift(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """The value of the row before, plus the mean change at each step."""
    changes = member["document"]["change"] * history.steps
    return np.asarray(forecast_naive(member, history, rows) + changes)


def forecast_ridge(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """A weighted sum of earlier values and the calendar; later steps go on from earlier ones."""
    model = RidgeModel.from_document(member["document"])
    dates = np.zeros(len(history.target) + history.horizon, "datetime64[us]")
    if model.cycles:
        dates = history.require_dates()
    if model.is_logarithmic and not (history.target > 0).all():
        sys.exit("The model takes logarithms, so every value of the CSV must be above zero.")
    every_row = range(int(rows[0]), int(rows[-1]) + 1)
    forecasts = model.forecast(history.target, dates, every_row, history.horizon)
    return np.asarray(forecasts[rows - rows[0]])


def forecast_recursion(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """ETS, Theta or ARIMA, which goes on from the last row it was fitted on."""
    model = FROM_DOCUMENT[member["kind"]](member["document"]["model"])
    first_row = find_row_after_fit(member, history)
    forecasts = model.forecast(history.target[first_row:], history.horizon)
    return np.asarray(forecasts[rows - first_row])


def forecast_network(member: dict[str, Any], history: History, rows: np.ndarray) -> np.ndarray:
    """A network's output for the window of rows before each of these."""
    windows = member["windows"]
    inputs = scale_inputs(history, windows)
    time_steps = windows["time_steps"]
    views = np.lib.stride_tricks.sliding_window_view(inputs, time_steps, axis=0)
    chosen = views[rows - time_steps]
    batch = np.ascontiguousarray(chosen.transpose(0, 2, 1))
    output = run_model(HERE / member["folder"], batch)
    last_known = history.target[rows - 1]
    return unscale_output(output, last_known[:, np.newaxis], windows)


FORECASTS = {
    "network": forecast_network,
    "ridge": forecast_ridge,
    "theta": forecast_recursion,
    "ets": forecast_recursion,
    "arima": forecast_recursion,
    "naive": forecast_naive,
    "seasonal_naive": forecast_season,
    "drift": forecast_drift,
}


def run_model(folder: Path, batch: np.ndarray) -> np.ndarray:
    """The output, float64 (windows, horizon), for windows (windows, time steps, inputs)."""
    keras = load_keras()
    network = load_network(folder)
    model = keras.saving.load_model(
        folder / "model.keras",
        find_custom_objects(network),
        compile=False,
        safe_mode=not has_lambda_layers(network),
    )
    output = model.predict(
        batch,
        batch_size=BATCH_SIZE,
        verbose=0,
    )
    return np.asarray(output, "float64").reshape(len(batch), -1)


def load_keras() -> ModuleType:
    """Import Keras, and never search what it brings for garbage: a third of the time of a run."""
    gc.disable()
    try:
        return importlib.import_module("keras")
    finally:
        gc.freeze()
        gc.enable()


def load_network(folder: Path) -> ModuleType | None:
    """Run the network.py beside a model; None for a stock network, which has no such file."""
    if not (folder / "network.py").is_file():
        return None
    return importlib.import_module("network")


def find_custom_objects(network: ModuleType | None) -> dict[str, Any] | None:
    """The layers and functions of network.py."""
    if network is None:
        return None
    custom_objects = {}
    for name, value in vars(network).items():
        if callable(value):
            custom_objects[name] = value
    return custom_objects


def has_lambda_layers(network: ModuleType | None) -> bool:
    """Whether the model holds Python code of its own, which safe mode does not load."""
    if network is None:
        return False
    return bool(network.HAS_LAMBDA_LAYERS)


def scale_inputs(history: History, windows: dict[str, Any]) -> np.ndarray:
    """What the network reads: float32 (rows, inputs), scaled as for training.

    The first rows are meaningless where rows are differenced or a season is looked back.
    """
    values = history.values
    if windows["transform"] != "level":
        is_log = np.asarray(windows["log_columns"], bool)
        positive = np.where(is_log, values, 1.0)
        levels = np.where(is_log, np.log(positive), values)
        first_row = levels[:1]
        values = np.diff(levels, axis=0, prepend=first_row)
    inputs = np.hstack([values, extra_inputs(history, windows)])
    offset = np.asarray(windows["input_offset"])
    scale = np.asarray(windows["input_scale"])
    scaled: np.ndarray = (inputs - offset) / scale
    return scaled.astype("float32")


def extra_inputs(history: History, windows: dict[str, Any]) -> np.ndarray:
    """Season, calendar and what is known ahead, float64 (rows, extra columns)."""
    cycles = windows["cycles"]
    dates = np.zeros(0, "datetime64[us]")
    if cycles:
        dates = history.require_dates()
    shifts = windows["season_shifts"]
    columns = extra_columns(
        history.target,
        dates,
        windows["transform"],
        cycles,
        windows["season_lags"],
        shifts,
    )
    names = windows["known_ahead"]
    if not names:
        return columns
    known = np.column_stack([history.known_ahead[name] for name in names])
    return np.hstack([columns, known_ahead_columns(known, len(columns), shifts)])


def unscale_output(output: np.ndarray, before: np.ndarray, windows: dict[str, Any]) -> np.ndarray:
    """Network output in the units of the CSV; `before`: the last values known, (windows, 1)."""
    scale = np.asarray(windows["target_scale"])
    offset = np.asarray(windows["target_offset"])
    transform = windows["transform"]
    values: np.ndarray = output * scale + offset
    if transform == "difference":
        values = before + values
    elif transform == "log_return":
        values = before * np.exp(values)
    return values

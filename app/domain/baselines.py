"""The baselines: forecasts that need no network, and the simplest of them.

`naive` and `seasonal_naive` take the whole target, shape (rows,), and the rows to forecast; they
return one value for each of these rows, float64. `naive_steps` and `seasonal_naive_steps` forecast
several rows from each origin (app.domain.horizons). Where there is no row so early, that of the
first row stands in. The others are fitted by a worker: see worker.baselines.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.horizons import by_step, origins, step_rows, step_values
from app.domain.metrics import Scores, score_forecast
from app.domain.terms import Part

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BaselineInfo:
    """A baseline by name.

    simplicity: 1 is the simplest; of forecasts that cannot be told apart, the simplest is taken.
    """

    name: str
    title: str
    description: str
    simplicity: int


@dataclass(frozen=True)
class BaselineResult:
    """What came of one baseline: forecasts and scores of each part, or the problem, in words.

    forecasts: in the units of the CSV, float64 (origins of the part, horizon); NaN where there is
    none. An upload, and one row ahead, may have (rows of the part,).
    """

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    forecasts: Mapping[Part, Floats] = field(default_factory=dict)
    scores: Mapping[Part, Scores | None] = field(default_factory=dict)
    seconds: float | None = None
    problem: str | None = None
    future: Floats | None = None  # (horizon,), the rows after the last one of the file


BASELINES: Mapping[str, BaselineInfo] = {
    info.name: info
    for info in (
        BaselineInfo(
            "naive",
            "Naive (last value)",
            "The next value equals the last one: in daily data, tomorrow = today.",
            1,
        ),
        BaselineInfo("seasonal_naive", "Seasonal naive", "The value one season before.", 2),
        BaselineInfo("drift", "Drift", "The last value plus the mean change.", 3),
        BaselineInfo("theta", "Theta", "Exponential smoothing with half the trend.", 4),
        BaselineInfo("ets", "ETS", "Exponential smoothing: error, trend, season.", 5),
        BaselineInfo("arima", "ARIMA", "Autoregression on changes, order chosen by AICc.", 6),
        BaselineInfo("ridge", "Ridge regression", "Linear in lagged values and the calendar.", 7),
    )
}


# Those a library fits: their settings hold what it found, under "fitted". On boards computed before
# this could be handed over, they do not.
LIBRARY_BASELINES = ("theta", "ets", "arima")


def title_in_sentence(name: str) -> str:
    """What a baseline is called within a sentence; its name, if it is another program's."""
    info = BASELINES.get(name)
    if info is None:
        return name
    if info.title in ("ETS", "ARIMA", "Theta"):
        return info.title
    return info.title.lower()


def name_naive(*, starts: bool = False) -> str:
    """What the naive forecast is called everywhere, or at the start of a sentence."""
    return BASELINES["naive"].title if starts else title_in_sentence("naive")


def naive(values: Floats, rows: range) -> Floats:
    """The value of the row before."""
    return seasonal_naive(values, rows, season=1)


def seasonal_naive(values: Floats, rows: range, season: int) -> Floats:
    """The value one season (a number of rows) before; in the first season that of the first row."""
    season_before = np.arange(rows.start, rows.stop, rows.step) - season
    not_before_start = np.maximum(season_before, 0)
    return np.asarray(values[not_before_start], np.float64)


def naive_steps(values: Floats, first_rows: range, horizon: int) -> Floats:
    """The last known value for every step, float64 (origins, horizon)."""
    last_known = naive(values, first_rows)
    return np.repeat(last_known[:, np.newaxis], horizon, axis=1)


def seasonal_naive_steps(values: Floats, first_rows: range, season: int, horizon: int) -> Floats:
    """The same place of the last season that is known, float64 (origins, horizon)."""
    steps = np.arange(1, horizon + 1)
    n_seasons = -(-steps // season)
    rows = step_rows(first_rows, horizon) - n_seasons * season
    return np.asarray(values[np.maximum(rows, 0)], np.float64)


def mean_change(values: Floats) -> float:
    """The mean change from one of these values to the next: what drift adds to the last one."""
    if len(values) < 2:
        return 0.0
    return float((values[-1] - values[0]) / (len(values) - 1))


def score_rows(values: Floats, rows: range, predicted: Floats) -> Scores:
    """The scores of a forecast from these origins, which has a value for each.

    predicted: (rows,), or (rows, horizon): then over all steps.
    """
    steps = by_step(predicted)
    horizon = steps.shape[1]
    actual = step_values(values, rows, horizon)
    return score_forecast(actual, steps, naive_steps(values, rows, horizon))


def score_naive(values: Floats, part: range, horizon: int) -> Scores:
    """The scores of the naive forecast of a part, worked out step by step to save memory."""
    first_rows = origins(part, horizon)
    last_known = naive(values, first_rows)
    if horizon == 1:
        return score_rows(values, first_rows, last_known)
    squares = np.zeros(horizon)
    absolutes = np.zeros(horizon)
    percentages = np.zeros(horizon)
    n_divisible = np.zeros(horizon)
    for index in range(horizon):
        actual = values[first_rows.start + index : first_rows.stop + index]
        scores = score_forecast(actual, last_known, last_known)
        squares[index] = scores.rmse**2
        absolutes[index] = scores.mae
        percentages[index] = scores.mape or 0.0
        n_divisible[index] = np.count_nonzero(actual)
    rmse = float(np.sqrt(squares.mean()))
    mape = None
    if n_divisible.any():
        mape = float(np.average(percentages, weights=n_divisible))
    return Scores(rmse, float(absolutes.mean()), mape, 0.0 if rmse > 0 else None)


def score_part(values: Floats, part: range, predicted: Floats) -> Scores | None:
    """The scores of a forecast of a part, over what it covers; None where it covers nothing.

    predicted: (origins of the part, horizon), or (rows of the part,) of one row each.
    """
    steps = by_step(predicted)
    horizon = steps.shape[1]
    first_rows = origins(part, horizon)
    covered = np.isfinite(steps)
    if not covered.any():
        return None
    actual = step_values(values, first_rows, horizon)
    naive_forecast = naive_steps(values, first_rows, horizon)
    return score_forecast(actual[covered], steps[covered], naive_forecast[covered])

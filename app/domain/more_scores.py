"""More scores of a forecast than app.domain.metrics has: scaled, relative, and those of its bands.

All are computed from a stored forecast and the series:
mase, rmsse: mean absolute and root mean squared error, each over that of the naive forecast on the
train part, or of the seasonal naive one where the experiment has a season: its shortest (Hyndman
and Koehler 2006).
smape: mean of 2 |e| / (|actual| + |predicted|), from 0 to 2. wape: Σ|e| / Σ|actual|.
bias: mean of predicted minus actual. direction: the share of forecasts on the right side of the
last known value, of those whose actual value differs from it.
coverage_80, coverage_95: the share of values inside the bands. width_80, width_95: mean widths.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.bands import StepErrors, half_widths
from app.domain.metrics import root_mean_square
from app.domain.terms import Part

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Document = dict[str, Any]

ROUNDING_ERROR = 1e-9  # of a width: an error that is as large lies inside
MORE_SCORE_NAMES = (
    "mase",
    "rmsse",
    "smape",
    "wape",
    "bias",
    "direction",
    "coverage_80",
    "coverage_95",
    "width_80",
    "width_95",
)
STEP_SCORE_NAMES = ("rmse", "mae", "skill", "coverage_80", "coverage_95")


@dataclass(frozen=True)
class NaiveScale:
    """The errors on the train part of a naive forecast `season` rows ahead; None where they are 0.

    season: 1 is naive (last value).
    """

    season: int
    mae: float | None
    rmse: float | None


@dataclass(frozen=True, eq=False)
class PartForecast:
    """What was forecast of a part: origins (n,), predicted (n, H), NaN where there is nothing."""

    origins: Rows
    predicted: Floats


@dataclass(frozen=True)
class MoreScores:
    """What is stored in app.db.models.base.ScoreColumns: None where a score is not defined.

    by_part: {part: {name: score}}. by_step: {part: {name: [score of step 1, 2, …]}}; None where one
    row is forecast.
    """

    by_part: Document
    by_step: Document | None


def measure_scale(train_values: Floats, season_lengths: Sequence[float]) -> NaiveScale:
    """The errors that mase and rmsse are relative to, from the train part alone."""
    season = choose_season(len(train_values), season_lengths)
    changes = train_values[season:] - train_values[:-season]
    if not np.any(changes):
        return NaiveScale(season, None, None)
    mae = float(np.mean(np.abs(changes)))
    return NaiveScale(season, mae, root_mean_square(changes))


def choose_season(n_train_rows: int, season_lengths: Sequence[float]) -> int:
    """The shortest season in whole rows that the train part holds twice; 1 where there is none."""
    for length in sorted(season_lengths):
        season = round(length)
        if season > 1 and 2 * season <= n_train_rows:
            return season
    return 1


def score_more(
    values: Floats,
    forecasts: Mapping[Part, PartForecast],
    scale: NaiveScale,
) -> MoreScores:
    """The scores of forecasts of the target `values` (rows,), by part and by step.

    Parts are in the order of time: the bands of a part come from errors of those before, too.
    """
    errors_by_part = {}
    for part, forecast in forecasts.items():
        errors_by_part[part] = measure_errors(values, forecast)
    all_errors = StepErrors.join(list(errors_by_part.values()))
    has_steps = all_errors.errors.shape[1] > 1
    by_part = {}
    by_step = {}
    for part, forecast in forecasts.items():
        errors = errors_by_part[part]
        is_held = {}
        scores = _score_part(values, forecast, scale)
        for level, widths in half_widths(all_errors, forecast.origins).items():
            held = _mark_held(errors.errors, widths)
            name = f"{level * 100:.0f}"
            scores[f"coverage_{name}"] = _mean(held)
            scores[f"width_{name}"] = _mean(2 * widths)
            is_held[f"coverage_{name}"] = held
        by_part[str(part)] = scores
        if has_steps:
            by_step[str(part)] = _score_steps(values, forecast, is_held)
    return MoreScores(by_part, by_step or None)


def measure_errors(values: Floats, forecast: PartForecast) -> StepErrors:
    """Actual minus predicted, by origin and step."""
    actual = values[_target_rows(forecast)]
    return StepErrors(forecast.origins, actual - forecast.predicted)


def _score_part(values: Floats, forecast: PartForecast, scale: NaiveScale) -> Document:
    is_forecast = np.isfinite(forecast.predicted)
    actual = values[_target_rows(forecast)][is_forecast]
    predicted = forecast.predicted[is_forecast]
    last_known = np.broadcast_to(_last_known(values, forecast), is_forecast.shape)[is_forecast]
    if not len(actual):
        return dict.fromkeys(MORE_SCORE_NAMES)
    errors = predicted - actual
    sizes = np.abs(errors)
    return {
        "mase": _divide(float(np.mean(sizes)), scale.mae),
        "rmsse": _divide(root_mean_square(errors), scale.rmse),
        "smape": _symmetric_error(actual, predicted, sizes),
        "wape": _divide(float(np.sum(sizes)), float(np.sum(np.abs(actual)))),
        "bias": _finite(float(np.mean(errors))),
        "direction": _hit_rate(actual - last_known, predicted - last_known),
    }


def _score_steps(values: Floats, forecast: PartForecast, is_held: Mapping[str, Floats]) -> Document:
    rows = _target_rows(forecast)
    errors = forecast.predicted - values[rows]
    naive_errors = _last_known(values, forecast) - values[rows]
    steps: Document = {name: [] for name in STEP_SCORE_NAMES}
    for index in range(rows.shape[1]):
        is_forecast = np.isfinite(errors[:, index])
        rmse = _root_mean(np.square(errors[is_forecast, index]))
        naive_rmse = _root_mean(np.square(naive_errors[is_forecast, index]))
        ratio = None if rmse is None else _divide(rmse, naive_rmse)
        steps["rmse"].append(rmse)
        steps["mae"].append(_mean(np.abs(errors[:, index])))
        steps["skill"].append(None if ratio is None else 1 - ratio)
        for name, held in is_held.items():
            steps[name].append(_mean(held[:, index]))
    return steps


def _target_rows(forecast: PartForecast) -> Rows:
    """The row that each forecast is about, (n, H)."""
    n_steps = forecast.predicted.shape[1]
    return np.asarray(forecast.origins[:, None] + np.arange(n_steps), np.int64)


def _last_known(values: Floats, forecast: PartForecast) -> Floats:
    """The value of the row before each origin, (n, 1): the naive forecast of every step."""
    rows = np.maximum(forecast.origins - 1, 0)
    return values[rows][:, None]


def _mark_held(errors: Floats, widths: Floats) -> Floats:
    """1 where a value lies inside its band, 0 where it does not, NaN where there is no band."""
    is_held = (np.abs(errors) <= widths * (1 + ROUNDING_ERROR)).astype(np.float64)
    has_band = np.isfinite(widths) & np.isfinite(errors)
    return np.where(has_band, is_held, np.nan)


def _hit_rate(changes: Floats, predicted_changes: Floats) -> float | None:
    has_changed = changes != 0
    is_hit = np.sign(changes[has_changed]) == np.sign(predicted_changes[has_changed])
    return _mean(is_hit.astype(np.float64))


def _symmetric_error(actual: Floats, predicted: Floats, sizes: Floats) -> float | None:
    """Without the rows where both are 0: there is nothing to divide by."""
    totals = np.abs(actual) + np.abs(predicted)
    is_divisible = totals > 0
    return _mean(2 * sizes[is_divisible] / totals[is_divisible])


def _root_mean(squares: Floats) -> float | None:
    mean = _mean(squares)
    return None if mean is None else float(np.sqrt(mean))


def _mean(numbers: Floats) -> float | None:
    """The mean of those that are numbers; None where none is."""
    is_number = np.isfinite(numbers)
    if not is_number.any():
        return None
    return _finite(float(np.mean(numbers[is_number])))


def _divide(number: float, divisor: float | None) -> float | None:
    if not divisor:
        return None
    return _finite(number / divisor)


def _finite(number: float) -> float | None:
    return number if isfinite(number) else None

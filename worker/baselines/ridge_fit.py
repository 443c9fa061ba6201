"""Fits ridge regressions on lagged values and the calendar; the validation part chooses which.

Hoerl and Kennard 1970. Each is tried as a regression of values, pulled towards their mean, and as
one of changes, pulled towards naive (last value). Few validation rows cannot tell so many
regressions apart: then those that forecast the last train rows badly, each left out of the fit,
are dropped first. (Over 46 short series, that takes the test RMSE down by 4 % on average.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import find_cycles
from app.domain.seasons import season_lags
from app.domain.terms import Part
from worker.baselines.lag_choices import list_lag_choices
from worker.baselines.ridge import RidgeModel
from worker.baselines.ridge_equations import RidgeEquations, RidgeInputs

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

PENALTIES = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)  # on inputs of variance 1, per row
MIN_ROWS_PER_INPUT = 4
MIN_GAIN = 0.001  # of the RMSE: what gains less is not worth more inputs
MIN_VALIDATION_ROWS = 200  # to choose by them alone
MAX_EXCESS = 0.2  # over the lowest RMSE of left-out train rows
MAX_LEFT_OUT_ROWS = 200
MAX_LAG_FRACTION = 1 / 3  # of the train part
MAX_ROWS_TO_CHOOSE = 10_000  # the last ones of the train part, the first of the validation part
MAX_ROWS_TO_FIT = 50_000  # the last ones of the rows


@dataclass(frozen=True)
class RidgeFit:
    """What was chosen on the validation part and fitted on the train part.

    settings: of a baseline, as JSON; `refit_ridge` takes them.
    """

    model: RidgeModel
    settings: dict[str, Any]


@dataclass(frozen=True)
class _Choice:
    """A ridge regression and its RMSE on the validation part, and on left-out train rows or 0."""

    inputs: RidgeInputs
    uses_calendar: bool
    pulls_to_naive: bool
    penalty: float
    rmse: float = 0.0
    left_out_rmse: float = 0.0


def fit_ridge(
    values: Floats,
    dates: Dates,
    parts: Mapping[Part, range],
    season_lengths: Sequence[float],
) -> RidgeFit:
    """The ridge regression with the lowest RMSE on the validation part, fitted on the train part.

    Of those within MIN_GAIN of each other, the one with the fewest inputs. values, dates: shape
    (rows,). Raises ValueError where the train part is too short.
    """
    train = parts[Part.TRAIN]
    choices: list[_Choice] = []
    for inputs in _list_inputs(values, dates, train, season_lengths):
        choices += _score(values, dates, parts, inputs)
    if not choices:
        raise ValueError(f"{len(train)} rows are too few to fit a ridge regression")
    best = _choose(choices)
    model = _fit(values, dates, train, best)
    settings = {
        "model": model.to_document(),
        "penalty": best.penalty,
        "pulls_to_naive": best.pulls_to_naive,
    }
    return RidgeFit(model, settings)


def refit_ridge(
    settings: Mapping[str, Any], values: Floats, dates: Dates, rows: range
) -> RidgeModel:
    """The same lags, calendar and penalty, fitted on these rows; settings: see RidgeFit."""
    model = RidgeModel.from_document(settings["model"])
    choice = _Choice(
        inputs=RidgeInputs(model.lags, model.cycles, model.is_logarithmic),
        uses_calendar=True,
        pulls_to_naive=settings["pulls_to_naive"],
        penalty=settings["penalty"],
    )
    return _fit(values, dates, rows, choice)


def _choose(choices: Sequence[_Choice]) -> _Choice:
    lowest = min(choice.left_out_rmse for choice in choices)
    best: _Choice | None = None
    for choice in choices:
        if choice.left_out_rmse > lowest * (1 + MAX_EXCESS):
            continue
        if best is None or choice.rmse < best.rmse * (1 - MIN_GAIN):
            best = choice
    assert best is not None
    return best


def _list_inputs(
    values: Floats, dates: Dates, train: range, season_lengths: Sequence[float]
) -> Iterator[RidgeInputs]:
    """Everything to try; the fewest inputs come first."""
    max_lag = int(len(train) * MAX_LAG_FRACTION)
    cycles = find_cycles(dates[train.start : train.stop])
    scales = [False]
    if values.min() > 0:
        scales = [True, False]
    for lags in list_lag_choices(season_lags(season_lengths), max_lag):
        max_inputs = (min(len(train), MAX_ROWS_TO_CHOOSE) - lags[-1]) // MIN_ROWS_PER_INPUT
        if len(lags) > max_inputs:
            continue
        possible_cycles = cycles
        if len(lags) + 2 * len(cycles) > max_inputs:
            possible_cycles = ()
        for is_logarithmic in scales:
            yield RidgeInputs(lags, possible_cycles, is_logarithmic)


def _score(
    values: Floats, dates: Dates, parts: Mapping[Part, range], inputs: RidgeInputs
) -> Iterator[_Choice]:
    """These inputs with each penalty, and what it pulls towards, with and without the calendar."""
    train = parts[Part.TRAIN]
    validation = parts[Part.VALIDATION][:MAX_ROWS_TO_CHOOSE]
    latest_rows = range(max(0, train.stop - MAX_ROWS_TO_CHOOSE), train.stop)
    series = _transform(values, inputs.is_logarithmic)
    n_left_out = 0
    if len(validation) < MIN_VALIDATION_ROWS:
        n_left_out = min(MAX_LEFT_OUT_ROWS, len(train) - inputs.lags[-1])
    equations = RidgeEquations(series, dates, latest_rows, inputs, n_left_out)
    left_out = range(train.stop - n_left_out, train.stop)
    left_out_columns = inputs.columns(series, dates, left_out)
    validation_columns = inputs.columns(series, dates, validation)
    calendar_choices = sorted({False, bool(inputs.cycles)})
    for uses_calendar, pulls_to_naive in product(calendar_choices, (True, False)):
        solution = equations.solve(
            PENALTIES, uses_calendar=uses_calendar, pulls_to_naive=pulls_to_naive
        )
        forecasts = solution.forecast(validation_columns)
        rmses = _root_mean_squares(forecasts, values, validation, inputs)
        left_out_rmses = [0.0] * len(PENALTIES)
        if n_left_out:
            forecasts = solution.forecast_left_out(
                left_out_columns, series[left_out.start : left_out.stop]
            )
            left_out_rmses = _root_mean_squares(forecasts, values, left_out, inputs)
        for penalty, rmse, left_out_rmse in zip(PENALTIES, rmses, left_out_rmses, strict=True):
            if np.isfinite(rmse + left_out_rmse):
                yield _Choice(inputs, uses_calendar, pulls_to_naive, penalty, rmse, left_out_rmse)


def _root_mean_squares(
    forecasts: Floats, values: Floats, rows: range, inputs: RidgeInputs
) -> list[float]:
    """Of each column of forecasts (rows, penalties), in the units of the values."""
    actual = values[rows.start : rows.stop, np.newaxis]
    with np.errstate(over="ignore"):
        if inputs.is_logarithmic:
            forecasts = np.exp(forecasts)
        mean_squares = np.mean(np.square(forecasts - actual), axis=0)
    rmses: list[float] = np.sqrt(mean_squares).tolist()
    return rmses


def _fit(values: Floats, dates: Dates, rows: range, choice: _Choice) -> RidgeModel:
    inputs = choice.inputs
    if not choice.uses_calendar:
        inputs = RidgeInputs(inputs.lags, (), inputs.is_logarithmic)
    latest_rows = range(max(rows.start, rows.stop - MAX_ROWS_TO_FIT), rows.stop)
    series = _transform(values, inputs.is_logarithmic)
    equations = RidgeEquations(series, dates, latest_rows, inputs)
    solution = equations.solve(
        [choice.penalty], uses_calendar=True, pulls_to_naive=choice.pulls_to_naive
    )
    return solution.first_model()


def _transform(values: Floats, is_logarithmic: bool) -> Floats:
    if is_logarithmic:
        return np.log(values)
    return values

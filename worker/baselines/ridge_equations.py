"""The normal equations of ridge regressions on the same lags, solved for several penalties."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, calendar_columns
from worker.baselines.ridge import RidgeModel

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
MAX_LEVERAGE = 0.999  # a row that its own weights fit perfectly says nothing


@dataclass(frozen=True)
class RidgeInputs:
    """The inputs of a ridge regression: lags, ascending, the first of them 1, and the calendar."""

    lags: tuple[int, ...]
    cycles: tuple[Cycle, ...]
    is_logarithmic: bool

    def columns(self, series: Floats, dates: Dates, rows: range) -> Floats:
        """Shape (rows, inputs). series (n,): the values, or their logarithms."""
        row_numbers = np.arange(rows.start, rows.stop)
        lagged = series[row_numbers[:, np.newaxis] - np.asarray(self.lags)]
        calendar = calendar_columns(dates[row_numbers], self.cycles)
        return np.hstack([lagged, calendar])


@dataclass(frozen=True)
class RidgeSolution:
    """Ridge regressions on the same inputs, one for each penalty.

    weights: shape (inputs, penalties). intercepts: (penalties,). leverages: of the last fitted
    rows, (rows, penalties): how much of a row's fitted value is that row's own.
    """

    inputs: RidgeInputs
    weights: Floats
    intercepts: Floats
    leverages: Floats

    def forecast(self, columns: Floats) -> Floats:
        """Forecasts of the series, shape (rows, penalties), from columns (rows, inputs)."""
        return columns @ self.weights + self.intercepts

    def forecast_left_out(self, columns: Floats, series: Floats) -> Floats:
        """Forecasts of the last fitted rows, each as if that row had not been fitted.

        series: these rows, shape (rows,).
        """
        residuals = series[:, np.newaxis] - self.forecast(columns)
        own_share = np.minimum(self.leverages, MAX_LEVERAGE)
        return np.asarray(series[:, np.newaxis] - residuals / (1 - own_share))

    def first_model(self) -> RidgeModel:
        """The fitted model of the first penalty."""
        n_lags = len(self.inputs.lags)
        weights = self.weights[:, 0].tolist()
        return RidgeModel(
            lags=self.inputs.lags,
            lag_weights=tuple(weights[:n_lags]),
            cycles=self.inputs.cycles,
            calendar_weights=tuple(weights[n_lags:]),
            intercept=float(self.intercepts[0]),
            is_logarithmic=self.inputs.is_logarithmic,
        )


class RidgeEquations:
    """What the rows to fit say of the weights of these inputs.

    Of `rows`, those are fitted that have all their lags before them in `series` (n,); of the last
    `n_left_out` of them, solutions know the leverages.
    """

    def __init__(
        self, series: Floats, dates: Dates, rows: range, inputs: RidgeInputs, n_left_out: int = 0
    ) -> None:
        first_row = max(rows.start, inputs.lags[-1])
        fitted_rows = range(first_row, rows.stop)
        columns = inputs.columns(series, dates, fitted_rows)
        target = series[fitted_rows.start : fitted_rows.stop]
        self._inputs = inputs
        self._means = columns.mean(axis=0)
        self._target_mean = float(target.mean())
        self._n_rows = len(columns)
        centred = columns - self._means
        self._covariances = centred.T @ centred / self._n_rows
        self._products = centred.T @ (target - self._target_mean) / self._n_rows
        self._last_rows = centred[self._n_rows - n_left_out :]

    def solve(
        self, penalties: Sequence[float], *, uses_calendar: bool, pulls_to_naive: bool
    ) -> RidgeSolution:
        """The solution for each penalty, which bears on standardised inputs.

        Without the calendar its weights are 0. pulls_to_naive: the weights of the lags add up to 1
        (a regression of changes), and a high penalty leads to the value of the row before; else
        to the mean.
        """
        n_lags = len(self._inputs.lags)
        n_inputs = len(self._means)
        combinations = np.eye(n_inputs)  # of the inputs, one a column: what is penalised
        start = np.zeros(n_inputs)  # the weights that a high penalty leads to
        if pulls_to_naive:
            combinations[0, :n_lags] = -1.0
            start[0] = 1.0
        n_used = n_inputs
        if not uses_calendar:
            n_used = n_lags
        combinations = combinations[:, int(pulls_to_naive) : n_used]
        covariances = combinations.T @ self._covariances @ combinations
        directions, eigenvalues = _principal_directions(covariances)
        penalised = np.maximum(eigenvalues, 0)[:, np.newaxis] + np.asarray(penalties)
        directions = combinations @ directions
        projected = directions.T @ (self._products - self._covariances @ start)
        weights = start[:, np.newaxis] + directions @ (projected[:, np.newaxis] / penalised)
        intercepts = self._target_mean - self._means @ weights
        leverages = np.square(self._last_rows @ directions) @ (1 / penalised) + 1
        return RidgeSolution(self._inputs, weights, intercepts, leverages / self._n_rows)


def _principal_directions(covariances: Floats) -> tuple[Floats, Floats]:
    """Eigenvectors, one a column, of the standardised inputs, as weights of the inputs as they are.

    And their eigenvalues.
    """
    variances = np.diag(covariances)
    deviations = np.sqrt(np.where(variances > 0, variances, 1.0))
    correlations = covariances / np.outer(deviations, deviations)
    eigenvalues, vectors = np.linalg.eigh(correlations)
    return vectors / deviations[:, np.newaxis], eigenvalues

"""Fits ETS, Theta and ARIMA by statsforecast, and takes over what was fitted as a recursion.

Each is fitted on the last rows of those given. Theta and ARIMA get the series without its long
seasons: statsforecast's Theta would decompose later rows anew, and its ARIMA takes minutes for a
season of 48 rows.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from worker.baselines.library import load_models
from worker.baselines.recursions.arima import ArimaModel
from worker.baselines.recursions.ets import Component, EtsModel
from worker.baselines.recursions.seasons import NO_SEASON, FourierTerms, fourier_columns
from worker.baselines.recursions.theta import ThetaModel
from worker.baselines.seasonal_terms import fit_indices

Floats = NDArray[np.float64]

MAX_TRAIN_ROWS = 3_000  # the last ones of the rows to fit
MAX_EXACT_ARIMA_ROWS = 150  # as in R: with more, orders are compared by approximate likelihoods
HARMONICS = 8  # of each season


@dataclass(frozen=True)
class ArimaOrders:
    """What AICc chose. arma: as statsforecast has it."""

    arma: tuple[int, ...]
    has_mean: bool
    has_drift: bool

    def __str__(self) -> str:
        """(p, d, q)(P, D, Q)[season]."""
        p, q, seasonal_p, seasonal_q, season, d, seasonal_d = self.arma
        text = f"ARIMA({p}, {d}, {q})"
        if season > 1:
            text += f"({seasonal_p}, {seasonal_d}, {seasonal_q})[{season}]"
        return text


def fit_ets(values: Floats, season: int, components: str | None = None) -> tuple[EtsModel, str]:
    """Exponential smoothing, and its components: those given, or else those AICc prefers.

    components: error, trend and season, then D for damped or N.
    """
    models = load_models()
    model = models.AutoETS(season_length=season)
    if components is not None:
        is_damped = components[3] != "N"
        model = models.AutoETS(season_length=season, model=components[:3], damped=is_damped)
    fitted = _fit(model, values)
    components = "".join(fitted["components"])
    trend_type = Component(components[1])
    season_type = Component(components[2])
    alpha, beta, gamma, phi = (float(number) for number in fitted["par"][:4])
    state = [float(number) for number in fitted["states"][-1]]
    level = state.pop(0)
    trend = 0.0
    if trend_type != Component.NONE:
        trend = state.pop(0)
    ets = EtsModel(
        trend_type=trend_type,
        season_type=season_type,
        alpha=alpha,
        beta=0.0 if trend_type == Component.NONE else beta,
        gamma=0.0 if season_type == Component.NONE else gamma,
        phi=1.0 if components[3] == "N" else phi,
        next_row=len(values),
        level=level,
        trend=trend,
        season=() if season_type == Component.NONE else tuple(reversed(state)),
    )
    return ets, components


def fit_theta(values: Floats, season: int) -> ThetaModel:
    """The dynamic optimised Theta model, after a season (1: none) was taken off."""
    indices = NO_SEASON
    if season > 1:
        indices = fit_indices(values, season)
    model = load_models().DynamicOptimizedTheta(season_length=1)
    fitted = _fit(model, indices.remove(values))
    smoothed, mean, intercept, slope = (float(number) for number in fitted["states"][-1][:4])
    return ThetaModel(
        alpha=float(fitted["par"]["alpha"]),
        theta=float(fitted["par"]["theta"]),
        season=indices,
        next_row=len(values),
        rows=int(fitted["n"]),
        smoothed=smoothed,
        mean=mean,
        intercept=intercept,
        slope=slope,
    )


def fit_arima(
    values: Floats, season: int, long_seasons: Sequence[int], orders: ArimaOrders | None = None
) -> tuple[ArimaModel, ArimaOrders]:
    """ARIMA of the orders given, or else of those that AICc prefers.

    long_seasons: these are Fourier terms. Their weights are those of a regression of changes, so
    that a series that wanders does not mislead it.
    """
    models = load_models()
    n_rows = min(len(values), MAX_TRAIN_ROWS)
    if orders is None:
        is_long = n_rows > MAX_EXACT_ARIMA_ROWS
        model = models.AutoARIMA(season_length=season, approximation=is_long)
    else:
        p, q, seasonal_p, seasonal_q, season, d, seasonal_d = orders.arma
        model = models.ARIMA(
            order=(p, d, q),
            season_length=season,
            seasonal_order=(seasonal_p, seasonal_d, seasonal_q),
            include_mean=orders.has_mean,
            include_drift=orders.has_drift,
        )
    fourier = _fit_fourier_terms(values, long_seasons)
    fitted = _fit(model, values - fourier.values(range(len(values))))
    coefficients = fitted["coef"]
    space = fitted["model"]
    state = np.asarray(space["T"]) @ np.asarray(space["a"])
    arima = ArimaModel(
        ar=_as_floats(space["phi"]),
        ma=_as_floats(space["theta"]),
        differencing=_as_floats(space["delta"]),
        level=float(coefficients.get("intercept", 0.0)),
        change=float(coefficients.get("drift", 0.0)),
        drift_row=len(values) - n_rows - 1,
        fourier=fourier,
        next_row=len(values),
        state=_as_floats(state),
    )
    arma = tuple(int(order) for order in fitted["arma"])
    return arima, ArimaOrders(arma, "intercept" in coefficients, "drift" in coefficients)


def _fit_fourier_terms(values: Floats, seasons: Sequence[int]) -> FourierTerms:
    if not seasons:
        return FourierTerms((), HARMONICS, ())
    columns = fourier_columns(range(len(values)), seasons, HARMONICS)[-MAX_TRAIN_ROWS:]
    changes = np.diff(columns, axis=0)
    weights, *_ = np.linalg.lstsq(changes, np.diff(values[-MAX_TRAIN_ROWS:]))
    return FourierTerms(tuple(seasons), HARMONICS, _as_floats(weights))


def _fit(model: Any, values: Floats) -> Mapping[str, Any]:
    """Fit a model of statsforecast on the last rows: what it then knows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(values[-MAX_TRAIN_ROWS:])
    fitted: Mapping[str, Any] = model.model_
    return fitted


def _as_floats(numbers: Any) -> tuple[float, ...]:
    floats: list[float] = np.asarray(numbers, np.float64).tolist()
    return tuple(floats)

"""Forecasts of several rows ahead: their errors by step, and those from a few origins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Baseline, Delivery, Experiment, Trial
from app.domain.horizons import origins, storage_interval, stored_origins
from app.domain.metrics import root_mean_square
from app.domain.more_scores import choose_season
from app.domain.step_errors import (
    LAST_KNOWN,
    ErrorsByStep,
    choose_distance,
    find_worst,
    measure_naive_steps,
    measure_origins,
    spread_evenly,
)
from app.domain.terms import Part
from app.errors import FieldProblem, Invalid, NotFound
from app.queue import deliveries
from app.services import datasets, trials
from app.services.more_scores import scores_by_step

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
MAX_CACHED_ERRORS = 100
N_FANS = 6  # forecasts that are drawn of a part
N_WORST = 10  # origins that are listed

_NAIVE_ERRORS: Cache[tuple[object, ...], ErrorsByStep] = Cache(MAX_CACHED_ERRORS)


@dataclass(frozen=True, eq=False)
class StepComparison:
    """The errors of a forecast by step, and those of naive forecasts from the same origins.

    scores: by name of app.domain.more_scores.STEP_SCORE_NAMES, and "step". season: of the seasonal
    naive forecast, in rows. delivered: the scores of what the experiment hands over, where that is
    known.
    """

    scores: Sequence[Mapping[str, Any]]
    naive: ErrorsByStep
    seasonal_naive: ErrorsByStep | None
    season: int
    delivered: Sequence[Mapping[str, Any]] | None = None

    @property
    def items(self) -> list[dict[str, Any]]:
        """The scores of each step with the RMSE of both naive forecasts."""
        items = []
        for index, scores in enumerate(self.scores):
            seasonal_naive_rmse = None
            if self.seasonal_naive is not None:
                seasonal_naive_rmse = float(self.seasonal_naive.rmse[index])
            item = {
                **scores,
                "naive_rmse": float(self.naive.rmse[index]),
                "seasonal_naive_rmse": seasonal_naive_rmse,
            }
            items.append(item)
        return items


@dataclass(frozen=True, eq=False)
class StepForecasts:
    """The stored forecasts of a part, in the CSV's units.

    first_rows: the first row that each is about. predicted, actual: (origins, horizon). interval:
    of how many origins one is stored. all_dates, values: of the whole file, (rows,).
    """

    part_rows: range
    first_rows: range
    interval: int
    all_dates: Dates
    values: Floats
    predicted: Floats
    actual: Floats

    @property
    def horizon(self) -> int:
        """How many rows each is about."""
        return int(self.predicted.shape[1])

    @cached_property
    def date_unit(self) -> str:
        """The unit of numpy that its dates are written in: "D", or "s" where they have a time."""
        is_daily = (self.all_dates == self.all_dates.astype("datetime64[D]")).all()
        return "D" if is_daily else "s"

    def find_index(self, origin: int) -> int:
        """The index of the forecast whose first row that is. Raises Invalid."""
        if origin not in self.first_rows:
            message = f"No forecast of this part that is stored begins at row {origin}."
            raise Invalid([FieldProblem(("origin",), message)])
        return self.first_rows.index(origin)

    def choose_fans(self) -> list[int]:
        """The indices of a few forecasts, spread over the part."""
        indices = spread_evenly(len(self.first_rows), N_FANS)
        return [int(index) for index in indices]


@dataclass(frozen=True, eq=False)
class OriginErrors:
    """How far the forecast from one origin was off, over all its steps.

    origin: the number of the first row it is about. known_until: the date of the row before.
    dates, actual, predicted: (horizon,).
    """

    origin: int
    known_until: np.datetime64
    dates: Dates
    rmse: float
    naive_rmse: float
    actual: Floats
    predicted: Floats


def compare_steps(session: Session, trial: Trial, part: Part) -> StepComparison:
    """The errors of a trial by step. Raises NotFound before there are any.

    A trial was scored from every origin, also where not all of its forecasts are stored.
    """
    scores = scores_by_step(trial, part)
    experiment = trial.experiment
    delivery = deliveries.find(session, experiment)
    delivered = _read_steps(delivery, part) if delivery is not None else None
    return _compare(session, experiment, part, scores, delivered, is_stored_only=False)


def compare_steps_of_delivery(session: Session, delivery: Delivery, part: Part) -> StepComparison:
    """The errors by step of what an experiment hands over, from the origins that are stored.

    Raises NotFound before there are any.
    """
    scores = scores_by_step(delivery, part)
    return _compare(session, delivery.experiment, part, scores, None, is_stored_only=True)


def load_forecasts(session: Session, trial: Trial, part: Part) -> StepForecasts:
    """The forecasts of a trial. Raises NotFound before it has been evaluated."""
    actual, predicted = trials.forecast_steps(session, trial, part)
    experiment = trial.experiment
    series = datasets.series(session, experiment.dataset)
    part_rows = experiment.split.parts(len(series.target_values))[part]
    n_origins = len(origins(part_rows, experiment.horizon))
    return StepForecasts(
        part_rows=part_rows,
        first_rows=stored_origins(part_rows, experiment.horizon),
        interval=storage_interval(n_origins, experiment.horizon),
        all_dates=series.dates,
        values=series.target_values,
        predicted=predicted,
        actual=actual,
    )


def list_worst(
    forecasts: StepForecasts, n_wanted: int = N_WORST, apart: int | None = None
) -> list[OriginErrors]:
    """The origins with the largest RMSE over all steps, the worst first.

    apart: how many rows lie between any two, at least; None: see choose_apart.
    """
    if apart is None:
        apart = choose_apart(forecasts, n_wanted)
    errors = measure_origins(forecasts.actual, forecasts.predicted)
    distance = -(-apart // forecasts.interval)
    worst = find_worst(errors, n_wanted, distance)
    return [_describe_origin(forecasts, int(index), float(errors[index])) for index in worst]


def choose_apart(forecasts: StepForecasts, n_wanted: int = N_WORST) -> int:
    """How many rows the worst origins of a list are apart, so that they do not repeat one event."""
    interval = forecasts.interval
    n_rows = len(forecasts.first_rows) * interval
    distance = choose_distance(n_rows, n_wanted, forecasts.horizon)
    return -(-distance // interval) * interval


def find_season(session: Session, experiment: Experiment) -> int:
    """The season of the seasonal naive forecast; LAST_KNOWN where none is known.

    It is the one that the baselines chose on validation, or else the shortest.
    """
    query = select(Baseline.settings).where(
        Baseline.board_id == experiment.board_id, Baseline.name == "seasonal_naive"
    )
    settings = session.scalars(query).first() or {}
    season = settings.get("season")
    if isinstance(season, int) and season > LAST_KNOWN:
        return season
    n_rows = experiment.dataset.rows
    n_train_rows = len(experiment.split.parts(n_rows)[Part.TRAIN])
    return choose_season(n_train_rows, experiment.seasons)


def _compare(
    session: Session,
    experiment: Experiment,
    part: Part,
    scores: Sequence[Mapping[str, Any]],
    delivered: Sequence[Mapping[str, Any]] | None,
    *,
    is_stored_only: bool,
) -> StepComparison:
    horizon = experiment.horizon
    series = datasets.series(session, experiment.dataset)
    values = series.target_values
    part_rows = experiment.split.parts(len(values))[part]
    first_rows = origins(part_rows, horizon)
    if is_stored_only:
        first_rows = stored_origins(part_rows, horizon)
    season = find_season(session, experiment)

    def measure(season_length: int) -> ErrorsByStep:
        key = (series.fingerprint, first_rows, season_length, horizon)
        return _NAIVE_ERRORS.get_or_make(
            key, lambda: measure_naive_steps(values, first_rows, season_length, horizon)
        )

    return StepComparison(
        scores=scores,
        naive=measure(LAST_KNOWN),
        seasonal_naive=measure(season) if season > LAST_KNOWN else None,
        season=season,
        delivered=delivered,
    )


def _read_steps(delivery: Delivery, part: Part) -> list[dict[str, Any]] | None:
    """The scores of a delivery by step; None while there are none."""
    if delivery.test_rmse is None:
        return None
    try:
        return scores_by_step(delivery, part)
    except NotFound:
        return None


def _describe_origin(forecasts: StepForecasts, index: int, rmse: float) -> OriginErrors:
    origin = forecasts.first_rows[index]
    actual = forecasts.actual[index]
    last_known = forecasts.values[origin - 1]
    return OriginErrors(
        origin=origin,
        known_until=forecasts.all_dates[origin - 1],
        dates=forecasts.all_dates[origin : origin + forecasts.horizon],
        rmse=rmse,
        naive_rmse=root_mean_square(actual - last_known),
        actual=actual,
        predicted=forecasts.predicted[index],
    )

"""What comes next: forecasts of the rows after the last one of a file, with dates and bands."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Delivery, Experiment, Forecast, Trial
from app.domain.bands import Band, StepErrors, future_bands
from app.domain.csv_reading.series import Series
from app.domain.delivery import Member
from app.domain.more_scores import measure_errors
from app.domain.next_date import describe_rhythm
from app.domain.terms import EVALUATED_PARTS, FUTURE, TrialState
from app.errors import NotFound
from app.queue import artifacts, deliveries
from app.queue.evaluations import unpack_future
from app.services import datasets, delivered, rows_ahead
from app.services.more_scores import read_forecasts

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]
MIN_HISTORY = 60  # rows before the forecast that are shown with it
HISTORY_PER_STEP = 4  # so many of them for each row of a longer forecast
MAX_CACHED_DATES = 50
RETRIED_STATES = (TrialState.FAILED, TrialState.STOPPED)


@dataclass(frozen=True, eq=False)
class NextDates:
    """The dates of the rows to come (horizon,), and in words how they were found."""

    at: Dates
    assumption: str


_NEXT_DATES: Cache[tuple[str, int], NextDates] = Cache(MAX_CACHED_DATES)


@dataclass(frozen=True, eq=False)
class FutureView:
    """The forecast of the rows after the last one, in the CSV's units; arrays are (horizon,).

    source: whose it is: "trial 7". bands: by level. history: the last rows of the file.
    """

    source: str
    at: Dates
    predicted: Floats
    naive: Floats
    bands: Mapping[float, Band]
    assumption: str
    history_at: Dates
    history: Floats


def load_of_trial(session: Session, trial: Trial) -> FutureView:
    """What a trial forecasts. Raises NotFound, which says why there is nothing."""
    query = select(Forecast.part, Forecast.predicted).where(Forecast.trial_id == trial.id)
    contents: dict[str, bytes | None] = {row.part: row.predicted for row in session.execute(query)}
    if contents.get(FUTURE) is None:
        raise NotFound(_explain_missing(trial))
    return _make_view(session, trial.experiment, f"trial {trial.number}", contents)


def load_of_best(session: Session, experiment: Experiment, best: Trial | None = None) -> FutureView:
    """What is handed over forecasts; until that is made, what the best trial does.

    best: the best trial, where it is known already. Raises NotFound, which says why there is
    nothing.
    """
    best = best or artifacts.best_trial(session, experiment.id)
    if best is None:
        raise NotFound(_explain_no_trial(experiment))
    delivery = deliveries.find(session, experiment)
    if delivery is None or delivery.future_forecast is None:
        return load_of_trial(session, best)
    return _load_of_delivery(session, delivery)


def _load_of_delivery(session: Session, delivery: Delivery) -> FutureView:
    members = tuple(Member.from_document(document) for document in delivery.members)
    contents: dict[str, bytes | None] = {FUTURE: delivery.future_forecast}
    for part in EVALUATED_PARTS:
        contents[part.value] = getattr(delivery, f"{part.value}_forecast")
    source = delivered.describe_members(members)
    return _make_view(session, delivery.experiment, source, contents)


def _make_view(
    session: Session, experiment: Experiment, source: str, contents: Mapping[str, bytes | None]
) -> FutureView:
    """Raises NotFound where the forecast is not finite."""
    series = datasets.series(session, experiment.dataset)
    missing = rows_ahead.explain_missing_rows(series, experiment.horizon)
    if missing is not None:
        raise NotFound(missing)
    content = contents[FUTURE]
    assert content is not None
    predicted = unpack_future(content)
    if not np.isfinite(predicted).all():
        raise NotFound(f"The forecast of the rows to come by {source} is not a number.")
    horizon = len(predicted)
    values = series.target_values
    next_dates = _NEXT_DATES.get_or_make(
        (series.fingerprint, horizon), lambda: _find_next_dates(series, horizon)
    )
    n_shown = max(MIN_HISTORY, HISTORY_PER_STEP * horizon)
    return FutureView(
        source=source,
        at=next_dates.at,
        predicted=predicted,
        naive=np.full(horizon, values[-1]),
        bands=_find_bands(experiment, values, predicted, contents),
        assumption=next_dates.assumption,
        history_at=series.dates[-n_shown:],
        history=values[-n_shown:],
    )


def _find_next_dates(series: Series, horizon: int) -> NextDates:
    dates = series.dates_with(horizon)[len(series.dates) :]
    if series.future_rows >= horizon:
        return NextDates(dates, "The dates are those of the file's rows to forecast.")
    return NextDates(dates, describe_rhythm(series.dates))


def _find_bands(
    experiment: Experiment,
    values: Floats,
    predicted: Floats,
    contents: Mapping[str, bytes | None],
) -> dict[float, Band]:
    """The bands by level from the errors of the validation and the test part.

    A level that some step has too few errors for is left out.
    """
    parts = experiment.split.parts(len(values))
    evaluated = {part: contents.get(part.value) for part in EVALUATED_PARTS}
    forecasts = read_forecasts(evaluated, parts, experiment.horizon)
    if forecasts is None:
        return {}
    errors = [measure_errors(values, forecast) for forecast in forecasts.values()]
    bands = future_bands(predicted, len(values), StepErrors.join(errors))
    return {level: band for level, band in bands.items() if np.isfinite(band.upper).all()}


def _explain_missing(trial: Trial) -> str:
    if trial.state in (TrialState.QUEUED, TrialState.RUNNING):
        return "The rows after the last one are forecast when the trial has been evaluated."
    if trial.validation_rmse is None:
        return f"Trial {trial.number} was not evaluated, so it forecasts nothing."
    advice = "train it longer"
    if trial.state in RETRIED_STATES:
        advice = "try it again"
    return (
        f"Trial {trial.number} was evaluated by an earlier version of Foretune, which did not "
        f"forecast beyond the last row: {advice} to see what comes next."
    )


def _explain_no_trial(experiment: Experiment) -> str:
    if experiment.finished_at is None:
        return "The rows after the last one are forecast when the first trial has been evaluated."
    return "No trial could be evaluated, so nothing is forecast."

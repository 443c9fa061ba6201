"""The bands around stored forecasts, computed when they are read."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Delivery, Experiment, Forecast, Trial
from app.domain.bands import Band, StepErrors, bands, bands_of_step
from app.domain.more_scores import PartForecast, measure_errors
from app.domain.terms import Part
from app.services import datasets
from app.services.more_scores import read_forecasts

BandsByLevel = dict[float, Band]
Forecasts = dict[Part, PartForecast]


def load(session: Session, trial: Trial, part: Part, step: int = 1) -> BandsByLevel:
    """The bands by level of a trial's forecasts so many rows ahead, (origins,).

    NaN where too few errors are known. Empty where the trial has no forecast of each part.
    """
    forecasts = _read(session, trial.experiment, _load_contents(session, trial))
    return _compute_step(session, trial.experiment, forecasts, part, step)


def load_of_origins(
    session: Session, trial: Trial, part: Part, indices: Sequence[int]
) -> BandsByLevel:
    """The bands by level of a trial's forecasts from these of its stored origins, (indices, H)."""
    forecasts = _read(session, trial.experiment, _load_contents(session, trial))
    if forecasts is None:
        return {}
    known = _measure(session, trial.experiment, forecasts)
    chosen = list(indices)
    shown = forecasts[part]
    return bands(shown.predicted[chosen], shown.origins[chosen], known)


def load_of_delivery(
    session: Session, delivery: Delivery, part: Part, step: int = 1
) -> BandsByLevel:
    """The bands of what an experiment hands over, so many rows ahead."""
    contents = {
        Part.VALIDATION: delivery.validation_forecast,
        Part.TEST: delivery.test_forecast,
    }
    forecasts = _read(session, delivery.experiment, contents)
    return _compute_step(session, delivery.experiment, forecasts, part, step)


def _load_contents(session: Session, trial: Trial) -> dict[Part, bytes | None]:
    query = select(Forecast.part, Forecast.predicted).where(Forecast.trial_id == trial.id)
    return {row.part: row.predicted for row in session.execute(query)}


def _read(
    session: Session, experiment: Experiment, contents: Mapping[Part, bytes | None]
) -> Forecasts | None:
    values = datasets.series(session, experiment.dataset).target_values
    parts = experiment.split.parts(len(values))
    return read_forecasts(contents, parts, experiment.horizon)


def _measure(session: Session, experiment: Experiment, forecasts: Forecasts) -> StepErrors:
    values = datasets.series(session, experiment.dataset).target_values
    return StepErrors.join([measure_errors(values, forecast) for forecast in forecasts.values()])


def _compute_step(
    session: Session, experiment: Experiment, forecasts: Forecasts | None, part: Part, step: int
) -> BandsByLevel:
    """Of the errors of one step alone: the others would take as long again each."""
    if forecasts is None:
        return {}
    known = _measure(session, experiment, forecasts)
    shown = forecasts[part]
    return bands_of_step(shown.predicted[:, step - 1], shown.origins, known, step)

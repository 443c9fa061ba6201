"""The bands around stored forecasts, computed when they are read."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Delivery, Experiment, Forecast, Trial
from app.domain.bands import Band, StepErrors, bands
from app.domain.more_scores import measure_errors
from app.domain.terms import Part
from app.services import datasets
from app.services.more_scores import read_forecasts

BandsByLevel = dict[float, Band]


def load(session: Session, trial: Trial, part: Part, step: int = 1) -> BandsByLevel:
    """The bands by level of a trial's forecasts so many rows ahead, (origins,).

    NaN where too few errors are known. Empty where the trial has no forecast of each part.
    """
    query = select(Forecast.part, Forecast.predicted).where(Forecast.trial_id == trial.id)
    contents = {row.part: row.predicted for row in session.execute(query)}
    return _compute(session, trial.experiment, contents, part, step)


def load_of_delivery(
    session: Session, delivery: Delivery, part: Part, step: int = 1
) -> BandsByLevel:
    """The same of what an experiment hands over."""
    contents = {
        Part.VALIDATION: delivery.validation_forecast,
        Part.TEST: delivery.test_forecast,
    }
    return _compute(session, delivery.experiment, contents, part, step)


def _compute(
    session: Session,
    experiment: Experiment,
    contents: Mapping[Part, bytes | None],
    part: Part,
    step: int,
) -> BandsByLevel:
    values = datasets.series(session, experiment.dataset).target_values
    parts = experiment.split.parts(len(values))
    forecasts = read_forecasts(contents, parts, experiment.horizon)
    if forecasts is None:
        return {}
    known = StepErrors.join([measure_errors(values, forecast) for forecast in forecasts.values()])
    shown = forecasts[part]
    bands_by_level = bands(shown.predicted, shown.origins, known)
    at_step = {}
    for level, band in bands_by_level.items():
        at_step[level] = Band(band.lower[:, step - 1], band.upper[:, step - 1])
    return at_step

"""The bands around the stored forecasts of a trial."""

import numpy as np
import pytest

from app.db.models import Forecast
from app.domain.terms import Part
from app.services import forecast_bands, trials
from tests import factories


def test_bands_lie_around_the_forecast_where_enough_errors_are_known(database):
    with database.write() as session:
        made = factories.experiment(session)
        trial = factories.completed_trial(session, made)

        bands = forecast_bands.load(session, trial, Part.TEST)
        validation_bands = forecast_bands.load(session, trial, Part.VALIDATION)
        forecast = trials.forecast(session, trial, Part.TEST)

    assert bands[0.8].upper == pytest.approx(forecast.predicted + 0.25)
    assert bands[0.8].lower == pytest.approx(forecast.predicted - 0.25)
    assert np.isfinite(validation_bands[0.8].upper).tolist() == [False] * 4 + [True] * 8
    assert np.isfinite(bands[0.95].upper).tolist() == [False] * 7 + [True] * 5


def test_there_are_no_bands_without_the_forecast_of_each_part(database):
    with database.write() as session:
        trial = factories.completed_trial(session, factories.experiment(session))
        session.delete(session.get_one(Forecast, (trial.id, "validation")))

        assert forecast_bands.load(session, trial, Part.TEST) == {}

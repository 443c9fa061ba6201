"""The bands around the stored forecasts of a trial."""

import numpy as np
import pytest

from app.db.models import Forecast
from app.domain.terms import Part
from app.queue.evaluations import pack_forecast
from app.services import datasets, forecast_bands, trials
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


def test_each_step_of_several_has_its_own_bands(database):
    with database.write() as session:
        made = factories.experiment(session)
        trial = factories.completed_trial(session, made)
        made.horizon = 3
        values = datasets.series(session, made.dataset).target_values
        for part, rows in made.split.parts(len(values)).items():
            if part != Part.TRAIN:
                first_rows = np.arange(rows.start, rows.stop - 2)
                actual = values[first_rows[:, None] + np.arange(3)]
                stored = session.get_one(Forecast, (trial.id, part))
                stored.predicted = pack_forecast(actual + np.array([1, 2, 3]))

        bands = forecast_bands.load(session, trial, Part.TEST, step=3)
        forecast = trials.forecast(session, trial, Part.TEST, step=3)

    has_band = np.isfinite(bands[0.8].upper)
    assert has_band.all()
    assert bands[0.8].upper == pytest.approx(forecast.predicted + 3, abs=1e-4)

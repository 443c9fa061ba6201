"""Forecasts of several rows ahead, read at every step or at one."""

import numpy as np
import pytest

from app.domain.terms import Part
from app.errors import Invalid, NotFound
from app.services import datasets, trials
from tests import factories


def test_a_step_is_read_beside_what_happened_and_the_last_known_value(database):
    with database.write() as session:
        experiment = factories.experiment(session, horizon=3)
        trial = factories.completed_trial(session, experiment)
        series = datasets.series(session, experiment.dataset)

        view = trials.forecast(session, trial, Part.TEST, step=3)

        assert (view.step, view.horizon) == (3, 3)
        assert np.array_equal(view.at, series.dates[110:120])
        assert np.array_equal(view.actual, series.target_values[110:120])
        assert view.predicted == pytest.approx(view.actual + 0.25, rel=1e-6)
        assert np.array_equal(view.naive, series.target_values[107:117])
        actual, predicted = trials.forecast_steps(session, trial, Part.TEST)
        assert np.array_equal(actual[:, 2], view.actual)
        assert np.array_equal(predicted[:, 2], view.predicted)


@pytest.mark.parametrize(
    ("horizon", "step", "words"),
    [(3, 4, "choose a step from 1 to 3"), (3, 0, "from 1 to 3"), (1, 2, "its only step is 1")],
)
def test_a_step_that_is_not_forecast_is_refused_in_words(database, horizon, step, words):
    with database.write() as session:
        experiment = factories.experiment(session, horizon=horizon)
        trial = factories.completed_trial(session, experiment)

        with pytest.raises(Invalid) as error:
            trials.forecast(session, trial, Part.TEST, step)

    assert words in error.value.problems[0].message


def test_a_trial_that_was_not_evaluated_has_no_steps(database):
    with database.write() as session:
        trial = factories.trial(session, factories.experiment(session, horizon=3))

        with pytest.raises(NotFound, match="no forecast of the test part"):
            trials.forecast_steps(session, trial, Part.TEST)

"""Predicting with a ridge regression."""

import json
from dataclasses import replace

import numpy as np
import pytest

from app.domain.calendar_inputs import Cycle, calendar_columns
from worker.baselines.ridge import RidgeModel

DATES = np.datetime64("2024-01-01", "us") + np.arange(60) * np.timedelta64(1, "D")
VALUES = np.random.default_rng(0).uniform(1, 2, 59)
MODEL = RidgeModel(
    lags=(1, 7),
    lag_weights=(0.5, 0.25),
    cycles=(Cycle.WEEK,),
    calendar_weights=(0.1, -0.2),
    intercept=3.0,
    is_logarithmic=False,
)


def test_a_forecast_is_the_weighted_sum_of_lags_and_calendar():
    calendar = calendar_columns(DATES, (Cycle.WEEK,))[59] @ [0.1, -0.2]

    (forecast,) = MODEL.predict(VALUES, DATES, np.array([59]))

    assert forecast == pytest.approx(3 + 0.5 * VALUES[58] + 0.25 * VALUES[52] + calendar)


def test_a_logarithmic_model_predicts_in_the_units_of_the_series():
    logarithmic = RidgeModel((1,), (1.0,), (), (), 0.5, is_logarithmic=True)

    (forecast,) = logarithmic.predict(VALUES, DATES, np.array([10]))

    assert forecast == pytest.approx(VALUES[9] * np.exp(0.5))


@pytest.mark.parametrize("is_logarithmic", [False, True])
def test_several_rows_are_forecast_as_if_each_had_come_true(is_logarithmic):
    model = replace(MODEL, is_logarithmic=is_logarithmic)
    own = VALUES[:20]
    for row in range(20, 31):
        own = np.append(own, model.predict(own, DATES, np.array([row])))

    forecasts = model.forecast(VALUES, DATES, range(18, 50), horizon=11)

    assert forecasts.shape == (32, 11)
    np.testing.assert_allclose(forecasts[2], own[20:])
    one_ahead = model.predict(VALUES, DATES, np.arange(18, 50))
    np.testing.assert_array_equal(forecasts[:, 0], one_ahead)


def test_a_model_comes_back_from_json():
    text = json.dumps(MODEL.to_document())

    assert RidgeModel.from_document(json.loads(text)) == MODEL

"""Predicting with a ridge regression."""

import json

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


def test_a_model_comes_back_from_json():
    text = json.dumps(MODEL.to_document())

    assert RidgeModel.from_document(json.loads(text)) == MODEL

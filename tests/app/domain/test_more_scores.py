"""More scores: from worked examples, and what is stored of them."""

import numpy as np
import pytest

from app.domain.more_scores import (
    MORE_SCORE_NAMES,
    STEP_SCORE_NAMES,
    PartForecast,
    choose_season,
    measure_scale,
    score_more,
)
from app.domain.terms import Part

VALUES = np.array([1.0, 3.0, 2.0, 4.0, 4.0, 6.0, 5.0, 5.0])
SCALE = measure_scale(VALUES[:4], ())


def forecast(first_origin: int, *predicted: float) -> PartForecast:
    origins = np.arange(first_origin, first_origin + len(predicted))
    return PartForecast(origins, np.array(predicted)[:, None])


def test_scores_agree_with_a_worked_example():
    forecasts = {Part.VALIDATION: forecast(4, 5, 5), Part.TEST: forecast(6, 5, 7)}

    scores = score_more(VALUES, forecasts, SCALE)

    validation = scores.by_part["validation"]
    assert validation["mase"] == pytest.approx(1 / (5 / 3))
    assert validation["rmsse"] == pytest.approx(1 / np.sqrt(3))
    assert validation["smape"] == pytest.approx((2 / 9 + 2 / 11) / 2)
    assert validation["wape"] == pytest.approx(2 / 10)
    assert validation["bias"] == 0
    assert validation["direction"] == 1  # the first row does not change, the second rises
    assert scores.by_part["test"]["bias"] == 1
    assert scores.by_part["test"]["direction"] == 1
    assert scores.by_step is None


def test_the_scale_is_that_of_the_seasonal_naive_forecast_where_there_is_a_season():
    train = np.array([1.0, 5.0, 2.0, 7.0, 4.0, 9.0])

    scale = measure_scale(train, (2.0, 3.0))

    assert scale.season == 2
    assert scale.mae == pytest.approx((1 + 2 + 2 + 2) / 4)
    assert scale.rmse == pytest.approx(np.sqrt((1 + 4 + 4 + 4) / 4))


@pytest.mark.parametrize(
    ("n_rows", "lengths", "season"), [(100, (7.0, 30.4), 7), (13, (7.0,), 1), (100, (), 1)]
)
def test_the_season_is_the_shortest_that_the_train_part_holds_twice(n_rows, lengths, season):
    assert choose_season(n_rows, lengths) == season


def test_a_score_that_is_not_defined_is_none():
    level_values = np.zeros(8)
    forecasts = {Part.VALIDATION: forecast(4, 0, 0), Part.TEST: forecast(6, 0, 0)}

    scores = score_more(level_values, forecasts, measure_scale(level_values[:4], ()))

    test = scores.by_part["test"]
    assert set(test) == set(MORE_SCORE_NAMES)
    assert {name for name, score in test.items() if score is not None} == {"bias"}


def test_rows_without_a_forecast_do_not_count():
    whole = {Part.VALIDATION: forecast(4, 5, 5), Part.TEST: forecast(6, 5, 7)}
    partial = {Part.VALIDATION: forecast(4, 5, 5), Part.TEST: forecast(6, np.nan, 7)}
    nothing = {Part.VALIDATION: forecast(4, 5, 5), Part.TEST: forecast(6, np.nan, np.nan)}

    biases = [
        score_more(VALUES, forecasts, SCALE).by_part["test"]["bias"]
        for forecasts in (whole, partial, nothing)
    ]

    assert biases == [1, 2, None]


def test_several_steps_are_scored_one_by_one_and_together():
    generator = np.random.default_rng(0)
    values = generator.normal(size=300).cumsum()
    rows_by_part = {Part.VALIDATION: np.arange(200, 247), Part.TEST: np.arange(250, 297)}
    forecasts = {}
    for part, origins in rows_by_part.items():
        actual = values[origins[:, None] + np.arange(3)]
        errors = np.array([1.0, 2.0, 3.0]) * generator.choice([-1, 1], size=(47, 3))
        forecasts[part] = PartForecast(origins, actual + errors)

    scores = score_more(values, forecasts, measure_scale(values[:200], ()))

    steps = scores.by_step["test"]
    naive_errors = values[rows_by_part[Part.TEST] + 1] - values[rows_by_part[Part.TEST] - 1]
    naive_rmse = np.sqrt(np.mean(naive_errors**2))
    assert set(steps) == set(STEP_SCORE_NAMES)
    assert steps["rmse"] == pytest.approx([1, 2, 3])
    assert steps["mae"] == pytest.approx([1, 2, 3])
    assert steps["skill"][1] == pytest.approx(1 - 2 / naive_rmse)
    assert steps["coverage_80"] == [1, 1, 1]
    assert scores.by_part["test"]["width_80"] == pytest.approx(4)

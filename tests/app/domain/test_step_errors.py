"""Errors by step, and the origins that are worst."""

import numpy as np
import pytest

from app.domain.baselines import naive_steps, seasonal_naive_steps
from app.domain.horizons import step_values
from app.domain.step_errors import (
    LAST_KNOWN,
    choose_distance,
    find_worst,
    measure_naive_steps,
    measure_origins,
    spread_evenly,
)

VALUES = np.random.default_rng(3).normal(size=90).cumsum()
ORIGINS = range(60, 81, 2)


@pytest.mark.parametrize("season", [LAST_KNOWN, 4, 7])
def test_naive_errors_by_step_are_those_of_the_baseline(season):
    horizon = 10
    forecast = seasonal_naive_steps(VALUES, ORIGINS, season, horizon)
    if season == LAST_KNOWN:
        forecast = naive_steps(VALUES, ORIGINS, horizon)
    errors = forecast - step_values(VALUES, ORIGINS, horizon)

    by_step = measure_naive_steps(VALUES, ORIGINS, season, horizon)

    assert by_step.rmse == pytest.approx(np.sqrt(np.mean(errors**2, axis=0)))
    assert by_step.mae == pytest.approx(np.mean(np.abs(errors), axis=0))


def test_the_error_of_an_origin_is_that_of_all_its_steps():
    actual = np.zeros((2, 2))
    predicted = np.array([[3.0, 4.0], [0.0, 1.0]])

    errors = measure_origins(actual, predicted)

    assert errors == pytest.approx([np.sqrt(12.5), np.sqrt(0.5)])


def test_the_worst_origins_are_apart_so_that_one_event_is_listed_once():
    errors = np.array([1.0, 9.0, 8.0, 2.0, 7.0, 3.0])

    assert find_worst(errors, 3).tolist() == [1, 2, 4]
    assert find_worst(errors, 3, distance=2).tolist() == [1, 4]
    assert find_worst(errors[:2], 10).tolist() == [1, 0]


def test_the_distance_is_a_horizon_where_the_part_is_long_enough():
    assert choose_distance(n_origins=850, n_wanted=10, horizon=24) == 24
    assert choose_distance(n_origins=62, n_wanted=10, horizon=12) == 3
    assert choose_distance(n_origins=5, n_wanted=10, horizon=12) == 1


def test_origins_are_spread_from_the_first_to_the_last():
    assert spread_evenly(101, 6).tolist() == [0, 20, 40, 60, 80, 100]
    assert spread_evenly(3, 6).tolist() == [0, 1, 2]

"""Computing the baselines of a board."""

import time

import numpy as np
import pytest

from app.domain.baselines import BASELINES
from app.domain.split import Split
from app.domain.terms import Part
from worker.baselines import board
from worker.baselines.board import FORECASTERS, compute_baseline, compute_board
from worker.baselines.source import BaselineForecast, BoardSource

N_ROWS = 240
DATES = np.datetime64("2004-01-01", "us") + np.arange(N_ROWS) * np.timedelta64(1, "D")


def _source(values, season_lengths=(12.0,)) -> BoardSource:
    return BoardSource(values, DATES[: len(values)], Split().parts(len(values)), season_lengths)


def _seasonal_values():
    rows = np.arange(N_ROWS)
    season = 10 * np.sin(2 * np.pi * rows / 12)
    noise = np.random.default_rng(0).normal(size=N_ROWS)
    return 100 + season + np.cumsum(noise)


@pytest.mark.slow
def test_every_baseline_forecasts_both_parts_and_seasons_help():
    results = {result.name: result for result in compute_board(_source(_seasonal_values()))}

    assert results.keys() == BASELINES.keys()
    assert {result.problem for result in results.values()} == {None}
    rmses = {name: result.scores[Part.TEST].rmse for name, result in results.items()}
    assert max(rmses["ridge"], rmses["arima"], rmses["theta"], rmses["ets"]) < rmses["naive"] / 2
    assert {len(result.forecasts[Part.TEST]) for result in results.values()} == {24}
    assert results["seasonal_naive"].settings == {"season": 12}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FORECASTERS))
def test_no_forecast_knows_its_own_row_or_a_later_one(name):
    values = _seasonal_values()
    changed_row = N_ROWS - 6
    changed = values.copy()
    changed[changed_row:] += 1000.0

    forecast = FORECASTERS[name](_source(values)).values
    forecast_of_changed = FORECASTERS[name](_source(changed)).values

    # ARIMA's residuals are standardised, so its forecasts know a ten-thousandth of their own error.
    np.testing.assert_allclose(forecast[:-5], forecast_of_changed[:-5], atol=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("rows", [5, 12, 30])
def test_short_constant_series_have_forecasts_or_a_problem_in_words(rows):
    for result in compute_board(_source(np.full(rows, 3.0), ())):
        if result.problem is None:
            np.testing.assert_allclose(result.forecasts[Part.TEST], 3.0)
        else:
            assert result.problem.endswith(".")
            assert not result.forecasts


def test_drift_adds_the_mean_change_of_the_train_part():
    result = compute_baseline("drift", _source(np.arange(20.0) * 2))

    assert result.settings == {"change": 2.0}
    assert result.scores[Part.TEST].rmse == 0


def test_a_baseline_that_takes_too_long_is_ended_with_a_problem(monkeypatch):
    def compute_for_ever(source):
        while True:
            pass

    monkeypatch.setattr(board, "FORECASTERS", {"ridge": compute_for_ever})
    started = time.monotonic()

    result = compute_baseline("ridge", _source(np.arange(20.0)), seconds=0.05)

    assert result.problem == "It was ended after 0.05 s, which is what one baseline may take."
    assert time.monotonic() - started < 5


def test_forecasts_that_are_no_numbers_and_errors_of_libraries_are_problems(monkeypatch):
    def forecast_nan(source):
        return BaselineForecast(np.full(len(source.forecast_rows), np.nan), {})

    def fail(source):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(board, "FORECASTERS", {"ets": forecast_nan, "theta": fail})

    results = list(compute_board(_source(np.arange(20.0))))

    assert [result.problem for result in results] == [
        "Its forecasts are not all numbers.",
        "ZeroDivisionError: division by zero.",
    ]

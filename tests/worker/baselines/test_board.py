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


def _source(values, season_lengths=(12.0,), horizon=1) -> BoardSource:
    parts = Split().parts(len(values))
    return BoardSource(values, DATES[: len(values)], parts, season_lengths, horizon)


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

    np.testing.assert_array_equal(forecast[:-6], forecast_of_changed[:-6])


@pytest.mark.slow
def test_every_baseline_forecasts_several_rows_from_every_origin_and_the_rows_to_come():
    values = _seasonal_values()
    changed = values.copy()
    origin = N_ROWS - 10
    changed[origin:] += 1000.0

    for name, forecaster in FORECASTERS.items():
        result = compute_baseline(name, _source(values, horizon=5))
        one_ahead = compute_baseline(name, _source(values))
        of_changed = forecaster(_source(changed, horizon=5)).values

        assert result.problem is None
        assert result.future.shape == (5,)
        assert result.forecasts[Part.TEST].shape == (24 - 5 + 1, 5)
        np.testing.assert_allclose(
            result.forecasts[Part.TEST][:, 0], one_ahead.forecasts[Part.TEST][:-4, 0], rtol=1e-12
        )
        np.testing.assert_allclose(result.future[0], one_ahead.future[0], rtol=1e-12)
        n_unchanged = origin - 192 + 1  # origins before which no row was changed
        unchanged = forecaster(_source(values, horizon=5)).values[:n_unchanged]
        np.testing.assert_array_equal(unchanged, of_changed[:n_unchanged])


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


def test_simple_baselines_know_nothing_after_their_origin():
    source = _source(np.arange(60.0) ** 2, season_lengths=(3.0,), horizon=4)

    naive = compute_baseline("naive", source)
    seasonal = compute_baseline("seasonal_naive", source)
    drift = compute_baseline("drift", source)

    assert naive.future.tolist() == [3481.0, 3481.0, 3481.0, 3481.0]
    assert seasonal.future.tolist() == [3249.0, 3364.0, 3481.0, 3249.0]
    np.testing.assert_allclose(drift.future, 3481 + drift.settings["change"] * np.arange(1, 5))
    assert naive.scores[Part.VALIDATION].skill == 0


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
        return BaselineForecast(np.full((len(source.origins), 1), np.nan), {})

    def fail(source):
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(board, "FORECASTERS", {"ets": forecast_nan, "theta": fail})

    results = list(compute_board(_source(np.arange(20.0))))

    assert [result.problem for result in results] == [
        "Its forecasts are not all numbers.",
        "ZeroDivisionError: division by zero.",
    ]

"""Season lengths: series with known answers, and series that have none."""

import time

import numpy as np
import pandas as pd
import pytest

from app.domain.seasons import detect_season_lengths, season_lags
from app.samples import IBM


def wave(rows: int, length: float) -> np.ndarray:
    return np.sin(2 * np.pi * np.arange(rows) / length)


def noise(rows: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 1, rows)


def detect(frequency: str, values: np.ndarray) -> tuple[float, ...]:
    dates = pd.date_range("2015-01-01", periods=len(values), freq=frequency)
    return detect_season_lengths(dates.to_numpy(), values)


def number_rows(rows: int) -> np.ndarray:
    return np.arange(rows).astype("datetime64[D]")


@pytest.mark.parametrize(
    ("frequency", "rows", "lengths"),
    [
        ("h", 3000, (24, 168)),
        ("30min", 4000, (48, 336)),
        ("MS", 120, (12,)),
        ("W", 312, (52,)),
        ("D", 1460, (7, 365.25)),
        ("B", 1500, (5,)),
        ("QS", 80, (4,)),
        ("bh", 2000, (8, 40)),  # the eight hours of a business day
    ],
)
def test_seasons_in_noise_are_found(frequency, rows, lengths):
    values = 10 + np.cumsum(noise(rows, 2)) * 0.02 + noise(rows) * 0.5
    for length in lengths:
        values += 1.5 * wave(rows, length)

    assert detect(frequency, values) == lengths


@pytest.mark.parametrize(
    ("frequency", "rows"), [("h", 2500), ("D", 1460), ("B", 1500), ("MS", 144)]
)
def test_noise_and_random_walks_have_no_season(frequency, rows):
    for seed in range(8):
        steps = noise(rows, seed)

        assert detect(frequency, steps) == ()
        assert detect(frequency, np.cumsum(steps)) == ()
        assert detect_season_lengths(number_rows(rows), np.cumsum(steps)) == ()


def test_business_days_without_a_week_have_none():
    prices = pd.read_csv(IBM.path, parse_dates=[0])

    lengths = detect_season_lengths(prices.iloc[:, 0].to_numpy(), prices["Close"].to_numpy())

    assert lengths == ()


def test_a_week_that_is_only_seven_equal_days_is_no_season():
    assert detect("h", wave(3000, 24) + noise(3000) * 0.5) == (24,)


def test_numbered_rows_have_the_seasons_of_their_autocorrelation():
    rows = 3000
    weekend = np.arange(rows) // 24 % 7 >= 5
    values = wave(rows, 24) - 2 * weekend + noise(rows) * 0.5

    assert detect_season_lengths(number_rows(rows), values) == (24, 168)


@pytest.mark.parametrize("rows", [1, 2, 5, 30])
def test_short_and_constant_series_have_none(rows):
    assert detect("MS", np.ones(rows)) == ()
    assert detect_season_lengths(number_rows(rows), np.ones(rows)) == ()


def test_many_rows_take_less_than_half_a_second():
    values = np.cumsum(noise(100_000))
    started_at = time.perf_counter()

    detect("h", values)

    assert time.perf_counter() - started_at < 0.5


def test_lags_are_whole_rows_each_once():
    assert season_lags([24, 168]) == (24, 168)
    assert season_lags([365.25, 365.0]) == (365,)

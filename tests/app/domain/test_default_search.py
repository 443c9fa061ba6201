"""The default search fits its data."""

import numpy as np
import pytest

from app.domain.calendar_inputs import find_cycles
from app.domain.csv_reading.series import Series
from app.domain.default_search import default_search
from app.domain.search_space.data_fit import DataFacts, fit_problems
from app.domain.search_space.space import SearchSpace
from app.domain.split import Split
from app.domain.terms import Part


def make_series(rows, step="h", lowest=1.0):
    dates = np.datetime64("2020-01-01", "us") + np.arange(rows) * np.timedelta64(1, step)
    values = np.linspace(lowest, lowest + 5, rows)[:, None]
    return Series(dates, ("y",), values, "y")


def search_of(rows, lengths=(), **changes):
    return default_search(make_series(rows, **changes), lengths, Split())


def test_the_epochs_follow_from_the_updates_of_the_weights():
    assert 300 <= search_of(144, step="D").space["epochs"] <= 400
    assert 15 <= search_of(14_000, step="D").space["epochs"] <= 25


def test_windows_hold_one_and_two_of_the_seasons_where_they_are_short_enough():
    monthly = search_of(600, (12.0,), step="D")
    hourly = search_of(9_000, (24.0, 168.0))

    assert monthly.space["time_steps"] == {"choice": [6, 12, 24]}
    assert hourly.space["time_steps"] == {"choice": [6, 12, 24, 48]}
    assert hourly.space["season_lags"] == {"choice": ["none", "season"]}
    assert "Seasons of 24 and 168 rows: windows of 6, 12, 24 and 48 rows." in hourly.reasons


def test_a_season_that_is_too_long_leaves_the_shorter_one():
    search = search_of(900, (24.0, 168.0))

    assert search.space["time_steps"] == {"choice": [6, 12, 24, 48]}
    assert "season_lags" not in search.space


def test_what_the_data_does_not_allow_is_not_searched():
    search = search_of(400, step="D", lowest=-3.0)

    assert search.space["target"] == {"choice": ["level", "difference"]}
    assert "season_lags" not in search.space
    assert "season_lags" not in search_of(30, (12.0,), step="D").space


@pytest.mark.parametrize("rows", [20, 60, 144, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("lengths", [(), (12.0,), (24.0, 168.0)])
def test_every_configuration_fits_the_data(rows, lengths):
    search = search_of(rows, lengths)
    parts = Split().parts(rows)
    facts = DataFacts(lengths, find_cycles(make_series(rows).dates))

    space = SearchSpace.parse(search.space)

    generator = np.random.default_rng(0)
    for _ in range(50):
        parameters = space.sample(generator)
        train_rows = len(parts[Part.TRAIN])
        assert not fit_problems(parameters, train_rows, len(parts[Part.VALIDATION]), facts)


def test_large_data_is_pruned_and_small_data_is_not():
    assert search_of(100_000).pruning == "asha"
    assert search_of(144, step="D").pruning == "none"
    assert search_of(144, step="D").max_trials == 99

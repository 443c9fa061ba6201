"""Columns that measure nothing are known by what they hold, and by their names."""

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.numbers.column_roles import Role, find_roles

DATES = pd.Series(pd.date_range("2021-01-04", periods=40, freq="h"))
SECONDS = DATES.to_numpy().astype("datetime64[s]").astype(float)
COUNTED = np.arange(40.0)
MEASURED = np.sin(COUNTED)


def role_of(name, values, columns=("Date", "other"), dates=DATES):
    numbers = pd.DataFrame({name: values})
    return find_roles(numbers, dates, [*columns, name]).get(name)


@pytest.mark.parametrize(
    "name", ["No", "RECORD", "Unnamed: 0", "index", "Column 1", "#", "rownames"]
)
def test_a_column_that_is_called_so_and_counts_is_a_counter(name):
    assert role_of(name, COUNTED) == Role.COUNTER
    assert role_of(name, COUNTED + 1) == Role.COUNTER
    assert role_of(name, COUNTED[::-1]) == Role.COUNTER
    assert role_of(name, MEASURED) is None


def test_a_first_column_that_counts_is_a_counter_whatever_its_name():
    assert role_of("Messung", COUNTED, columns=()) == Role.COUNTER
    assert role_of("Messung", COUNTED) is None
    assert role_of("Messung", COUNTED * 2, columns=()) is None


@pytest.mark.parametrize("ticks", [1, 1e3, 1e6, 1e9])
def test_an_epoch_that_repeats_the_dates_is_known_in_any_zone(ticks):
    assert role_of("Column 7", SECONDS * ticks) == Role.DATE
    assert role_of("Column 7", (SECONDS + 7200) * ticks) == Role.DATE
    assert role_of("Column 7", (SECONDS + 200_000) * ticks) is None
    assert role_of("Column 7", SECONDS * ticks, dates=None) is None


def test_a_year_with_decimals_repeats_the_dates():
    weeks = pd.Series(pd.date_range("1974-05-19", periods=40, freq="7D"))
    years = weeks.dt.year + (weeks.dt.day_of_year - 1) / 365

    assert role_of("year frac", years.to_numpy(), dates=weeks) == Role.DATE


@pytest.mark.parametrize(
    ("name", "values", "role"),
    [
        ("station_id", COUNTED * 3, Role.ID),
        ("STATIONS_ID", COUNTED * 0 + 44, Role.ID),
        ("store_nbr", COUNTED % 5, Role.ID),
        ("station_id", MEASURED, None),
        ("humidity", COUNTED * 3, None),
        ("month", COUNTED % 12, Role.DATE_PART),
        ("Monat", COUNTED % 12, Role.DATE_PART),
        ("QN_3", COUNTED % 3, Role.FLAG),
        ("OBS_FLAG", COUNTED % 3, Role.FLAG),
        ("ndays", COUNTED % 7, Role.FLAG),
        ("Latitude", MEASURED, Role.COORDINATE),
        ("monthly sales", MEASURED, None),
    ],
)
def test_ids_parts_of_dates_flags_and_coordinates_are_known_by_name(name, values, role):
    assert role_of(name, values) == role

"""Hours in a header, with a day in each line, are a value for each hour."""

import pytest

from app.domain.csv_reading.several.transposed_hours import find_hours
from tests.app.domain.csv_reading.series_files import csv_of, days, question_of, series_of


@pytest.mark.parametrize(
    ("header", "last"),
    [
        ([str(hour) for hour in range(1, 25)], "23:00"),
        ([str(hour) for hour in range(24)], "23:00"),
        ([f"HE{hour:02}" for hour in range(1, 25)], "23:00"),
        ([f"Hour {hour}" for hour in range(1, 25)], "23:00"),
        ([f"{hour:02}:00" for hour in range(24)], "23:00"),
        ([f"{hour}:00:00" for hour in range(24)], "23:00"),
        ([f"{hour:02}:00" for hour in range(1, 25)], "23:00"),
        ([f"{half // 2:02}:{half % 2 * 30:02}" for half in range(48)], "23:30"),
        ([f"Period {half}" for half in range(1, 49)], "23:30"),
        ([f"{part // 4:02}:{part % 4 * 15:02}" for part in range(96)], "23:45"),
    ],
)
def test_the_parts_of_a_day_are_found(header, last):
    hours = find_hours(["Date", *header, "Total"])

    assert hours.columns == tuple(range(1, 1 + len(header)))
    assert hours.texts[0] == "00:00"
    assert hours.texts[-1] == last


@pytest.mark.parametrize(
    "header",
    [
        [f"x{number}" for number in range(1, 25)],
        [str(number) for number in range(1, 13)],
        [str(number) for number in range(5, 29)],
    ],
)
def test_other_numbers_are_no_hours(header):
    assert find_hours(["Date", *header]) is None


def hourly_csv(names=("",)):
    hours = [f"HE{hour}" for hour in range(1, 25)]
    rows = []
    for number, name in enumerate(names):
        for day, date in enumerate(days()):
            values = [1000 * number + 24 * day + hour for hour in range(24)]
            rows.append((date, name, *values))
    return csv_of(("Date", "Zone", *hours), rows)


def test_a_day_in_each_line_becomes_24_rows():
    series, notes = series_of(hourly_csv())

    assert series.values[:, 0].tolist() == [float(hour) for hour in range(24 * 40)]
    assert str(series.dates[0]) == "2020-01-01T00:00:00.000000"
    assert str(series.dates[-1]) == "2020-02-09T23:00:00.000000"
    assert any('"HE1" in the header is read as 00:00' in note for note in notes)


def test_zones_are_asked_about():
    text = hourly_csv(("AE", "BC"))

    series, _ = series_of(text, key=("BC",))

    assert "AE (960 values), BC (960 values)" in question_of(text).message
    assert series.target_values[[0, -1]].tolist() == [1000.0, 1959.0]

"""The target is what a person would forecast, and a default feature measures something."""

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.numbers.targets import choose_target, default_features, guess_target
from app.domain.csv_reading.selection import CleaningOptions
from tests.app.domain.csv_reading.tables import find, table_of

DAYS = [str(day) for day in np.datetime64("2021-01-04") + np.arange(60)]


def csv_of(header, cells=None):
    """Columns of numbers that vary. cells: what to write in some columns, from a row's number."""
    names = header.split(",")
    lines = [f"Date,{header}"]
    for row, day in enumerate(DAYS):
        written = [day]
        for column, name in enumerate(names):
            write = (cells or {}).get(name, lambda row, column=column: 10 + row * (7 + column) % 23)
            written.append(str(write(row)))
        lines.append(",".join(written))
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Open,High,Low,Close,Adj Close,Volume", "Close"),
        ("Bid,Ask,Opening price,High price,Closing price,Average price,Turnover", "Closing price"),
        ("Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen", "Zamkniecie"),
        ("종가,시가,고가,저가,거래량,변동 %", "종가"),
        ("始値,高値,安値,終値,出来高", "終値"),
        ("Prev Close,Open,LTP,Close Price,VWAP", "Close Price"),
        ("Price,Open,High,Low,Change %", "Price"),
        ("TIME_PERIOD2,OBS_VALUE,DECIMALS", "OBS_VALUE"),
        ("season,temp,hum,casual,registered,cnt", "cnt"),
        ("temp,rain_1h,traffic_volume", "traffic_volume"),
        ("average,ndays,1 year ago,increase since 1800", "average"),
        ("pm2.5,DEWP,TEMP,PRES", "pm2.5"),
        ("Day-ahead Load Forecast,Actual Load", "Actual Load"),
        ("Weekly_Sales,Temperature,Fuel_Price", "Fuel_Price"),
        ("HUFL,HULL,MUFL,OT", "OT"),
        ("humidity,Volume", "humidity"),
        ("a,b,c", "c"),
    ],
)
def test_the_column_a_person_would_forecast_is_the_target(header, target):
    assert guess_target(table_of(csv_of(header))) == target


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("RECORD", lambda row: row),
        ("station_id", lambda row: 44 + row % 2),
        ("month", lambda row: row % 12 + 1),
        ("QN_3", lambda row: row % 3),
        ("Latitude", lambda row: 50 + row % 2 / 10),
        ("Lot", lambda row: 100),
        ("rare", lambda row: "" if row % 3 else row),
    ],
)
def test_a_column_that_measures_nothing_is_no_target(name, write):
    table = table_of(csv_of(f"b,{name}", {name: write}))

    assert guess_target(table) == "b"


def test_a_file_of_nothing_else_still_has_a_target():
    table = table_of(csv_of("RECORD", {"RECORD": lambda row: row}))

    assert (guess_target(table), default_features(table)) == ("RECORD", ["RECORD"])


def test_open_high_low_and_close_are_known_without_names():
    rows = "".join(
        f"{day},{10 + row % 7},{19 + row % 7},{5 + row % 7},{11 + row % 5},{row * 31 % 977}\n"
        for row, day in enumerate(DAYS)
    )

    choice = choose_target(table_of(rows))

    assert (choice.name, choice.is_named) == ("Column 5", False)
    assert "open, high, low and close" in choice.reason


def test_a_target_that_no_name_says_is_shown_with_the_columns_to_choose_from():
    finding = find(csv_of("a,b,c"), "target")[0]

    assert (finding.field, finding.is_question) == ("target", False)
    assert [choice.value for choice in finding.choices] == ["c", "a", "b"]
    assert find(csv_of("Open,Close"), "target") == []


def test_counters_ids_and_columns_of_gaps_are_no_features_unless_chosen_and_that_is_said():
    cells = {
        "RECORD": lambda row: row,
        "row_id": lambda row: 5000 + 3 * row,
        "rare": lambda row: "" if row % 3 else row,
    }
    table = table_of(csv_of("RECORD,row_id,rare,a,Close", cells))

    series, notes = make_series(table, CleaningOptions())

    assert series.columns == ("a", "Close")
    assert (
        '"rare" has no value in 67 % of the rows and is no feature unless you choose it.' in notes
    )
    assert len([note for note in notes if "no feature unless you choose it" in note]) == 3

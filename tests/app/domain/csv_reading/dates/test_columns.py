"""Columns that are the date together."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dates.columns import are_parts, find_parts, find_times, join_cells
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table

HOURS = [datetime(2024, 1, 1) + timedelta(hours=hour) for hour in range(1, 300)]
QUARTERS_OF_HOURS = [datetime(2024, 1, 1) + timedelta(minutes=15 * step) for step in range(300)]
DAYS = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(120)]


def delivery(moment):
    """The day and the hour that ends at a moment: 24 at midnight."""
    before = moment - timedelta(hours=1)
    return before, moment.hour or 24


FILES = {  # header, the cells of a moment, the moments and the columns of the date
    "ERCOT": (
        "DeliveryDate,HourEnding,Price",
        lambda at: f"{delivery(at)[0]:%m/%d/%Y},{delivery(at)[1]:02d}:00",
        HOURS, 2,
    ),
    "hours to 24": (
        "Date,HE,Price", lambda at: f"{delivery(at)[0]:%Y-%m-%d},{delivery(at)[1]}", HOURS, 2
    ),
    "OMIE": (
        "Year,Month,Day,Hour,Price",
        lambda at: f"{delivery(at)[0]:%Y,%m,%d},{delivery(at)[1]}", HOURS, 4,
    ),
    "NASA": ("YEAR,MO,DY,HR,T2M", lambda at: f"{at:%Y,%m,%d,%H}", HOURS, 4),
    "minutes": ("yr,mo,dd,hh,mn,x", lambda at: f"{at:%Y,%m,%d,%H,%M}", QUARTERS_OF_HOURS, 5),
    "day of the year": ("YEAR,DOY,x", lambda at: f"{at:%Y,%j}", DAYS, 2),
    "SMARD": (
        "Datum,Anfang,Ende,x",
        lambda at: f"{at:%d.%m.%Y,%H:%M},{at + timedelta(minutes=15):%H:%M}",
        QUARTERS_OF_HOURS, 2,
    ),
    "zeros lost": ("date,time,x", lambda at: f"{at:%Y%m%d},{int(f'{at:%H%M%S}')}", HOURS, 2),
    "zeros lost of minutes": (
        "date,time,x", lambda at: f"{at:%Y%m%d},{int(f'{at:%H%M}')}", QUARTERS_OF_HOURS, 2
    ),
    "no header": ("", lambda at: f"{at:%Y%m%d},{at:%H%M%S}", QUARTERS_OF_HOURS, 2),
    "Finam": (
        "<TICKER>,<DATE>,<TIME>,<CLOSE>", lambda at: f"SBER,{at:%d/%m/%y,%H:%M}", HOURS, 2
    ),
    "12 hours": ("Date,Time,x", lambda at: f"{at:%m/%d/%Y,%I:%M %p}", HOURS, 2),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_date_in_several_columns_is_read(name):
    header, write, moments, n_columns = FILES[name]
    rows = [f"{write(moment)},{5 + row % 7}.5" for row, moment in enumerate(moments)]
    content = "\n".join(filter(None, [header, *rows])).encode()

    dialect = detect_dialect(content)
    table = read_table(content, dialect)
    series, _ = make_series(table, CleaningOptions())

    expected = np.array(moments, "datetime64[us]")
    assert len(dialect.date_columns) == n_columns
    assert series.dates.tolist() == expected.tolist()
    assert not set(series.columns) & set(dialect.date_columns)
    assert [finding for finding in table.findings if finding.choices] == []


def test_months_may_have_names_and_periods_letters():
    monthly = [
        f"{1990 + month // 12},{datetime(2000, month % 12 + 1, 1):%B},5" for month in range(60)
    ]
    periods = [f"{1990 + month // 12},M{month % 12 + 1:02d},5.{month}" for month in range(60)]

    named = detect_dialect("\n".join(["Year,Month,x", *monthly]).encode())
    lettered = detect_dialect("\n".join(["Year,Period,x", *periods]).encode())

    assert (named.date_columns, named.date_format) == (("Year", "Month"), "%Y %b")
    assert (lettered.date_columns, lettered.date_format) == (("Year", "Period"), "%Y M%m")


def test_a_column_of_zones_tells_the_hours_of_a_clock_change_apart():
    cells = [("00:00", "CEST"), ("01:00", "CEST"), ("02:00", "CEST"), ("02:00", "CET")]
    cells += [(f"{hour:02d}:00", "CET") for hour in range(3, 24)]
    rows = [f"2024-10-27,{time},{zone},{row}.5" for row, (time, zone) in enumerate(cells)]
    content = "\n".join(["Date,Time,TZ,x", *rows]).encode()

    dialect = detect_dialect(content)
    table = read_table(content, dialect)

    assert dialect.date_columns == ("Date", "Time", "TZ")
    assert (table.dates.diff().dropna() == np.timedelta64(1, "h")).all()


def test_cells_are_joined_by_a_space_unless_one_is_empty():
    columns = [["1", "2", ""], ["a", "", "c"]]

    assert join_cells(columns, [1, 0]) == ["a 1", "", ""]


def test_a_volume_is_no_time_of_day():
    columns = [["2024-01-01", "2024-01-02"], ["12", "13"], ["red", "green"]]

    assert find_times(["Date", "Volume", "Colour"], columns, 0, ["%Y-%m-%d"]) == []


def test_counts_beside_a_year_are_no_months_in_columns_without_names():
    columns = [["1990", "1991", "1992"], ["1", "45", "12"]]

    assert find_parts(["Column 1", "Column 2"], columns) == []
    assert are_parts(("Jahr", "Monat"))
    assert not are_parts(("Date", "Time"))

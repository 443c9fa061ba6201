"""The dates of a table, and what is said about them."""

from datetime import datetime, timedelta

import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table


def table_of(header, rows, settled=None):
    content = "\n".join([header, *rows]).encode()
    return read_table(content, detect_dialect(content, settled))


def hours_from(start, count):
    return [datetime.fromisoformat(start) + timedelta(hours=hour) for hour in range(count)]


def said(table, kind):
    return [finding.message for finding in table.findings if finding.kind == kind]


def test_the_hour_that_stands_twice_in_autumn_is_named():
    moments = [*hours_from("2024-10-27 00:00", 3), *hours_from("2024-10-27 02:00", 40)]

    table = table_of("Zeit,x", [f"{at:%d.%m.%Y %H:%M},{row}.5" for row, at in enumerate(moments)])

    assert len(said(table, "clock")) == 1
    assert "an hour twice on 2024-10-27, from line 5 on" in said(table, "clock")[0]


def test_the_hour_that_is_missing_in_spring_is_named():
    moments = [*hours_from("2024-03-30 20:00", 6), *hours_from("2024-03-31 03:00", 40)]

    table = table_of("Zeit,x", [f"{at:%d.%m.%Y %H:%M},{row}.5" for row, at in enumerate(moments)])

    assert len(said(table, "clock")) == 1
    assert "an hour less on 2024-03-31, before line 8" in said(table, "clock")[0]


def test_offsets_that_change_in_autumn_leave_nothing_to_say():
    cells = ["2024-10-27T01:00:00+02:00", "2024-10-27T02:00:00+02:00"]
    cells += [f"2024-10-27T{hour:02d}:00:00+01:00" for hour in range(2, 24)]

    table = table_of("time,x", [f"{cell},{row}.5" for row, cell in enumerate(cells)])

    assert said(table, "clock") == []
    assert table.dates.diff().dropna().nunique() == 1


def test_the_start_of_an_interval_is_its_date_and_that_is_said():
    moments = hours_from("2024-01-01 00:00", 40)
    rows = [
        f"{at:%d.%m.%Y %H:%M} - {at + timedelta(hours=1):%d.%m.%Y %H:%M},{row}.5"
        for row, at in enumerate(moments)
    ]

    table = table_of("MTU (UTC),x", rows)

    assert table.dates.tolist() == moments
    assert "the start of each is its date" in said(table, "reading")[0]


def test_a_chosen_column_that_is_no_date_keeps_its_table_and_is_asked_about():
    rows = [f"soon{row % 3},{row}.5" for row in range(40)]

    table = table_of("When,x", rows, {"date_columns": ("When",)})

    questions = [finding for finding in table.findings if finding.field == "date_format"]
    assert table.dates is None
    assert table.number_columns == ["x"]
    assert 'such as "soon0"' in questions[0].message
    with pytest.raises(SeriesError) as caught:
        make_series(table, CleaningOptions())
    assert [problem.field for problem in caught.value.problems] == ["date_format"]


def test_a_chosen_column_of_numbers_offers_what_they_may_count():
    rows = [f"{row * 10},{row % 7}.5" for row in range(40)]

    table = table_of("time,x", rows, {"date_columns": ("time",)})
    settled = {"date_columns": ("time",), "date_format": "seconds since 1970"}
    read = table_of("time,x", rows, settled)

    questions = [finding for finding in table.findings if finding.field == "date_format"]
    assert "seconds since 1970" in [choice.value for choice in questions[0].choices]
    assert read.dates.iloc[3] == datetime(1970, 1, 1, 0, 0, 30)

"""What a file leaves open about its dates is asked, with choices."""

import pandas as pd
import pytest

from app.domain.csv_reading.dates.questions import ask_about_rivals, ask_about_unread, ask_for_date
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.findings import FindingKind
from app.domain.csv_reading.table import read_table


def table_of(header, rows):
    content = "\n".join([header, *rows]).encode()
    return read_table(content, detect_dialect(content))


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Datum", [f"{day}. siječnja 2024" for day in range(1, 31)]),
        ("time", [f"{row * 0.5}" for row in range(60)]),
        ("hour", [f"{20_000 + row}" for row in range(60)]),
        ("time", [f"{1700 + row / 2}" for row in range(60)]),
        ("month", ["Jan", "Feb", "Mar"] * 20),
        ("item", [f"A-{row * 37 % 100}-{row}" for row in range(60)]),
        ("t", [f"{738_157 + row / 24:.6f}" for row in range(60)]),
        ("bytes", [f"{1_500_000_000 + 1000 * row}" for row in range(60)]),
        ("Fiscal Year", [f"FY{1980 + row}" for row in range(40)]),
        ("Time", [f"00:{row:02d}:01.5" for row in range(60)]),
    ],
)
def test_a_column_that_may_be_a_date_and_reads_as_none_is_asked_about(header, cells):
    table = table_of(f"{header},x", [f"{cell},{row % 7}.5" for row, cell in enumerate(cells)])

    questions = [finding for finding in table.findings if finding.field == "date"]

    assert table.dates is None
    assert len(questions) == 1
    assert [choice.value for choice in questions[0].choices] == [header, "none"]
    assert f'begins with "{cells[0]}"' in questions[0].choices[0].label


@pytest.mark.parametrize(
    ("names", "body"),
    [
        (["x"], [["1.5"], ["0.5"], ["2.5"]]),
        (["#", "x"], [["1", "1.5"], ["2", "0.5"], ["3", "2.5"]]),
        (["a", "b"], [["1.5", "5"], ["0.5", "7"], ["2.5", "6"]]),
        (["a", "colour"], [["1.5", "red"], ["0.5", "blue"], ["2.5", "red"]]),
    ],
)
def test_a_table_that_clearly_has_no_date_is_asked_nothing(names, body):
    assert ask_for_date(names, body) == []


def test_both_orders_are_offered_where_nothing_decides_between_day_and_month():
    cells = [f"03/04/2021 00:{minute:02d}" for minute in range(60)]

    table = table_of("Date,x", [f"{cell},{row}.5" for row, cell in enumerate(cells)])

    asked = [finding for finding in table.findings if finding.choices]
    assert [finding.kind for finding in asked] == [FindingKind.AMBIGUOUS]
    assert asked[0].field == "date_format"
    assert asked[0].choices[0].value == table.dialect.date_format
    assert {choice.value for choice in asked[0].choices} == {"%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"}
    assert {choice.label for choice in asked[0].choices} == {
        "4 March 2021 (month before day)",
        "3 April 2021 (day before month)",
    }


def test_a_reading_that_the_order_decides_is_named_and_not_asked():
    cells = [f"{month:02d}/{day:02d}/2021" for month in (1, 2, 3) for day in range(1, 13)]

    findings = ask_about_rivals("Date", pd.Series(cells), "%m/%d/%Y")

    assert len(findings) == 1
    assert findings[0].choices == ()
    assert "in order" in findings[0].message


def test_a_doubt_that_a_late_row_settles_is_none():
    cells = ["03/04/2021"] * 5000 + ["13/04/2021"]

    assert ask_about_rivals("Date", pd.Series(cells), "%d/%m/%Y") == []


def test_days_since_1970_and_those_of_excel_are_both_offered():
    table = table_of("date,x", [f"{18_628 + row},{row % 5}" for row in range(60)])

    asked = [finding for finding in table.findings if finding.choices]

    assert {choice.value for choice in asked[0].choices} == {
        "days since 1970",
        "days since 1899-12-30 (Excel)",
    }


def test_two_digits_of_a_year_that_may_be_of_two_centuries_are_asked_about():
    cells = [f"01.{month % 12 + 1:02d}.{32 + month // 12}" for month in range(60)]

    findings = ask_about_rivals("Date", pd.Series(cells), "%d.%m.%y")

    assert [choice.value for choice in findings[0].choices] == ["%d.%m.%y", "%d.%m.%{1930}y"]


def test_a_date_that_cannot_be_read_beside_another_column_is_asked_about():
    body = [[f"{day}. siječnja", f"2024-01-{day:02d}"] for day in range(1, 20)]

    findings = ask_about_unread(["Datum", "note"], body, ["note"])

    assert [choice.value for choice in findings[0].choices] == ["note", "Datum", "none"]
    assert ask_about_unread(["Datum", "Date"], body, ["Date"]) == []

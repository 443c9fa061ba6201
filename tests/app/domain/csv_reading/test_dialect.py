"""How files are written, and what follows from the fields a person has settled."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect, read_column_names
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table

DAYS = [np.datetime64("2020-01-01") + day for day in range(60)]
GERMAN = "Datum;Kurs;Stück\n" + "".join(
    f"{day.item():%d.%m.%Y};1.{number:03d},50;{number}\n" for number, day in enumerate(DAYS)
)
NASDAQ = "Date,Close/Last,Volume,Open\n" + "".join(
    f"{day.item():%m/%d/%Y},${number + 1}.25,{number * 1000},${number}.5\n"
    for number, day in enumerate(reversed(DAYS))
)
INVESTING = '"Date","Price","Vol.","Change %"\n' + "".join(
    f'"{day.item():%b %d, %Y}","1,{number:03d}.5","{number + 1}.25M","-0.{number}%"\n'
    for number, day in enumerate(DAYS)
)
YAHOO = "Date,Close\n" + "".join(
    f"{day} 00:00:00-05:00,{number}\n" for number, day in enumerate(DAYS)
)
CANDLES = "time,open,close\n" + "".join(
    f"{1577836800000 + hour * 3600000},{hour},{hour + 1}\n" for hour in range(60)
)
SWISS = "Datum;Kurs\n" + "".join(
    f"{day.item():%d.%m.%Y};{n + 1}'234.{n:02d}\n" for n, day in enumerate(DAYS)
)


@pytest.mark.parametrize(
    ("text", "dialect", "target", "first"),
    [
        (
            GERMAN,
            Dialect("utf-8", ";", ",", ".", True, ("Datum",), "%d.%m.%Y"),
            "Kurs",
            [1000.5, 0.0],
        ),
        (
            NASDAQ,
            Dialect("utf-8", ",", ".", None, True, ("Date",), "%m/%d/%Y"),
            "Close/Last",
            [60.25, 59_000.0, 59.5],
        ),
        (
            INVESTING,
            Dialect("utf-8", ",", ".", ",", True, ("Date",), "%b %d, %Y"),
            "Price",
            [1000.5, 1.25e6, -0.0],
        ),
        (
            YAHOO,
            Dialect("utf-8", ",", ".", None, True, ("Date",), "%Y-%m-%d %H:%M:%S%z"),
            "Close",
            [0.0],
        ),
        (
            CANDLES,
            Dialect("utf-8", ",", ".", None, True, ("time",), "milliseconds since 1970"),
            "close",
            [0.0, 1.0],
        ),
        (SWISS, Dialect("utf-8", ";", ".", "'", True, ("Datum",), "%d.%m.%Y"), "Kurs", [1234.0]),
    ],
    ids=["german", "nasdaq", "investing", "yahoo", "candles", "swiss"],
)
def test_downloaded_files_load_without_a_correction(text, dialect, target, first):
    content = text.encode()

    detected = detect_dialect(content)
    series, _ = make_series(read_table(content, detected), CleaningOptions())

    assert detected == dialect
    assert series.target == target
    assert series.values[0].tolist() == first
    assert series.dates[0] == np.datetime64("2020-01-01")
    assert len(series.dates) == 60


@pytest.mark.parametrize("text", [GERMAN, NASDAQ, INVESTING, YAHOO, CANDLES, SWISS])
def test_settling_the_detected_dialect_changes_nothing(text):
    dialect = detect_dialect(text.encode())

    assert detect_dialect(text.encode(), dialect.document()) == dialect


def test_settled_fields_are_kept_and_the_others_follow():
    content = GERMAN.encode()

    without_header = detect_dialect(content, {"has_header": False})
    without_dates = detect_dialect(content, {"date_columns": ()})

    assert (without_header.date_columns, without_header.date_format) == (("Column 1",), "%d.%m.%Y")
    assert (without_dates.date_columns, without_dates.date_format) == ((), None)
    assert detect_dialect(content, {"decimal": "."}).thousands is None
    assert detect_dialect(content, {"thousands": ""}).thousands is None


def test_another_date_column_brings_its_own_format():
    rows = "".join(f"{day},{day.item():%d/%m/%Y},{n}\n" for n, day in enumerate(DAYS))
    content = f"Paid,Due,Sum\n{rows}".encode()
    settled = {"date_columns": ("Due",), "date_format": "%Y-%m-%d"}

    detected = detect_dialect(content)
    chosen = detect_dialect(content, settled)

    assert detected.date_columns == ("Paid",)
    assert (chosen.date_columns, chosen.date_format) == (("Due",), "%d/%m/%Y")


def test_a_settled_date_format_is_kept_where_any_cell_has_it():
    rows = "".join(f"{n % 12 + 1:02d}/{n // 12 + 1:02d}/2020,{n}\n" for n in range(60))
    content = f"Date,Close\n{rows}".encode()
    dialect = detect_dialect(content)
    other_format = "%m/%d/%Y" if dialect.date_format == "%d/%m/%Y" else "%d/%m/%Y"

    settled = detect_dialect(content, {"date_format": other_format})

    assert settled == replace(dialect, date_format=other_format)


def test_a_settled_date_column_that_is_gone_is_detected_anew():
    assert detect_dialect(GERMAN.encode(), {"date_columns": ("Column 1",)}).date_columns == (
        "Datum",
    )


def test_column_names_are_those_of_the_header():
    content = GERMAN.encode()

    names = read_column_names(content, detect_dialect(content))

    assert names == ["Datum", "Kurs", "Stück"]

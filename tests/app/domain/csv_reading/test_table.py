"""A file becomes a table of numbers and dates, or is refused with its line."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from tests.app.domain.csv_reading.tables import DAYS, csv_of, find, table_of


def test_a_clean_table_has_no_findings():
    table = table_of(csv_of())

    assert table.findings == ()
    assert table.columns == ("Date", "Open", "Close")
    assert table.number_columns == ["Open", "Close"]
    assert (table.rows, table.lines[0], table.lines[-1]) == (60, 2, 61)
    assert table.head[0] == ["2020-01-01", "0.5", "0"]


def test_truth_values_are_ones_and_zeros_and_said_to_be():
    rows = "".join(f"{day},{number % 2 == 0},{number}\n" for number, day in enumerate(DAYS))
    text = f"Date,Open,Close\n{rows}"

    table = table_of(text)

    assert table.numbers["Open"].tolist() == [1.0, 0.0] * 30
    assert (
        find(text, "numbers")[0].message == 'In "Open", "True" is read as 1, "False" is read as 0.'
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Date,Close\n", "a header and no rows"),
        ("a,b\nc,d\ne,f\n", "No column holds numbers"),
        ("2020-01-01\n2020-01-02\n2020-01-03\n", "no column besides the dates"),
    ],
)
def test_a_file_without_numbers_is_refused(text, words):
    with pytest.raises(SeriesError, match=words):
        table_of(text)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"date_columns": ("Day",)}, "date"), ({"date_format": "%d.%m.%Y"}, "date_format")],
)
def test_a_dialect_that_does_not_fit_is_refused_at_its_field(change, field):
    content = csv_of().encode()
    dialect = replace(detect_dialect(content), **change)

    with pytest.raises(SeriesError) as caught:
        read_table(content, dialect)

    assert caught.value.problems[0].field == field


@pytest.mark.slow
def test_fifty_megabytes_are_read_in_seconds():
    rows = 900_000
    minutes = pd.date_range("2000-01-01", periods=rows, freq="min").strftime("%d.%m.%Y %H:%M")
    values = np.random.default_rng(0).normal(100, 10, (rows, 5)).round(3)
    frame = pd.DataFrame(values, columns=list("abcde"))
    frame.insert(0, "Datum", minutes)
    content = frame.to_csv(index=False, sep=";", decimal=",").encode()
    assert len(content) > 45_000_000

    start = pd.Timestamp.now()
    table = read_table(content, detect_dialect(content))
    duration = pd.Timestamp.now() - start

    assert duration < pd.Timedelta(seconds=40)  # 2 to 4 on an idle core
    np.testing.assert_array_equal(table.numbers.to_numpy(), values)


def test_comments_between_the_rows_are_passed_over_and_said():
    rows = csv_of().splitlines()
    text = "\n".join([*rows[:10], "# a sensor was replaced", *rows[10:20], "#", *rows[20:]])

    table = table_of(text)

    assert table.rows == table_of(csv_of()).rows
    assert find(text, "skipped")[0].lines == (11, 22)
    assert "lines 11, 22 begin with # and were skipped" in find(text, "skipped")[0].message.lower()


def test_a_row_behind_a_hash_is_asked_about_and_not_dropped_in_silence():
    rows = csv_of().splitlines()
    text = "\n".join([*rows[:10], f"#{rows[10]}", *rows[11:]])

    assert find(text, "date")[0].lines == (11,)


def test_a_header_behind_a_hash_gives_the_columns_their_names():
    table = table_of(f"# {csv_of()}")

    assert table.columns == table_of(csv_of()).columns
    assert table.dialect.date_columns == ("Date",)

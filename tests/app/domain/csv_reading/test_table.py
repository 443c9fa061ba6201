"""What is odd about a table, by line."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from app.domain.csv_reading.dialect import recognise
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read

DAYS = [str(np.datetime64("2020-01-01") + day) for day in range(60)]


def table_of(text):
    return read(text.encode(), recognise(text.encode()))


def csv(changes=None, header="Date,Open,Close"):
    """60 days from line 2 on; `changes` puts other text on single lines."""
    lines = [header, *(f"{day},{number}.5,{number * 7 % 11}" for number, day in enumerate(DAYS))]
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    return "\n".join(lines) + "\n"


def found(text, kind):
    return [finding for finding in table_of(text).findings if finding.kind == kind]


def test_a_clean_table_has_nothing_odd():
    table = table_of(csv())
    assert table.findings == ()
    assert table.columns == ("Date", "Open", "Close")
    assert table.number_columns == ["Open", "Close"]
    assert (table.rows, table.lines[0], table.lines[-1]) == (60, 2, 61)
    assert table.head[0] == ["2020-01-01", "0.5", "0"]


def test_missing_values_text_and_unreadable_dates_are_named_by_column_and_line():
    text = csv(
        {5: f"{DAYS[3]},,1", 9: f"{DAYS[7]},oops,1", 12: f"{DAYS[10]},NA,1", 20: "someday,1,1"}
    )
    assert [(row.column, row.lines) for row in found(text, "missing")] == [("Open", (5, 12))]
    assert [(row.column, row.lines) for row in found(text, "text")] == [("Open", (9,))]
    assert [(row.column, row.lines) for row in found(text, "date")] == [("Date", (20,))]
    assert '"oops"' in found(text, "text")[0].message
    assert '"someday"' in found(text, "date")[0].message


def test_only_the_first_ten_lines_are_listed_and_the_rest_counted():
    text = csv({line: f"{DAYS[line - 2]},,1" for line in range(10, 25)})
    assert (
        "in lines 10, 11, 12, 13, 14, 15, 16, 17, 18, 19 and 5 more."
        in found(text, "missing")[0].message
    )
    assert len(found(text, "missing")[0].lines) == 15


def test_line_numbers_are_right_behind_blank_lines_remarks_and_quoted_lines():
    rows = [f'{day},"two\nlines",{number}' for number, day in enumerate(DAYS)]
    rows[30] = f"{DAYS[30]},one,oops"
    text = (
        "# a remark\n\nDate,Note,Close\n"
        + "\n".join([*rows[:10], "", "# another", *rows[10:]])
        + "\n"
    )
    assert found(text, "text")[0].lines == (3 + 10 * 2 + 2 + 20 * 2 + 1,)


def test_infinite_and_absurd_numbers_are_named_as_none():
    text = csv(
        {
            3: f"{DAYS[1]},inf,1",
            4: f"{DAYS[2]},-Infinity,1",
            5: f"{DAYS[3]},1e101,1",
            6: f"{DAYS[4]},1e999,1",
        }
    )
    assert found(text, "text")[0].lines == (3, 4, 5, 6)
    assert np.isfinite(table_of(text).numbers["Open"].dropna()).all()


def test_repeated_dates_disorder_and_constants_are_named():
    text = (
        csv({5: f"{DAYS[2]},1,1"}, "Date,Open,Close")
        .replace("\n", ",7\n")
        .replace("Close,7", "Close,Lot")
    )
    assert found(text, "duplicates")[0].lines == (4, 5)
    assert [row.column for row in found(text, "constant")] == ["Lot"]
    lines = csv().strip().split("\n")
    assert (
        "newest first" in found("\n".join([lines[0], *reversed(lines[1:])]), "unsorted")[0].message
    )
    assert (
        "in no order"
        in found("\n".join([lines[0], *lines[30:], *lines[1:30]]), "unsorted")[0].message
    )


def test_a_long_gap_is_named_with_the_line_behind_it():
    lines = csv().strip().split("\n")
    gap = found("\n".join([*lines[:20], *lines[40:]]), "gap")[0]
    assert gap.lines == (21,)
    assert "21 days before line 21" in gap.message
    assert "usually 1 day apart" in gap.message


def test_weekends_are_no_gap():
    days = pd.bdate_range("2020-01-01", periods=60)
    assert (
        found(
            "Date,Close\n" + "".join(f"{day:%Y-%m-%d},{n}\n" for n, day in enumerate(days)), "gap"
        )
        == []
    )


def test_a_column_of_text_and_an_empty_one_are_said_to_be_left_out():
    text = "Date,Ticker,Empty,Close\n" + "".join(
        f"{day},GE,,{number}\n" for number, day in enumerate(DAYS)
    )
    assert [row.column for row in found(text, "left_out")] == ["Ticker", "Empty"]
    assert table_of(text).missing == {"Date": 0, "Ticker": 0, "Empty": 60, "Close": 0}


def test_a_repeated_name_and_skipped_lines_are_said():
    text = "Prices of X\n" + csv(header="Date,Close,Close")
    assert '"Close (2)"' in found(text, "header")[0].message
    assert found(text, "skipped")[0].message == "Line 1 stands before the table and was skipped."


def test_dates_that_read_both_ways_are_said_to_be_doubtful():
    text = "Date,Close\n" + "".join(
        f"{n % 12 + 1:02d}/{n // 12 + 1:02d}/2020,{n}\n" for n in range(60)
    )
    assert "two ways" in found(text, "doubtful")[0].message
    settled = text + "31/12/2020,5\n"
    assert found(settled, "doubtful") == []


def test_numbers_that_read_both_ways_are_said_to_be_doubtful():
    text = "Date;Close\n" + "".join(f"{day};1,{number:03d}\n" for number, day in enumerate(DAYS))
    assert '"1,000"' in found(text, "doubtful")[0].message
    assert table_of(text).numbers["Close"].iloc[1] == 1.001


def test_truth_values_are_text():
    text = "Date,Open,Close\n" + "".join(
        f"{day},{number % 2 == 0},{number}\n" for number, day in enumerate(DAYS)
    )
    assert table_of(text).number_columns == ["Close"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({30: "2020-01-29,1,2,3,4"}, "Line 30 has 5 cells where 3 are expected"),
        ({30: '2020-01-29,"1,2'}, "A quotation mark is opened in line 30 and never closed"),
    ],
)
def test_lines_that_break_the_table_are_named(changes, words):
    with pytest.raises(SeriesError, match=words):
        table_of(csv(changes))


def test_a_wide_line_beyond_the_sample_is_named_too():
    lines = ["Date,Close", *(f"{np.datetime64('2000-01-01') + day},{day}" for day in range(1000))]
    lines[900] += ",5,6"
    with pytest.raises(SeriesError, match="Line 901 has 4 cells where 2 are expected"):
        table_of("\n".join(lines))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Date,Close\n", "a header and no rows"),
        ("a,b\nc,d\ne,f\n", "No column holds numbers"),
        ("2020-01-01\n2020-01-02\n2020-01-03\n", "no column beside the dates"),
    ],
)
def test_what_holds_no_numbers_is_refused(text, words):
    with pytest.raises(SeriesError, match=words):
        table_of(text)


def test_a_reading_that_does_not_fit_is_refused_at_its_field():
    content = csv().encode()
    dialect = recognise(content)
    for change, field in (
        ({"date_column": "Day"}, "date"),
        ({"date_format": "%d.%m.%Y"}, "date_format"),
    ):
        with pytest.raises(SeriesError) as caught:
            read(content, replace(dialect, **change))
        assert caught.value.problems[0][0] == field


@pytest.mark.slow
def test_fifty_megabytes_are_read_in_seconds():
    rows = 900_000
    minutes = pd.date_range("2000-01-01", periods=rows, freq="min").strftime("%d.%m.%Y %H:%M")
    values = np.random.default_rng(0).normal(100, 10, (rows, 5)).round(3)
    frame = pd.DataFrame(values, columns=list("abcde"))
    frame.insert(0, "Datum", minutes)
    content = frame.to_csv(index=False, sep=";", decimal=",").encode()
    assert len(content) > 45_000_000
    began = pd.Timestamp.now()
    table = read(content, recognise(content))
    assert pd.Timestamp.now() - began < pd.Timedelta(seconds=40)  # 2 to 4 on an idle core
    np.testing.assert_array_equal(table.numbers.to_numpy(), values)

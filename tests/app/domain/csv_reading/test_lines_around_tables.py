"""Titles, units, metadata, several header lines and footers as exporters write them."""

import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table

DAYS = [f"2021-01-{day:02d}" for day in range(1, 32)]


def rows_of(template):
    """31 lines; in the template, {day}, and numbers {a} and {b}."""
    return [template.format(day=day, a=index + 0.5, b=index) for index, day in enumerate(DAYS)]


def read(lines, encoding="utf-8"):
    content = ("\n".join(lines) + "\n").encode(encoding)
    return read_table(content, detect_dialect(content))


def skipped_lines(table):
    lines = [finding.lines for finding in table.findings if finding.kind == "skipped"]
    return sorted(line for part in lines for line in part)


# what it is: lines above, a row, lines below, names, the lines that are passed over
SHAPES = {
    "yfinance with two tickers": (
        ["Price,Close,Close,Open,Open", "Ticker,AA,BB,AA,BB", "Date,,,,"],
        "{day},{a},{b},{a},{b}",
        [],
        ["Date", "Close AA", "Close BB", "Open AA", "Open BB"],
        [],
    ),
    "a buoy of NDBC": (
        ["#YY  MM DD hh WDIR ATMP", "#yr  mo dy hr degT degC"],
        "2021 01 {b} 05  {b}  {a}",
        [],
        ["YY", "MM", "DD", "hh", "WDIR", "ATMP"],
        [2],
    ),
    "the formats of USGS": (
        ["# a comment", "#", "site_no\tdatetime\tflow", "15s\t20d\t14n"],
        "01646500\t{day} 00:15\t{a}",
        [],
        ["site_no", "datetime", "flow"],
        [1, 2, 4],
    ),
    "merged cells of a spreadsheet": (
        ["Date;Berlin;;Hamburg;", ";Temp;RH;Temp;RH"],
        "{day};{a};{b};{a};{b}",
        [],
        ["Date", "Berlin Temp", "Berlin RH", "Hamburg Temp", "Hamburg RH"],
        [],
    ),
    "a report from a spreadsheet": (
        ["Monthly report;;", ";;", "Created;2021-02-01;", "Date;Price;Volume"],
        "{day};{a};{b}",
        ["Total;465;31", ";;", "Source: us;;"],
        ["Date", "Price", "Volume"],
        [1, 2, 3, 36, 37, 38],
    ),
    "psql": (
        ["    date    | value | n", "------------+-------+---"],
        " {day} | {a} | {b}",
        ["(31 rows)"],
        ["date", "value", "n"],
        [2, 34],
    ),
    "SQL*Plus": (
        ["DATE       VALUE        N", "---------- ---------- ----------"],
        "{day}    {a}    {b}",
        ["", "31 rows selected."],
        ["DATE", "VALUE", "N"],
        [2, 35],
    ),
    "pairs of metadata": (
        ["Station;Berlin", "Unit;°C", "Latitude;52.5", "Date;Value"],
        "{day};{a}",
        [],
        ["Date", "Value"],
        [1, 2, 3],
    ),
    "units in brackets": (
        ["Time,Temp,Humidity", "[UTC],[°C],[%]"],
        "{day} 00:00,{a},{b}",
        [],
        ["Time", "Temp", "Humidity"],
        [2],
    ),
    "types of columns": (
        ["ts,open,close", "datetime64[ns],float64,float64"],
        "{day},{a},{b}",
        [],
        ["ts", "open", "close"],
        [2],
    ),
    "statistics below": (
        ["Date,Open,Close"],
        "{day},{a},{b}",
        ["", "Min,90.1,91.2", "Max,110,111", "Mean,100,101", "Std,5,5"],
        ["Date", "Open", "Close"],
        [34, 35, 36, 37],
    ),
    "names behind a per cent sign": (
        ["% made by a solver", "% t  u  v"],
        "{b}  {a}  {b}",
        [],
        ["t", "u", "v"],
        [1],
    ),
    "names parted by spaces above commas": (
        ["# time temperature humidity"],
        "{day},{a},{b}",
        [],
        ["time", "temperature", "humidity"],
        [],
    ),
    "quarters with notes": (
        ["Title: unemployment", "Unit: percent", "", "Quarter,Rate"],
        "Q1 20{b:02d},{a}",
        ["", "Notes: (p) provisional", "1. Break in series in 2005"],
        ["Quarter", "Rate"],
        [1, 2, 37, 38],
    ),
    "levels below the names": (
        [",Tokyo,Tokyo,Tokyo", "date,temp,temp,temp", ",,quality,number"],
        "{day},{a},{b},{b}",
        [],
        ["date", "temp", "temp quality", "temp number"],
        [1],
    ),
    "a last column that few rows have": (
        ["Date,Value,Note"],
        "{day},{a}",
        ["2021-02-01,5.5,checked"],
        ["Date", "Value", "Note"],
        [],
    ),
    "a header that ends with a separator": (
        ["Date;Open;Close;"],
        "{day};{a};{b}",
        [],
        ["Date", "Open", "Close"],
        [],
    ),
    "the statistics office of the United Kingdom": (
        ['"Title","CPI INDEX"', '"CDID","D7BT"', '"Unit","Index, base year = 100"',
         '"Release date","17-01-2024"', '"Next release","14 February 2024"', '"Notes",'],
        '"2000 JAN","{a}"',
        [],
        ["Notes", "CPI INDEX"],
        [2, 3, 4, 5],
    ),
    "the statistics office of Australia": (
        [",Persons ;,Males ;", "Unit,Percent,Percent", "Frequency,Month,Month",
         "Series ID,A84423050A,A84423051C"],
        "Jan-2020,{a},{b}",
        [],
        ["Column 1", "Persons ;", "Males ;"],
        [2, 3, 4],
    ),
    "more metadata than rows": (
        [f"Key{number}: value {number}" for number in range(60)] + ["Date,Close"],
        "{day},{a}",
        [],
        ["Date", "Close"],
        list(range(1, 61)),
    ),
    "hundreds of comments": (
        [f"# comment {number}, and more" for number in range(600)] + ["Date,Close"],
        "{day},{a}",
        [],
        ["Date", "Close"],
        list(range(1, 601)),
    ),
    "mysql": (
        ["+-----+-----+", "| day | val |", "+-----+-----+"],
        "| {day} | {a} |",
        ["+-----+-----+", "31 rows in set (0.00 sec)"],
        ["Column 1", "day", "val", "Column 4"],
        [1, 3, 35, 36],
    ),
    "a total without a word": (
        ["# All Web Site Data", "# ---", "", "Day Index,Pageviews"],
        "{day},{b}",
        [',"322,347"'],
        ["Day Index", "Pageviews"],
        [1, 2, 36],
    ),
    "one column": (["value"], "{a}", ["Total"], ["value"], [33]),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_the_rows_and_names_of_a_table_are_found_whatever_is_around(shape):
    above, template, below, names, skipped = SHAPES[shape]
    rows = rows_of(template)

    table = read([*above, *rows, *below])

    assert list(table.columns) == names
    assert table.rows in (31, 32)
    assert table.lines[0] == len(above) + 1
    assert skipped_lines(table) == skipped
    numbers = table.numbers[table.number_columns[-1]]
    assert [numbers.iloc[0], numbers.iloc[30]] in ([0.5, 30.5], [0.0, 30.0])


def test_a_total_is_said_with_its_words_apart_from_other_lines():
    table = read(["Date,Sales", *rows_of("{day},{a}"), "合計,480.5", "※速報値を含む"], "cp932")

    messages = [finding.message for finding in table.findings if finding.kind == "skipped"]

    assert table.rows == 31
    assert messages[0] == "Line 34 is below the table and was skipped."
    assert messages[1].startswith("Line 33 has numbers, but does not begin as rows do")
    assert '"合計 480.5"' in messages[1]


def test_a_total_below_rows_that_begin_with_words_is_left_out_and_said():
    months = ["January", "February", "March", "April", "May"] * 7

    table = read(
        ["Month,Rain", *(f"{month},{index}" for index, month in enumerate(months)), "Total,595"]
    )

    skipped = [finding for finding in table.findings if finding.kind == "skipped"]
    assert table.rows == 35
    assert '"Total 595"' in skipped[0].message


def test_a_total_between_the_rows_is_asked_about():
    rows = rows_of("{day},{a}")

    table = read(["Date,Sales", *rows[:20], "Subtotal,200", *rows[20:]])

    assert table.rows == 32
    unread = [finding for finding in table.findings if finding.kind == "date"]
    assert unread[0].lines == (22,)


def test_repeated_blocks_of_influx_are_one_table():
    block = ["#group,false,false", "#datatype,long,double", "#default,,", ",table,_time,_value"]
    rows = rows_of(",0,{day}T00:00:00Z,{a}")

    table = read([*block, *rows[:15], "", *block, *rows[15:], ""])

    assert list(table.columns) == ["Column 1", "table", "_time", "_value"]
    assert table.rows == 31
    assert skipped_lines(table) == [1, 2, 3, 21, 22, 23, 24]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["Date,Open,Close", *rows_of("{day},{b},5,{b},7")],
            "Line 1 has 3 names, and the rows below have 5 cells",
        ),
        (
            ["Date,Close", *rows_of("{day},{a}"), "", "Date,Rate,Name", *rows_of("{day},{b},x")],
            "there are several tables",
        ),
        (
            ["Date,Close,N", *rows_of("{day},{a},1"), "", "Date,Rate", *rows_of("{day},{b}")],
            "Another table with other columns begins in line 34",
        ),
    ],
)
def test_a_file_whose_lines_do_not_fit_one_another_is_refused(lines, words):
    with pytest.raises(SeriesError, match=words):
        read(lines)


def test_names_that_do_not_fit_the_rows_can_be_settled_as_none():
    lines = ["Prices,of,X", *rows_of("{day},{a},{b},{a},{b}")]
    content = "\n".join(lines).encode()

    with pytest.raises(SeriesError) as caught:
        detect_dialect(content)
    table = read_table(content, detect_dialect(content, {"has_header": False}))

    problem = caught.value.problems[0]
    assert problem.field == "has_header"
    assert [choice.value for choice in problem.choices] == ["false"]
    assert table.columns[0] == "Column 1"
    assert table.rows == 31


def test_a_header_that_is_one_name_short_is_said():
    table = read(["open,close", *rows_of("{day},{a},{b}")])

    short = [finding for finding in table.findings if finding.field == "has_header"]
    assert list(table.columns) == ["Column 1", "open", "close"]
    assert [choice.value for choice in short[0].choices] == ["true", "false"]

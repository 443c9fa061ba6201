"""From a table to a series: chosen, sorted, mended or refused."""

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import Choices, default_target, make_series
from app.domain.csv_reading.dialect import recognise
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read

DAYS = [str(np.datetime64("2020-01-01") + day) for day in range(60)]


def table_of(changes=None, header="Date,Open,Close,Lot"):
    """60 days from line 2 on; `changes` puts other text on single lines."""
    lines = [
        header,
        *(f"{day},{number}.5,{number * 7 % 11},100" for number, day in enumerate(DAYS)),
    ]
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    content = "\n".join(lines).encode()
    return read(content, recognise(content))


def made(changes=None, **choices):
    return make_series(table_of(changes), Choices(**choices))


def problems(changes=None, **choices):
    with pytest.raises(SeriesError) as caught:
        made(changes, **choices)
    return caught.value.problems


def test_what_is_left_open_gets_a_good_default():
    series, notes = made()
    assert (series.columns, series.target) == (("Open", "Close"), "Close")
    assert notes == ['"Lot" never changes and was left out.']


def test_the_target_is_always_among_the_columns():
    series, _ = made(target="Open", features=("Close",))
    assert series.columns == ("Open", "Close")
    assert made(target="Open", features=())[0].columns == ("Open",)


def test_constant_columns_are_kept_where_that_is_wished():
    series, notes = made(constant="keep")
    assert series.columns == ("Open", "Close", "Lot")
    assert notes == []


def test_every_problem_is_told_at_once_at_its_field():
    found = problems({5: f"{DAYS[3]},,1,1", 9: f"{DAYS[2]},1,1,1", 20: "someday,1,1,1"})
    assert [field for field, _ in found] == ["missing", "missing", "duplicates"]
    assert "line 5" in found[0][1]
    assert "line 20" in found[1][1]
    assert "lines 4, 9" in found[2][1]


def test_what_is_odd_in_a_column_nobody_takes_is_no_problem():
    series, _ = made({5: f"{DAYS[3]},oops,1,1"}, features=("Close",))
    assert (series.columns, len(series.dates)) == (("Close",), 60)


def test_filling_takes_the_value_of_the_day_before_not_of_the_line_before():
    lines = ["Date,Close", *(f"{day},{number}.5" for number, day in enumerate(DAYS))]
    lines[4] = f"{DAYS[3]},"
    content = "\n".join([lines[0], *reversed(lines[1:])]).encode()
    series, _ = make_series(read(content, recognise(content)), Choices(missing="fill"))
    assert series.values[3, 0] == 2.5


def test_rows_that_cannot_be_filled_are_left_out_and_that_is_said():
    series, notes = made({2: f"{DAYS[0]},,1,1", 20: "someday,1,1,1"}, missing="fill")
    assert (len(series.dates), series.dates[0]) == (58, np.datetime64(DAYS[1]))
    assert "1 row without a readable date was left out." in notes
    assert "1 row with missing values was left out." in notes


@pytest.mark.parametrize(("choice", "value"), [("first", 2.5), ("last", 7.0)])
def test_of_rows_of_one_date_the_chosen_one_stays(choice, value):
    series, notes = made({9: f"{DAYS[2]},7,1,1"}, duplicates=choice)
    assert series.values[2, 0] == value
    assert f"1 row with a repeated date was left out (kept the {choice})." in notes


@pytest.mark.parametrize(
    ("choices", "field", "words"),
    [
        ({"target": "Shut"}, "target", 'no column "Shut"'),
        ({"target": "Date"}, "target", '"Date" holds no numbers'),
        (
            {"features": ("Open", "Shut")},
            "features",
            'no column "Shut". Columns of numbers are: Open, Close, Lot.',
        ),
        ({"target": "Lot"}, "target", "never changes"),
    ],
)
def test_columns_that_cannot_be_taken_are_refused_at_their_field(choices, field, words):
    found = problems(**choices)
    assert found[0][0] == field
    assert words in found[0][1]


def test_too_few_rows_are_refused_with_their_number():
    few = {line: f"{DAYS[line - 2]},,1,1" for line in range(10, 50)}
    assert problems(few, missing="drop") == [
        ("file", "Only 20 rows are left; at least 30 are needed.")
    ]


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("Date,Open,Close,Volume", "Close"),
        ("Date,Volume,adj close,Open", "adj close"),
        ("Date,Close/Last,Volume,Open", "Close/Last"),
        ("<DATE>,<OPEN>,<CLOSE>,<VOL>", "<CLOSE>"),
        ("ds,x,y,z", "y"),
        ("Datum,Schlusskurs,Menge,Hoch", "Schlusskurs"),
        ("Date,Rain,Snow,Flow", "Flow"),
        ("Date,Closed,Opened,Flow", "Flow"),
    ],
)
def test_the_likeliest_target_is_a_close_or_the_last_column_that_varies(header, target):
    lines = "".join(
        f"{day},{number},{number * 3},{number + 1}\n" for number, day in enumerate(DAYS)
    )
    content = f"{header}\n{lines}".encode()
    assert default_target(read(content, recognise(content))) == target


def test_rows_without_dates_are_numbered_as_days_and_that_is_said():
    content = ("a,b\n" + "".join(f"{number},{number * 0.5}\n" for number in range(40))).encode()
    series, notes = make_series(read(content, recognise(content)), Choices())
    assert series.dates[-1] == np.datetime64("1970-02-09")
    assert notes == ["There is no date column: the rows are numbered as days from 1970-01-01."]

"""From a table to a series: columns are chosen, rows are sorted and cleaned, or refused."""

from dataclasses import replace

import numpy as np
import pytest

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.numbers.targets import guess_target
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import FileProblem, Series, SeriesError, no_cells
from app.domain.csv_reading.table import read_table

DAYS = [str(np.datetime64("2020-01-01") + day) for day in range(60)]


def table_of(changes=None, header="Date,Open,Close,Lot"):
    """60 days from line 2 on; `changes` replaces single lines."""
    lines = [
        header,
        *(f"{day},{number}.5,{number * 7 % 11},100" for number, day in enumerate(DAYS)),
    ]
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    content = "\n".join(lines).encode()
    return read_table(content, detect_dialect(content))


def clean(changes=None, **options):
    return make_series(table_of(changes), CleaningOptions(**options))


def problems_of(changes=None, **options):
    with pytest.raises(SeriesError) as caught:
        clean(changes, **options)
    return caught.value.problems


def test_columns_that_are_not_chosen_get_a_good_default():
    series, notes = clean()

    assert (series.columns, series.target) == (("Open", "Close"), "Close")
    assert notes == [
        '"Close" is the target, because of its name.',
        '"Lot" never changes and was left out.',
    ]


def test_the_target_is_always_among_the_columns():
    series, _ = clean(target="Open", features=("Close",))

    assert series.columns == ("Open", "Close")
    assert clean(target="Open", features=())[0].columns == ("Open",)


def test_constant_columns_are_kept_on_request():
    series, notes = clean(constant="keep", target="Close")

    assert series.columns == ("Open", "Close", "Lot")
    assert notes == []


def test_all_problems_are_reported_at_once_at_their_fields():
    problems = problems_of({5: f"{DAYS[3]},,1,1", 9: f"{DAYS[2]},1,1,1", 20: "someday,1,1,1"})

    assert [problem.field for problem in problems] == ["missing", "missing", "duplicates"]
    assert "line 5" in problems[0].message
    assert "line 20" in problems[1].message
    assert "lines 4, 9" in problems[2].message


def test_text_in_a_column_that_is_not_chosen_is_not_a_problem():
    series, _ = clean({5: f"{DAYS[3]},oops,1,1"}, features=("Close",))

    assert (series.columns, len(series.dates)) == (("Close",), 60)


def test_an_interpolated_row_is_noted_and_kept_with_the_series():
    series, notes = clean({5: f"{DAYS[3]},,1,100"}, missing="interpolate")

    stored = Series.from_bytes(series.to_bytes())
    assert series.values[3].tolist() == [3.5, 1]
    assert stored.filled_cells.tolist() == [[3, 0]]
    assert stored.fingerprint == series.fingerprint
    assert stored.fingerprint != replace(series, filled_cells=no_cells()).fingerprint
    assert any("interpolated" in note and "know the next row" in note for note in notes)


def test_filling_takes_the_value_of_the_previous_day_not_of_the_previous_line():
    lines = ["Date,Close", *(f"{day},{number}.5" for number, day in enumerate(DAYS))]
    lines[4] = f"{DAYS[3]},"
    content = "\n".join([lines[0], *reversed(lines[1:])]).encode()
    table = read_table(content, detect_dialect(content))

    series, _ = make_series(table, CleaningOptions(missing="fill"))

    assert series.values[3, 0] == 2.5


def test_rows_that_cannot_be_filled_are_left_out_with_a_note():
    series, notes = clean({2: f"{DAYS[0]},,1,1", 20: "someday,1,1,1"}, missing="fill")

    assert (len(series.dates), series.dates[0]) == (58, np.datetime64(DAYS[1]))
    assert "1 row without a readable date was left out." in notes
    assert "1 row with missing values was left out." in notes


@pytest.mark.parametrize(("choice", "value"), [("first", 2.5), ("last", 7.0)])
def test_of_the_rows_with_the_same_date_the_chosen_one_is_kept(choice, value):
    series, notes = clean({9: f"{DAYS[2]},7,1,1"}, duplicates=choice)

    assert series.values[2, 0] == value
    assert f"1 row with a repeated date was left out (kept the {choice})." in notes


@pytest.mark.parametrize(
    ("options", "field", "words"),
    [
        ({"target": "Shut"}, "target", 'Column "Shut" not found'),
        ({"target": "Date"}, "target", '"Date" holds no numbers'),
        (
            {"features": ("Open", "Shut")},
            "features",
            'Column "Shut" not found. Columns of numbers are: Open, Close, Lot.',
        ),
        ({"target": "Lot"}, "target", "never changes"),
    ],
)
def test_columns_that_cannot_be_taken_are_refused_at_their_field(options, field, words):
    problems = problems_of(**options)

    assert problems[0].field == field
    assert words in problems[0].message


def test_too_few_rows_are_refused_with_their_number():
    few = {line: f"{DAYS[line - 2]},,1,1" for line in range(10, 50)}

    assert problems_of(few, missing="drop", features=("Open",)) == [
        FileProblem("file", "Only 20 rows are left; at least 30 are needed.")
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
    rows = [f"{day},{number},{number * 3},{number + 1}" for number, day in enumerate(DAYS)]
    content = "\n".join([header, *rows]).encode()

    table = read_table(content, detect_dialect(content))

    assert guess_target(table) == target


def test_rows_without_dates_are_numbered_as_days_with_a_note():
    rows = "".join(f"{number},{number * 0.5}\n" for number in range(40))
    content = f"a,b\n{rows}".encode()
    table = read_table(content, detect_dialect(content))

    series, notes = make_series(table, CleaningOptions())

    assert series.dates[-1] == np.datetime64("1970-02-09")
    assert notes[-1] == "There is no date column: the rows are numbered as days from 1970-01-01."


def test_a_counter_is_no_feature_unless_it_is_chosen():
    rows = "".join(f"{number},{day},{number * 7 % 11}\n" for number, day in enumerate(DAYS))
    content = f",Date,Close\n{rows}".encode()
    table = read_table(content, detect_dialect(content))

    series, notes = make_series(table, CleaningOptions())
    chosen, _ = make_series(table, CleaningOptions(features=("Column 1",)))

    assert series.columns == ("Close",)
    assert '"Column 1" counts the rows and is no feature unless you choose it.' in notes
    assert chosen.columns == ("Column 1", "Close")

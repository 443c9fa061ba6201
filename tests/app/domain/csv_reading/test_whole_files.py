"""CSVs as they come: recognised, read, mended, or refused in words that name the line or the column."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.csv_reading.cleaning import Choices, default_target, make_series
from app.domain.csv_reading.dialect import Dialect, recognise
from app.domain.csv_reading.series import Series, SeriesError
from app.domain.csv_reading.table import read
from tests.shared import GE

DAYS = [str(np.datetime64("2021-01-01") + day) for day in range(40)]


def series_of(text, choices=None, encoding="utf-8"):
    content = text.encode(encoding)
    return make_series(read(content, recognise(content)), choices or Choices())


def table(rows, header="Date,Close", separator=","):
    return header + "\n" + "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def plain(**changes):
    """40 days of a close that rises; `changes` puts other text into single rows."""
    rows = [[day, f"{100 + number}.5"] for number, day in enumerate(DAYS)]
    for place, row in changes.items():
        rows[int(place[1:])] = row
    return table(rows)


def refusal(text, choices=None):
    with pytest.raises(SeriesError) as caught:
        series_of(text, choices)
    return dict(caught.value.problems)


def test_the_usual_csv_is_recognised():
    dialect = recognise(plain().encode())
    assert dialect == Dialect("utf-8", ",", ".", None, True, "Date", "%Y-%m-%d")


def test_a_german_csv_is_recognised():
    rows = [
        [f"{day[8:]}.{day[5:7]}.{day[:4]}", f"1.{100 + number},50"]
        for number, day in enumerate(DAYS)
    ]
    text = table(rows, "Datum;Schlusskurs", ";")
    dialect = recognise(text.encode("cp1252"))
    assert (dialect.separator, dialect.decimal, dialect.thousands) == (";", ",", ".")
    assert dialect.date_format == "%d.%m.%Y"
    series, _ = series_of(text)
    assert series.values[0, 0] == 1100.5


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_recognised(separator):
    text = table(
        [[day, number + 1, number * 2] for number, day in enumerate(DAYS)],
        "Date,Open,Close".replace(",", separator),
        separator,
    )
    assert recognise(text.encode()).separator == separator


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_recognised(encoding):
    text = table([[day, number + 1] for number, day in enumerate(DAYS)], "Datum,Größe")
    series, _ = series_of(text, encoding=encoding)
    assert series.target == "Größe"


def test_a_file_without_a_header_gets_numbered_columns():
    series, _ = series_of("\n".join(f"{day},{number + 1}" for number, day in enumerate(DAYS)))
    assert series.columns == ("Column 2",)
    assert len(series.dates) == 40


def test_american_and_european_dates_are_told_apart():
    american = [[f"{day[5:7]}/{day[8:]}/{day[:4]}", number + 1] for number, day in enumerate(DAYS)]
    european = [[f"{day[8:]}/{day[5:7]}/{day[:4]}", number + 1] for number, day in enumerate(DAYS)]
    assert recognise(table(american).encode()).date_format == "%m/%d/%Y"
    assert recognise(table(european).encode()).date_format == "%d/%m/%Y"


def test_dates_that_read_both_ways_are_read_so_that_they_are_in_order():
    rows = [
        [f"{month:02d}/{day:02d}/2020", month * 31 + day]
        for month in range(1, 13)
        for day in range(1, 13)
    ]
    assert recognise(table(rows).encode()).date_format == "%m/%d/%Y"


def test_without_a_date_column_the_rows_are_numbered_and_that_is_said():
    series, notes = series_of(
        "a,b\n" + "\n".join(f"{number * 0.5},{number % 7}" for number in range(40))
    )
    assert any("no date column" in note for note in notes)
    assert (np.diff(series.dates) == np.timedelta64(1, "D")).all()


def test_rows_are_sorted_by_date_and_that_is_said():
    lines = plain().strip().splitlines()
    series, notes = series_of("\n".join([lines[0], *reversed(lines[1:])]))
    assert series.values[0, 0] == 100.5
    assert any("newest first" in note for note in notes)


def test_quoted_cells_with_separators_are_read():
    rows = [[f'"{day}"', f'"1,{100 + number}.25"'] for number, day in enumerate(DAYS)]
    series, _ = series_of(table(rows))
    assert series.values[0, 0] == 1100.25


def test_blank_lines_are_passed_over_and_line_numbers_still_right():
    lines = plain(r5=[DAYS[5], "oops"]).splitlines()
    text = "\n\n" + "\n".join([*lines[:3], "", *lines[3:]])
    assert "line 10" in refusal(text)["missing"]


def test_text_in_a_number_column_is_named_with_its_line_and_a_choice():
    found = refusal(plain(r5=[DAYS[5], "oops"]))["missing"]
    assert '"oops"' in found
    assert "line 7" in found
    assert "drop these rows or to fill" in found


@pytest.mark.parametrize(("choice", "rows", "value"), [("drop", 39, 106.5), ("fill", 40, 104.5)])
def test_missing_values_are_dropped_or_filled_as_chosen(choice, rows, value):
    series, notes = series_of(plain(r5=[DAYS[5], ""]), Choices(missing=choice))
    assert len(series.dates) == rows
    assert series.values[5, 0] == value
    assert notes


@pytest.mark.parametrize(("choice", "value"), [("first", 103.5), ("last", 7.0)])
def test_a_repeated_date_is_named_and_one_of_its_rows_kept(choice, value):
    text = plain(r4=[DAYS[3], "7"])
    assert "lines 5, 6" in refusal(text)["duplicates"]
    series, _ = series_of(text, Choices(duplicates=choice))
    assert series.values[3, 0] == value


def test_constant_columns_are_left_out_and_that_is_said():
    rows = [[day, number + 1, 0] for number, day in enumerate(DAYS)]
    series, notes = series_of(table(rows, "Date,Close,OpenInt"))
    assert series.columns == ("Close",)
    assert any('"OpenInt" never changes' in note for note in notes)


def test_repeated_column_names_are_told_apart():
    rows = [[day, number, number * 2] for number, day in enumerate(DAYS)]
    series, _ = series_of(table(rows, "Date,Close,Close"))
    assert series.columns == ("Close", "Close (2)")


def test_infinite_and_absurd_numbers_are_no_numbers():
    found = refusal(plain(r5=[DAYS[5], "inf"], r6=[DAYS[6], "1e400"]))["missing"]
    assert "lines 7, 8" in found


def test_a_row_with_too_many_cells_is_named():
    assert (
        "Line 7 has 3 cells where 2 are expected" in refusal(plain(r5=[DAYS[5], "1", "2"]))["file"]
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"  \n \n", "empty"),
        (b"\x00\x01\x02binary", "NUL"),
        (b"PK\x03\x04\x00\x00", "binary"),
        (b"x" * 200_000, "characters long"),
        (b"a,b\nc,d\ne,f\n", "No column holds numbers"),
        (b"Date,Close\n", "no rows"),
        (
            ",".join(f"c{number}" for number in range(10_000)).encode()
            + b"\n"
            + b"1," * 9_999
            + b"1\n",
            "10,000 columns",
        ),
    ],
)
def test_what_is_no_table_of_numbers_is_refused_in_words(content, words):
    with pytest.raises(SeriesError) as caught:
        make_series(read(content, recognise(content)), Choices())
    assert words in str(caught.value)


def test_too_few_rows_are_refused():
    assert "at least 30" in refusal("\n".join(plain().splitlines()[:20]))["file"]


def test_a_target_that_never_changes_is_refused():
    assert "never changes" in refusal(table([[day, 5] for day in DAYS]))["target"]


def test_an_unknown_column_is_refused_with_those_there_are():
    found = refusal(plain(), Choices(target="Price"))
    assert 'no column "Price"' in found["target"]
    assert "Close" in found["target"]


def test_the_likeliest_target_is_a_close_or_else_the_last_column_of_numbers():
    def of(header):
        content = table(
            [[day, number, number + 1] for number, day in enumerate(DAYS)], header
        ).encode()
        return default_target(read(content, recognise(content)))

    assert of("Date,Close,Volume") == "Close"
    assert of("Date,Rain,Flow") == "Flow"


def test_a_series_comes_back_from_its_bytes_with_the_same_fingerprint():
    series, _ = series_of(plain())
    again = Series.from_bytes(series.to_bytes())
    assert again.fingerprint == series.fingerprint
    np.testing.assert_array_equal(again.values, series.values)
    np.testing.assert_array_equal(again.dates, series.dates)


def test_another_value_is_another_fingerprint():
    first, _ = series_of(plain())
    second, _ = series_of(plain(r39=[DAYS[39], "1"]))
    assert first.fingerprint != second.fingerprint


@pytest.mark.skipif(not GE.is_file(), reason="the GE prices are not there")
def test_the_prices_of_ge_load_without_a_correction():
    content = GE.read_bytes()
    series, notes = make_series(read(content, recognise(content)), Choices())
    assert series.columns == ("Open", "High", "Low", "Close", "Volume")
    assert (series.target, len(series.dates)) == ("Close", 14058)
    assert notes == ['"OpenInt" never changes and was left out.']


BROKEN = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    "2020-01-01",
                    "1",
                    "1,5",
                    '"',
                    "x",
                    "",
                    "inf",
                    "-",
                    "1e999",
                    "31/02/2020",
                    "\ufeff",
                ]
            ),
            max_size=5,
        ),
        max_size=60,
    ).map(lambda rows: "\n".join(",".join(row) for row in rows).encode()),
)


@given(BROKEN)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_broken_file_is_loaded_or_refused_and_never_crashes(content):
    try:
        series, _ = make_series(
            read(content, recognise(content)), Choices(missing="drop", duplicates="first")
        )
    except SeriesError:
        return
    assert np.isfinite(series.values).all()
    assert (np.diff(series.dates) > np.timedelta64(0)).all()

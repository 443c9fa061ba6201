"""CSVs from bytes to a series: read and cleaned, or refused with the line or the column."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.domain.csv_reading.cleaning import make_series
from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.numbers.targets import guess_target
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import Series, SeriesError
from app.domain.csv_reading.table import read_table
from tests.shared import GE

WIDE_FILE = (
    ",".join(f"c{number}" for number in range(10_000)) + "\n" + "1," * 9_999 + "1\n"
).encode()
DAYS = [str(np.datetime64("2021-01-01") + day) for day in range(40)]


def series_of(text, options=CleaningOptions(), encoding="utf-8"):
    content = text.encode(encoding)
    table = read_table(content, detect_dialect(content))
    return make_series(table, options)


def csv_of(rows, header="Date,Close", separator=","):
    return header + "\n" + "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def rising_close(changes=None):
    """40 days of a close that rises; `changes` replaces single rows."""
    rows = [[day, f"{100 + number}.5"] for number, day in enumerate(DAYS)]
    for index, row in (changes or {}).items():
        rows[index] = row
    return csv_of(rows)


def problems_of(text, options=CleaningOptions()):
    """The problems of a file that is refused, by field."""
    with pytest.raises(SeriesError) as caught:
        series_of(text, options)
    return {problem.field: problem.message for problem in caught.value.problems}


def test_the_usual_csv_is_detected():
    dialect = detect_dialect(rising_close().encode())

    assert dialect == Dialect("utf-8", ",", ".", None, True, ("Date",), "%Y-%m-%d")


def test_a_german_csv_is_detected():
    rows = [
        [f"{day[8:]}.{day[5:7]}.{day[:4]}", f"1.{100 + number},50"]
        for number, day in enumerate(DAYS)
    ]
    text = csv_of(rows, "Datum;Schlusskurs", ";")

    dialect = detect_dialect(text.encode("cp1252"))
    series, _ = series_of(text)

    assert (dialect.separator, dialect.decimal, dialect.thousands) == (";", ",", ".")
    assert dialect.date_format == "%d.%m.%Y"
    assert series.values[0, 0] == 1100.5


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_detected(separator):
    text = csv_of(
        [[day, number + 1, number * 2] for number, day in enumerate(DAYS)],
        "Date,Open,Close".replace(",", separator),
        separator,
    )

    assert detect_dialect(text.encode()).separator == separator


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_detected(encoding):
    text = csv_of([[day, number + 1] for number, day in enumerate(DAYS)], "Datum,Größe")

    series, _ = series_of(text, encoding=encoding)

    assert series.target == "Größe"


def test_a_file_without_a_header_gets_numbered_columns():
    series, _ = series_of("\n".join(f"{day},{number + 1}" for number, day in enumerate(DAYS)))

    assert series.columns == ("Column 2",)
    assert len(series.dates) == 40


def test_american_and_european_dates_are_distinguished():
    american = [[f"{day[5:7]}/{day[8:]}/{day[:4]}", number + 1] for number, day in enumerate(DAYS)]
    european = [[f"{day[8:]}/{day[5:7]}/{day[:4]}", number + 1] for number, day in enumerate(DAYS)]

    assert detect_dialect(csv_of(american).encode()).date_format == "%m/%d/%Y"
    assert detect_dialect(csv_of(european).encode()).date_format == "%d/%m/%Y"


def test_ambiguous_dates_are_read_so_that_they_are_in_order():
    rows = [
        [f"{month:02d}/{day:02d}/2020", month * 31 + day]
        for month in range(1, 13)
        for day in range(1, 13)
    ]

    assert detect_dialect(csv_of(rows).encode()).date_format == "%m/%d/%Y"


def test_without_a_date_column_the_rows_are_numbered_with_a_note():
    series, notes = series_of(
        "a,b\n" + "\n".join(f"{number * 0.5},{number % 7}" for number in range(40))
    )

    assert any("no date column" in note for note in notes)
    assert (np.diff(series.dates) == np.timedelta64(1, "D")).all()


def test_rows_are_sorted_by_date_with_a_note():
    lines = rising_close().strip().splitlines()

    series, notes = series_of("\n".join([lines[0], *reversed(lines[1:])]))

    assert series.values[0, 0] == 100.5
    assert any("newest first" in note for note in notes)


def test_quoted_cells_with_separators_are_read():
    rows = [[f'"{day}"', f'"1,{100 + number}.25"'] for number, day in enumerate(DAYS)]

    series, _ = series_of(csv_of(rows))

    assert series.values[0, 0] == 1100.25


def test_blank_lines_are_skipped_and_line_numbers_stay_right():
    lines = rising_close({5: [DAYS[5], "oops"]}).splitlines()
    text = "\n\n" + "\n".join([*lines[:3], "", *lines[3:]])

    assert "line 10" in problems_of(text)["missing"]


def test_text_in_a_number_column_is_named_with_its_line_and_a_choice():
    message = problems_of(rising_close({5: [DAYS[5], "oops"]}))["missing"]

    assert '"oops"' in message
    assert "line 7" in message
    assert "drop these rows, to fill" in message


@pytest.mark.parametrize(("choice", "rows", "value"), [("drop", 39, 106.5), ("fill", 40, 104.5)])
def test_missing_values_are_dropped_or_filled_as_chosen(choice, rows, value):
    series, notes = series_of(rising_close({5: [DAYS[5], ""]}), CleaningOptions(missing=choice))

    assert len(series.dates) == rows
    assert series.values[5, 0] == value
    assert notes


@pytest.mark.parametrize(("choice", "value"), [("first", 103.5), ("last", 7.0)])
def test_a_repeated_date_is_named_and_one_of_its_rows_kept(choice, value):
    text = rising_close({4: [DAYS[3], "7"]})

    problems = problems_of(text)
    series, _ = series_of(text, CleaningOptions(duplicates=choice))

    assert "lines 5, 6" in problems["duplicates"]
    assert series.values[3, 0] == value


def test_constant_columns_are_left_out_with_a_note():
    rows = [[day, number + 1, 0] for number, day in enumerate(DAYS)]

    series, notes = series_of(csv_of(rows, "Date,Close,OpenInt"))

    assert series.columns == ("Close",)
    assert any('"OpenInt" never changes' in note for note in notes)


def test_repeated_column_names_are_numbered():
    rows = [[day, number, number * 2] for number, day in enumerate(DAYS)]

    series, _ = series_of(csv_of(rows, "Date,Close,Close"))

    assert series.columns == ("Close", "Close (2)")


def test_infinite_and_absurd_numbers_are_not_numbers():
    message = problems_of(rising_close({5: [DAYS[5], "inf"], 6: [DAYS[6], "1e400"]}))["missing"]

    assert "lines 7, 8" in message


def test_a_row_with_too_many_cells_is_named():
    assert (
        "Line 7 has 3 cells where 2 are expected"
        in problems_of(rising_close({5: [DAYS[5], "1", "2"]}))["file"]
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
        (WIDE_FILE, "10,000 columns"),
    ],
)
def test_a_file_that_is_not_a_table_of_numbers_is_refused_with_a_sentence(content, words):
    with pytest.raises(SeriesError) as caught:
        make_series(read_table(content, detect_dialect(content)), CleaningOptions())

    assert words in str(caught.value)


def test_too_few_rows_are_refused():
    assert "at least 30" in problems_of("\n".join(rising_close().splitlines()[:20]))["file"]


def test_a_target_that_never_changes_is_refused():
    assert "never changes" in problems_of(csv_of([[day, 5] for day in DAYS]))["target"]


def test_an_unknown_column_is_refused_with_the_ones_there_are():
    problems = problems_of(rising_close(), CleaningOptions(target="Price"))

    assert 'Column "Price" not found' in problems["target"]
    assert "Close" in problems["target"]


def test_the_likeliest_target_is_a_close_or_else_the_last_column_of_numbers():
    def target_of(header):
        rows = [[day, number, number + 1] for number, day in enumerate(DAYS)]
        content = csv_of(rows, header).encode()
        return guess_target(read_table(content, detect_dialect(content)))

    assert target_of("Date,Close,Volume") == "Close"
    assert target_of("Date,Rain,Flow") == "Flow"


def test_a_series_is_read_back_from_its_bytes_with_the_same_fingerprint():
    series, _ = series_of(rising_close())

    again = Series.from_bytes(series.to_bytes())

    assert again.fingerprint == series.fingerprint
    np.testing.assert_array_equal(again.values, series.values)
    np.testing.assert_array_equal(again.dates, series.dates)


def test_another_value_changes_the_fingerprint():
    first, _ = series_of(rising_close())
    second, _ = series_of(rising_close({39: [DAYS[39], "1"]}))

    assert first.fingerprint != second.fingerprint


@pytest.mark.skipif(not GE.is_file(), reason="the GE prices are not there")
def test_the_prices_of_ge_load_without_a_correction():
    content = GE.read_bytes()

    series, notes = make_series(read_table(content, detect_dialect(content)), CleaningOptions())

    assert series.columns == ("Open", "High", "Low", "Close", "Volume")
    assert (series.target, len(series.dates)) == ("Close", 14058)
    assert notes == [
        '"Close" is the target, because of its name.',
        '"OpenInt" never changes and was left out.',
    ]


CELLS = ["2020-01-01", "1", "1,5", '"', "x", "", "inf", "-", "1e999", "31/02/2020", "\ufeff"]
BROKEN_TABLES = st.lists(st.lists(st.sampled_from(CELLS), max_size=5), max_size=60)
BROKEN_FILES = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=400).map(lambda text: text.encode("utf-8", "surrogatepass")),
    BROKEN_TABLES.map(lambda rows: "\n".join(",".join(row) for row in rows).encode()),
)


@example("a,b\n0²,2".encode())  # a raised two is a digit, but of no number
@example(f"a,b\n{'9' * 5000},2".encode())
@example(b';\n00 1 1,\n""')  # a date column alone: there are no numbers to settle
@given(BROKEN_FILES)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_broken_file_is_read_or_refused_and_never_crashes(content):
    try:
        series, _ = make_series(
            read_table(content, detect_dialect(content)),
            CleaningOptions(missing="drop", duplicates="first"),
        )
    except SeriesError:
        return

    assert np.isfinite(series.values).all()
    assert (np.diff(series.dates) > np.timedelta64(0)).all()

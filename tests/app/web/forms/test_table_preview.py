"""A table in one sentence, with its columns, its first and last rows and the lines passed over."""

import pytest

from app.domain.csv_reading.dialect import detect_dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.table import read_table
from app.web.forms.table_preview import TablePreview
from tests import factories
from tests.growth import assert_no_worse_than_linear
from tests.several import panel_csv

GERMAN = (
    "Export aus Messwerk\nDatum;Verbrauch;Ort\n"
    + "".join(f"{day:02d}.01.2020;1.{day:03d},5;Halle\n" for day in range(1, 32))
    + "".join(f"{day:02d}.02.2020;2.{day:03d},5;Halle\n" for day in range(3, 29))
)


def table_of(content: bytes, **settled):
    return read_table(content, detect_dialect(content, settled))


def preview_of(content: bytes, **settled) -> TablePreview:
    return TablePreview.of(content, table_of(content, **settled), CleaningOptions(), set())


def test_a_table_is_summed_up_in_one_sentence():
    broken = factories.random_walk_csv().replace(b"2020-01-05,", b"2020-01-04,", 1)

    assert preview_of(factories.random_walk_csv()).summary == (
        "120 rows, daily from 2020-01-01 to 2020-04-29, no gaps; target Close; 2 features."
    )
    assert preview_of(broken).summary == (
        "120 rows, daily from 2020-01-01 to 2020-04-29, 1 gap, 1 row with a repeated date; "
        "target Close; 2 features."
    )
    assert preview_of(GERMAN.encode()).summary == (
        "57 rows, daily from 2020-01-01 to 2020-02-28, 1 gap; target Verbrauch; no other features."
    )


def test_gaps_are_shaded():
    [band] = preview_of(GERMAN.encode()).figure["layout"]["shapes"]

    assert (band["x0"], band["x1"]) == ("2020-01-31", "2020-02-03")


def test_rows_of_several_series_are_not_drawn_as_one():
    preview = preview_of(panel_csv())

    assert preview.summary == ("120 rows of several series, daily from 2020-01-01 to 2020-02-09.")
    assert preview.figure["data"] == []


def test_numbered_rows_are_said_to_be_numbered_and_drawn_by_number():
    preview = preview_of(factories.random_walk_csv(), date_columns=())

    assert preview.summary.startswith("120 rows, numbered in the order of the file")
    assert preview.figure["data"][0]["x"][:3] == [1, 2, 3]


def test_first_and_last_rows_stand_as_in_the_file():
    preview = preview_of(GERMAN.encode())

    assert preview.first_rows[0] == ["01.01.2020", "1.001,5", "Halle"]
    assert preview.last_rows[-1] == ["28.02.2020", "2.028,5", "Halle"]
    assert (len(preview.first_rows), len(preview.last_rows)) == (5, 5)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_last_rows_are_found_in_every_encoding(encoding):
    text = GERMAN.replace("Halle", "Köln").replace("\n", "\r\n")

    preview = preview_of(text.encode(encoding))

    assert preview.last_rows[-1] == ["28.02.2020", "2.028,5", "Köln"]


def test_lines_passed_over_are_shown_with_their_text():
    text = GERMAN.replace("Export aus Messwerk\n", "Export aus Messwerk\n# Halle 3\n")

    preview = preview_of(text.encode())

    assert (1, "Export aus Messwerk") in preview.passed_lines.shown
    assert preview.passed_lines.more == 0


def test_a_file_that_is_newest_first_is_drawn_from_left_to_right():
    header, *rows = factories.random_walk_csv().decode().splitlines()
    newest_first = "\n".join([header, *reversed(rows)])

    dates = preview_of(newest_first.encode()).figure["data"][0]["x"]

    assert dates == sorted(dates)


def test_the_preview_of_a_long_file_takes_linear_time():
    tables = {}

    def preview(rows: int) -> TablePreview:
        content, table = tables[rows]
        return TablePreview.of(content, table, CleaningOptions(), set())

    def rows_of(rows: int) -> int:
        content = factories.random_walk_csv(rows)
        tables[rows] = (content, table_of(content))
        return rows

    assert_no_worse_than_linear(preview, rows_of, 2_000)

"""Each series of a file is stored with its own lines, and what cannot be stored is said."""

import pytest

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from app.services import datasets
from app.services.every_series import prepare_each
from tests.app.domain.csv_reading.series_files import CASES, csv_of, days, panel_csv, wide_csv

EVERY = {"key": ("*",)}
STOCKS = (CASES / "A06_all_stocks_panel.csv").read_bytes()


def test_a_dataset_holds_only_the_lines_of_its_series(database):
    with database.write() as session:
        created = datasets.create_each_from_csv(
            session, name="stocks", filename="all.csv", content=STOCKS, key="*"
        )
        sizes = [dataset.size for dataset in created]
        source = created[1].source
        dialect = Dialect.from_document(created[1].dialect)

    assert len(created) == 3
    assert sum(sizes) < 1.01 * len(STOCKS)
    assert source.decode().splitlines()[1].endswith(",AAPL")
    assert dialect.key == ("AAPL",)
    assert read_table(source, dialect).rows == 400


def test_a_series_that_is_too_short_is_left_out_and_this_is_said():
    rows = [(date, name, day) for name in "AB" for day, date in enumerate(days())]
    rows += [(date, "C", day) for day, date in enumerate(days(12))]
    content = csv_of(("date", "ticker", "close"), rows).encode()

    prepared = prepare_each(content, EVERY, CleaningOptions())

    assert [one.series_name for one in prepared] == ["A", "B"]
    assert prepared[0].notes[:2] == [
        "The file has 3 series; this is one of them.",
        "Of its series, these could not become datasets: "
        "C (Only 12 rows are left; at least 30 are needed.).",
    ]


def test_where_no_series_can_be_stored_it_is_said_of_each():
    with pytest.raises(SeriesError) as caught:
        prepare_each(panel_csv(count=12).encode(), EVERY, CleaningOptions())

    messages = [problem.message for problem in caught.value.problems]
    assert messages == [
        "AAL: Only 12 rows are left; at least 30 are needed.",
        "MSFT: Only 12 rows are left; at least 30 are needed.",
    ]


def test_a_missing_value_is_named_by_its_line_in_the_whole_file():
    content = panel_csv().replace("2020-01-05,204,MSFT", "2020-01-05,,MSFT").encode()

    with pytest.raises(SeriesError, match='MSFT: "close" has no value in line 46'):
        prepare_each(content, EVERY, CleaningOptions())
    filled = prepare_each(content, EVERY, CleaningOptions(missing="fill"))

    assert [one.rows for one in filled] == [40, 40]


def test_lines_of_a_transposed_table_become_datasets():
    prepared = prepare_each(wide_csv().encode(), EVERY, CleaningOptions())

    assert [one.series_name for one in prepared] == ["Austria", "Brazil"]
    assert [str(one.first_at.year) for one in prepared] == ["1980", "1980"]
    assert prepared[1].dialect.is_transposed


def test_more_series_than_a_file_may_become_datasets_are_refused():
    content = panel_csv([f"N{number}" for number in range(51)], 31).encode()

    with pytest.raises(SeriesError, match="51 series; at most 50 can become datasets"):
        prepare_each(content, EVERY, CleaningOptions())

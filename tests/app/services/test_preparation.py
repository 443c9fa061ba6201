"""What a dataset stores is worked out from the bytes of a CSV alone."""

import pytest

from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import SeriesError
from app.domain.csv_reading.table import read_table
from app.services.preparation import prepare, prepare_csv
from tests import factories


def test_a_csv_becomes_a_series_with_what_is_known_of_it():
    prepared = prepare_csv(factories.random_walk_csv(), None, CleaningOptions())

    assert prepared.rows == 120
    assert prepared.target == "Close"
    assert prepared.features == ("Open", "Close", "Volume")
    assert prepared.columns == ("Date", "Open", "Close", "Volume")
    assert str(prepared.last_at) == "2020-04-29 00:00:00+00:00"


def test_how_the_file_is_written_can_be_chosen_instead_of_detected():
    dialect = Dialect(date_columns=("Date",), date_format="%Y-%m-%d", decimal=",")
    table = read_table(factories.random_walk_csv(), dialect)

    with pytest.raises(SeriesError) as caught:
        prepare(table, CleaningOptions(target="Open"))

    assert caught.value.problems[0].field == "target"

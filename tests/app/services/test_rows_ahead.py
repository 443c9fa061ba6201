"""The rows that an experiment forecasts, with the time that they are."""

import numpy as np

from app.domain.csv_reading.series import FutureRows, Series
from app.services.rows_ahead import (
    describe_future_rows,
    describe_horizon,
    describe_rows,
    explain_missing_rows,
)
from tests import factories


def test_rows_ahead_are_told_with_the_time_of_the_dataset(database):
    with database.write() as session:
        experiment = factories.experiment(session)

        assert describe_horizon(session, experiment) == "1 row = one day"
        assert describe_rows(session, experiment.dataset, 7) == "7 rows = one week"


def series_with(known_ahead, future_rows):
    dates = np.arange(3 + future_rows).astype("datetime64[D]").astype("datetime64[us]")
    future = None
    if future_rows:
        future = FutureRows(dates[3:], np.ones((future_rows, len(known_ahead))))
    columns = ("Sales", "Price", "Holiday")
    return Series(dates[:3], columns, np.ones((3, 3)), "Sales", known_ahead, future)


def test_rows_to_come_are_asked_for_only_where_something_is_known_ahead():
    assert explain_missing_rows(series_with((), 0), 5) is None
    assert explain_missing_rows(series_with(("Price",), 5), 5) is None
    assert describe_future_rows(series_with((), 0)) == ""

    missing = explain_missing_rows(series_with(("Price", "Holiday"), 1), 5)

    assert missing == (
        "The forecast reads Price and Holiday in the 5 rows after the last one, and the file has "
        "only 1 of them. To see what comes next, upload the CSV with 5 rows to come at its end, "
        "Price and Holiday filled in and Sales left empty; or run predict.py of a downloaded model "
        "on such a file."
    )

"""Reading another program's forecasts from a CSV."""

import numpy as np
import pytest

from app.domain.csv_reading.series import SeriesError
from app.services.forecast_files import read_forecasts

DATES = np.datetime64("2024-01-01", "us") + np.arange(60) * np.timedelta64(1, "D")


def _csv(header: str, *lines: str) -> bytes:
    return "\n".join([header, *lines]).encode()


def _iso_lines(rows) -> list[str]:
    return [f"{str(DATES[row])[:10]},{row}.5" for row in rows]


def test_forecasts_are_matched_by_date_in_any_order():
    content = _csv("date,prediction", *_iso_lines([59, 50, 55]), "2031-01-01,7.0")

    file = read_forecasts(content, DATES, "%Y-%m-%d")

    assert file.column == "prediction"
    assert file.n_unmatched == 1
    np.testing.assert_array_equal(np.flatnonzero(np.isfinite(file.predicted)), [50, 55, 59])
    assert file.predicted[50] == 50.5


def test_other_dialects_and_further_columns_are_read():
    lines = [f"{row % 28 + 1:02d}.02.2024;{row},25;1.0" for row in range(29)]
    content = _csv("Datum;yhat;spread", *lines[:28])

    file = read_forecasts(content, DATES, None)

    assert np.isfinite(file.predicted).sum() == 28
    assert file.predicted[31] == 0.25


def test_dates_that_could_be_read_in_two_ways_are_read_as_the_dataset_writes_them():
    dates = np.datetime64("2024-01-01", "us") + np.arange(366) * np.timedelta64(1, "D")
    lines = [f"{day:02d}/05/2024,{day}" for day in range(1, 13)]
    content = _csv("date,prediction", *lines)

    day_first = read_forecasts(content, dates[121:152], "%d/%m/%Y")
    month_first = read_forecasts(content, dates[[4, 35, 64, 95, 125, 156]], "%m/%d/%Y")

    assert np.isfinite(day_first.predicted).sum() == 12
    assert np.isfinite(month_first.predicted).sum() == 6


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (_csv("date,prediction", "2031-01-01,1.5", "2031-01-02,2.5"), "from 2024-01-01 to 2024-02"),
        (_csv("date,prediction", "2024-01-01,high", "2024-01-02,low"), "number"),
        (_csv("date,a,b", "2024-01-01,1.5,2", "2024-01-02,2.5,3"), "Name that of the forecasts"),
        (_csv("date,prediction", *_iso_lines([*range(9), 4])), "2024-01-05 has more than"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(content, message):
    with pytest.raises(SeriesError, match=message):
        read_forecasts(content, DATES, None)

"""The time that rows ahead mean, from the dates of a series."""

import numpy as np
import pytest

from app.domain.time_spans import describe_span

START = np.datetime64("2024-01-01T00:00")
HOURS = START + np.arange(2000) * np.timedelta64(1, "h")
DAYS = np.arange("2020-01-01", "2024-01-01", dtype="datetime64[D]")
WORKING_DAYS = DAYS[np.is_busday(DAYS)]
MONTHS = np.arange("2000-01", "2020-01", dtype="datetime64[M]").astype("datetime64[D]")
QUARTERS = MONTHS[::3]
IRREGULAR = START + np.random.default_rng(0).integers(1, 10_000, 500).cumsum().astype(
    "timedelta64[m]"
)


@pytest.mark.parametrize(
    ("dates", "rows", "words"),
    [
        (HOURS, 24, "one day"),
        (HOURS, 36, "36 hours"),
        (HOURS, 336, "2 weeks"),
        (HOURS[:10], 24, "one day"),
        (DAYS, 1, "one day"),
        (DAYS, 30, "30 days"),
        (WORKING_DAYS, 1, "one day"),
        (WORKING_DAYS, 5, "one week"),
        (WORKING_DAYS, 21, "29 days"),
        (MONTHS, 1, "one month"),
        (MONTHS, 12, "one year"),
        (MONTHS - np.timedelta64(1, "D"), 24, "2 years"),
        (QUARTERS, 2, "6 months"),
        (HOURS[:1], 3, ""),
    ],
)
def test_rows_ahead_are_told_as_time(dates, rows, words):
    assert describe_span(dates, rows) == words


def test_rows_without_a_rhythm_are_told_roughly():
    assert describe_span(IRREGULAR, 10).startswith("about ")

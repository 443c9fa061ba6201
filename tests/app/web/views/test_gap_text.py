"""Gaps in words."""

import numpy as np

from app.domain.csv_reading.dates.rhythm import find_rhythm
from app.web.views.gap_text import describe_gaps

DAYS = np.datetime64("2024-01-01", "us") + np.arange(60).astype("timedelta64[D]")


def test_gaps_are_counted_and_the_longest_is_named():
    dates = np.delete(DAYS, [4, 20, 21])

    assert describe_gaps(find_rhythm(dates)) == (
        "2 gaps, where dates are missing (daily; the longest is between 2024-01-20 and 2024-01-23),"
        " shaded in the chart."
    )
    assert describe_gaps(find_rhythm(DAYS)) == ""

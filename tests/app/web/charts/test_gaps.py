"""Gaps are shaded, the longest ones where there are very many."""

import numpy as np

from app.web.charts.gaps import MAX_SHADED_GAPS, gap_bands

DAYS = np.datetime64("2024-01-01", "us") + np.arange(400).astype("timedelta64[D]")


def test_a_gap_is_shaded_from_the_row_before_to_the_row_after():
    [band] = gap_bands(DAYS[[[3, 6]]])

    assert (band["x0"], band["x1"]) == ("2024-01-04", "2024-01-07")


def test_of_very_many_gaps_the_longest_are_shaded_in_order():
    lengths = np.where(np.arange(150) % 15 == 7, 5, 2)
    before = np.arange(150) * 2

    bands = gap_bands(np.column_stack([DAYS[before], DAYS[before + lengths]]))

    starts = [band["x0"] for band in bands]
    assert len(bands) == MAX_SHADED_GAPS
    assert starts == sorted(starts)
    assert "2024-01-15" in starts  # of the longest

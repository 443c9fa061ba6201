"""A series is read back as it was stored, and identified by its content."""

import numpy as np
import pytest

from app.domain.csv_reading.series import Series


def test_a_series_is_read_back_from_its_bytes_whatever_its_columns_are_called():
    series = Series(
        np.array(["2020-01-01", "2020-01-02"], "datetime64[us]"),
        ("Größe", "日経", "a b"),
        np.eye(3)[:2],
        "日経",
    )

    again = Series.from_bytes(series.to_bytes())

    assert (again.columns, again.target, again.fingerprint) == (
        series.columns,
        series.target,
        series.fingerprint,
    )
    np.testing.assert_array_equal(again.target_values, [0.0, 1.0])


@pytest.mark.parametrize("change", ["dates", "columns", "values", "target"])
def test_everything_that_can_change_a_training_changes_the_fingerprint(change):
    dates = np.array(["2020-01-01", "2020-01-02"], "datetime64[us]")
    parts = {"dates": dates, "columns": ("a", "b"), "values": np.eye(2), "target": "a"}

    others = {
        "dates": dates + np.timedelta64(1, "s"),
        "columns": ("a", "c"),
        "values": np.eye(2) * 1.5,
        "target": "b",
    }

    assert Series(**parts).fingerprint != Series(**{**parts, change: others[change]}).fingerprint

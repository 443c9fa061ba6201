"""Which values of the hyperparameter `target` a series allows."""

import numpy as np
import pytest

from app.domain.csv_reading.series import Series
from app.domain.targets import possible_targets


@pytest.mark.parametrize(
    ("values", "targets"),
    [
        ([1.0, 0.5], ("level", "difference", "log_return")),
        ([1.0, 0.0], ("level", "difference")),
        ([-1.0, 2.0], ("level", "difference")),
    ],
)
def test_a_log_return_is_possible_only_where_every_target_value_is_positive(values, targets):
    dates = np.array(["2020-01-01", "2020-01-02"], "datetime64[us]")
    series = Series(dates, ("a", "b"), np.array([values, [-1.0, 0.0]]).T, "a")

    found = possible_targets(series)

    assert found == targets

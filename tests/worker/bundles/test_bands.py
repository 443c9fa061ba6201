"""The bands of a bundle come from the errors of the stored forecasts."""

import numpy as np

from app.domain.horizons import step_rows, stored_origins
from app.domain.terms import Part
from worker.bundles.bands import measure_bands

PARTS = {Part.TRAIN: range(10), Part.VALIDATION: range(10, 20), Part.TEST: range(20, 30)}
VALUES = np.arange(30.0)


def test_each_step_has_its_own_width_and_none_where_too_few_errors_are_known():
    forecasts = {}
    for part in (Part.VALIDATION, Part.TEST):
        actual = VALUES[step_rows(stored_origins(PARTS[part], 2), 2)]
        forecasts[part] = actual + np.array([1.0, -3.0])

    bands = measure_bands(VALUES, PARTS, forecasts)

    assert bands == {"80": [1.0, 3.0], "95": [None, None]}

"""What a network predicts at each step: as it is defined, of no later part, and inverted."""

import numpy as np
import pytest

from app.domain.terms import Part
from tests.worker.networks import PARTS, prepare_tiny, tiny_data, tiny_series
from worker.targets import Transform, transform_step

ACTUAL = np.array([1.0, 2.0, 4.0, 3.0, 6.0])


@pytest.mark.parametrize(
    ("transform", "expected"),
    [
        (Transform.LEVEL, [2.0, 4.0, 3.0, 6.0]),
        (Transform.DIFFERENCE, [1.0, 3.0, 1.0, 2.0]),
        (Transform.LOG_RETURN, np.log([2.0, 4.0, 1.5, 1.5])),
    ],
)
def test_a_step_is_counted_from_the_last_known_row(transform, expected):
    second_step = transform_step(ACTUAL, transform, 2)

    np.testing.assert_allclose(second_step[:, 0], expected)


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
@pytest.mark.parametrize("scaling", ["minmax", "standard"])
def test_the_true_targets_of_every_step_come_back_as_the_csv_had_them(target, scaling):
    data = tiny_data(horizon=7, target=target, scaling=scaling)
    rows = np.concatenate([data.train, data.validation, data.test])

    inverted = data.invert(data.targets[rows], rows)

    steps = rows[:, np.newaxis] + np.arange(7)
    np.testing.assert_allclose(inverted, tiny_series()[steps, 0], rtol=1e-5)


def test_all_rows_of_an_origin_lie_in_its_part():
    data = tiny_data(horizon=7, batch_size=1)

    for part, rows in (
        (Part.TRAIN, data.train),
        (Part.VALIDATION, data.validation),
        (Part.TEST, data.test),
    ):
        assert rows[-1] + 6 == PARTS[part][-1]
    assert data.validation[0] == PARTS[Part.VALIDATION].start


@pytest.mark.parametrize("target", ["level", "difference"])
def test_later_parts_change_nothing_that_training_sees_of_several_steps(target):
    changed_series = tiny_series()
    changed_series[160:] *= 3
    choice = {"target": target, "scaling": "standard", "season_lags": "season"}

    data = prepare_tiny(tiny_series(), horizon=7, **choice)
    changed = prepare_tiny(changed_series, horizon=7, **choice)

    assert data.settings == changed.settings
    np.testing.assert_array_equal(data.inputs[:160], changed.inputs[:160])
    np.testing.assert_array_equal(data.targets[data.train], changed.targets[changed.train])

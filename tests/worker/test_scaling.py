"""Scaled columns: the train part decides, and nothing becomes infinite."""

import numpy as np

from tests.worker.networks import prepare_tiny, tiny_data, tiny_series


def test_the_train_part_is_scaled_to_the_unit_interval():
    train_inputs = tiny_data(scaling="minmax").inputs[:160]

    assert train_inputs.min(axis=0).tolist() == [0, 0, 0]
    assert train_inputs.max(axis=0).tolist() == [1, 1, 1]


def test_changes_of_positive_columns_are_those_of_logarithms():
    data = tiny_data(target="log_return", scaling="standard")

    assert data.settings["log_columns"] == [True, True, False]
    changes = np.diff(np.log(tiny_series()[:160, 1]))
    scaled = (changes - changes.mean()) / changes.std()
    np.testing.assert_allclose(data.inputs[1:160, 1], scaled, rtol=1e-5, atol=1e-6)


def test_a_constant_column_is_scaled_to_zero_and_not_to_infinity():
    series = tiny_series()
    series[:, 1] = 0.1

    data = prepare_tiny(series, scaling="standard")

    np.testing.assert_allclose(data.inputs[:, 1], 0, atol=1e-6)


def test_a_column_that_explodes_after_training_stays_in_the_range_of_float32():
    series = tiny_series()
    series[:160, 1] = np.linspace(0, 1e-200, 160)
    series[200, 1] = 1e200

    assert np.isfinite(prepare_tiny(series).inputs).all()

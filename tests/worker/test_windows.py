"""A dataset as the network sees it: nothing of later parts leaks in, and everything comes back in CSV units."""

import json

import numpy as np
import pytest

from app.domain.terms import Part
from tests.worker.networks import PARTS, parameters, prepared, series
from worker.windows import prepare

COLUMNS = ("close", "open", "noise")


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
@pytest.mark.parametrize("scaling", ["minmax", "standard"])
def test_true_targets_come_back_as_the_csv_had_them(target, scaling):
    data = prepared(parameters(target=target, scaling=scaling))
    rows = np.concatenate([data.validation, data.test])
    np.testing.assert_allclose(data.invert(data.targets[rows], rows), series()[rows, 0], rtol=1e-5)


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
def test_later_parts_change_nothing_that_the_train_part_sees(target):
    changed = series()
    changed[160:] *= 3
    values = parameters(target=target, scaling="standard")
    first = prepared(values)
    second = prepare(changed, 0, values, PARTS, COLUMNS)
    assert first.settings == second.settings
    np.testing.assert_array_equal(first.inputs[:160], second.inputs[:160])
    np.testing.assert_array_equal(first.targets[:160], second.targets[:160])


def test_the_train_part_is_scaled_to_the_unit_interval():
    data = prepared(parameters(scaling="minmax"))
    assert data.inputs[:160].min(axis=0).tolist() == [0, 0, 0]
    assert data.inputs[:160].max(axis=0).tolist() == [1, 1, 1]


def test_changes_of_positive_columns_are_those_of_logarithms():
    data = prepared(parameters(target="log_return", scaling="standard"))
    assert data.settings["log_columns"] == [True, True, False]
    logs = np.diff(np.log(series()[:160, 1]))
    np.testing.assert_allclose(
        data.inputs[1:160, 1], (logs - logs.mean()) / logs.std(), rtol=1e-5, atol=1e-6
    )


def test_every_row_of_validation_and_test_is_judged():
    data = prepared(parameters(batch_size=7))
    assert data.validation.tolist() == list(PARTS[Part.VALIDATION])
    assert data.test.tolist() == list(PARTS[Part.TEST])


def test_the_first_window_starts_where_the_series_has_a_change():
    assert prepared(parameters(time_steps=5)).train[0] == 5
    assert prepared(parameters(time_steps=5, target="difference")).train[0] == 6


def test_train_rows_are_trimmed_to_whole_batches_by_dropping_the_last():
    trimmed = prepared(parameters(batch_size=50, time_steps=5)).train
    assert (trimmed[0], trimmed[-1], len(trimmed)) == (5, 154, 150)
    assert len(prepared(parameters(batch_size=50, time_steps=5, shuffle=True)).train) == 155


def test_a_constant_column_is_scaled_to_zero_and_not_to_infinity():
    values = series()
    values[:, 1] = 0.1
    data = prepare(values, 0, parameters(scaling="standard"), PARTS, COLUMNS)
    np.testing.assert_allclose(data.inputs[:, 1], 0, atol=1e-6)


def test_a_column_that_explodes_after_training_stays_in_the_range_of_float32():
    values = series()
    values[:160, 1], values[200, 1] = np.linspace(0, 1e-200, 160), 1e200
    assert np.isfinite(prepare(values, 0, parameters(), PARTS, COLUMNS).inputs).all()


def test_settings_are_json_and_repeat_the_scaling_by_hand():
    data = prepared(parameters(scaling="standard"))
    settings = json.loads(json.dumps(data.settings))
    by_hand = (series() - settings["input_offset"]) / settings["input_scale"]
    np.testing.assert_allclose(data.inputs, by_hand, rtol=1e-5, atol=1e-6)
    assert settings["columns"] == list(COLUMNS)
    assert settings["target"] == "close"

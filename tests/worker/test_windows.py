"""A dataset as the network sees it: no later part leaks in, and all returns in CSV units."""

import json

import numpy as np
import pytest

from app.domain.terms import Part
from tests.worker.networks import COLUMNS, PARTS, prepare_tiny, tiny_data, tiny_series


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
@pytest.mark.parametrize("scaling", ["minmax", "standard"])
def test_true_targets_come_back_as_the_csv_had_them(target, scaling):
    data = tiny_data(target=target, scaling=scaling)
    rows = np.concatenate([data.validation, data.test])

    inverted = data.invert(data.targets[rows], rows)

    np.testing.assert_allclose(inverted, tiny_series()[rows, 0], rtol=1e-5)


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
def test_later_parts_change_nothing_that_the_train_part_sees(target):
    changed_series = tiny_series()
    changed_series[160:] *= 3

    data = prepare_tiny(tiny_series(), target=target, scaling="standard")
    changed = prepare_tiny(changed_series, target=target, scaling="standard")

    assert data.settings == changed.settings
    np.testing.assert_array_equal(data.inputs[:160], changed.inputs[:160])
    np.testing.assert_array_equal(data.targets[:160], changed.targets[:160])


def test_every_row_of_validation_and_test_is_predicted():
    data = tiny_data(batch_size=7)

    assert data.validation.tolist() == list(PARTS[Part.VALIDATION])
    assert data.test.tolist() == list(PARTS[Part.TEST])


def test_the_first_window_starts_where_the_series_has_a_change():
    assert tiny_data(time_steps=5).train[0] == 5
    assert tiny_data(time_steps=5, target="difference").train[0] == 6


def test_train_rows_are_trimmed_to_whole_batches_by_dropping_the_last():
    trimmed = tiny_data(batch_size=50, time_steps=5).train
    shuffled = tiny_data(batch_size=50, time_steps=5, shuffle=True).train

    assert (trimmed[0], trimmed[-1], len(trimmed)) == (5, 154, 150)
    assert len(shuffled) == 155


def test_settings_are_json_and_describe_the_scaling():
    data = tiny_data(scaling="standard")

    settings = json.loads(json.dumps(data.settings))

    scaled = (tiny_series() - settings["input_offset"]) / settings["input_scale"]
    np.testing.assert_allclose(data.inputs, scaled, rtol=1e-5, atol=1e-6)
    assert settings["columns"] == list(COLUMNS)
    assert settings["target"] == "close"

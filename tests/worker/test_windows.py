"""A dataset as the network sees it: no later part leaks in, and all returns in CSV units."""

import json

import numpy as np
import pytest

from app.domain.terms import Part
from tests.worker.networks import (
    COLUMNS,
    PARTS,
    prepare_tiny,
    tiny_data,
    tiny_series,
)


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
@pytest.mark.parametrize("scaling", ["minmax", "standard"])
def test_true_targets_come_back_as_the_csv_had_them(target, scaling):
    data = tiny_data(target=target, scaling=scaling)
    rows = np.concatenate([data.validation, data.test])

    inverted = data.invert(data.targets[rows], rows)

    np.testing.assert_allclose(inverted[:, 0], tiny_series()[rows, 0], rtol=1e-5)


@pytest.mark.parametrize("target", ["level", "difference", "log_return"])
def test_later_parts_change_nothing_that_the_train_part_sees(target):
    changed_series = tiny_series()
    changed_series[160:] *= 3

    data = prepare_tiny(tiny_series(), target=target, scaling="standard")
    changed = prepare_tiny(changed_series, target=target, scaling="standard")

    assert data.settings == changed.settings
    np.testing.assert_array_equal(data.inputs[:160], changed.inputs[:160])
    np.testing.assert_array_equal(data.targets[:160], changed.targets[:160])


def test_the_window_of_the_rows_to_come_is_that_of_a_file_that_has_them():
    changes = {"horizon": 3, "calendar": "cyclic", "season_lags": "season", "target": "difference"}
    longer_series = tiny_series(250)

    data = prepare_tiny(longer_series[:243], **changes)
    longer = prepare_tiny(longer_series, **changes)

    np.testing.assert_array_equal(data.inputs, longer.inputs[:243])


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


@pytest.mark.parametrize("scaling", ["minmax", "standard"])
def test_a_window_ends_with_what_is_known_of_the_row_it_predicts(scaling):
    plain = tiny_data(target="difference", scaling=scaling)
    data = tiny_data(target="difference", scaling=scaling, calendar="cyclic", season_lags="season")

    assert data.inputs.shape == (240, 3 + 1 + 2)
    assert (data.inputs[:, :3] == plain.inputs).all()
    offset = np.array(data.settings["input_offset"])
    scale = np.array(data.settings["input_scale"])
    extra = (data.inputs * scale + offset)[:, 3:]
    row = 100
    season_before = data.actual[row - 24] - data.actual[row - 1]
    hour = 2 * np.pi * (row % 24) / 24
    assert extra[row - 1] == pytest.approx(
        [season_before, np.sin(hour), np.cos(hour)], rel=1e-4, abs=1e-5
    )


def test_windows_begin_where_every_row_has_its_season_before_it():
    data = tiny_data(season_lags="season", time_steps=5, batch_size=1)

    assert data.train[0] == 24 - 1 + 5
    assert data.settings["rows_before"] == 28
    assert data.settings["season_lags"] == [24]
    assert data.settings["cycles"] == []


def test_nothing_from_the_predicted_row_on_reaches_its_window():
    changed = tiny_series()
    changed[205:] += 50.0

    original = tiny_data(season_lags="season", scaling="standard")
    data = prepare_tiny(changed, season_lags="season", scaling="standard")

    assert (data.inputs[:205] == original.inputs[:205]).all()

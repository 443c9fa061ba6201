"""What loss curves as they come from real trainings are said to show."""

from math import inf, nan

import pytest

from app.domain.diagnosis import Kind, diagnose

# a two-layer LSTM with much dropout on daily returns: validation stands at once, train falls on
STALL_TRAIN = [
    0.044,
    0.0125,
    0.0121,
    0.0104,
    0.0097,
    0.0088,
    0.0086,
    0.0081,
    0.0075,
    0.0072,
    0.0071,
    0.007,
    0.0068,
]
STALL_VAL = [
    0.0068,
    0.0052,
    0.0052,
    0.00518,
    0.0053,
    0.0052,
    0.0052,
    0.0052,
    0.0052,
    0.0052,
    0.0052,
    0.0053,
    0.0053,
]
# an LSTM on price levels beyond those it was trained on
LEVEL_TRAIN = [0.296, 0.0213, 0.0098, 0.0058, 0.0046, 0.0042, 0.0039, 0.0037, 0.0035, 0.0033]
LEVEL_VAL = [1.28, 0.256, 0.136, 0.0822, 0.067, 0.0645, 0.0615, 0.059, 0.055, 0.051]


@pytest.mark.parametrize("loss", [None, nan, inf])
def test_a_loss_that_is_no_number_is_divergence_however_it_is_stored(loss):
    found = diagnose([0.5, 0.4, loss, 0.3], [0.5, 0.4, 0.4, 0.4])
    assert (found.kind, found.epoch) == (Kind.DIVERGED, 3)
    assert "learning_rate" in found.text


def test_a_train_loss_that_explodes_is_divergence_though_it_is_still_a_number():
    found = diagnose([0.5, 0.4, 0.9, 8.0, 90.0, 1e6], [0.5, 0.4, 0.9, 9.0, 95.0, 1e6])
    assert (found.kind, found.epoch) == (Kind.DIVERGED, 2)


def test_train_falling_on_while_validation_stands_above_it_is_overfitting():
    found = diagnose(STALL_TRAIN, [2 * loss for loss in STALL_VAL])
    assert (found.kind, found.epoch) == (Kind.OVERFITTING, 4)
    assert "has not improved since epoch 4" in found.text


def test_train_falling_on_while_validation_stands_below_it_is_a_plateau():
    found = diagnose(STALL_TRAIN, STALL_VAL)
    assert (found.kind, found.epoch) == (Kind.PLATEAU, 4)
    assert "patience" in found.text


def test_a_series_that_left_its_train_range_is_pointed_to_another_target():
    found = diagnose(LEVEL_TRAIN, LEVEL_VAL)
    assert found.kind == Kind.UNDERFITTING
    assert "15.5 times the train loss" in found.text
    assert "log_return" in found.text


def test_the_best_epoch_can_be_said_where_another_measure_chose_it():
    train, val = [1.0, 0.5, 0.4, 0.3, 0.2, 0.1], [1.0, 0.60, 0.59, 0.8, 0.9, 1.0]
    assert diagnose(train, val, best_epoch=2).epoch == 2
    assert diagnose(train, val).epoch == 3


@pytest.mark.parametrize("epochs", [0, 1, 2, 3])
def test_very_short_curves_are_too_short_to_say_anything(epochs):
    found = diagnose([0.5] * epochs, [0.5] * epochs)
    assert found.kind == Kind.TOO_SHORT
    assert found.epoch is None

"""What the loss curves of real trainings are said to show."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.diagnosis import DiagnosisKind, diagnose

# A two-layer LSTM with much dropout on daily returns: validation stalls, train keeps falling.
STALLED_TRAIN = [
    0.044, 0.0125, 0.0121, 0.0104, 0.0097, 0.0088, 0.0086, 0.0081, 0.0075, 0.0072, 0.0071, 0.007,
    0.0068,
]  # fmt: skip
STALLED_VAL = [
    0.0068, 0.0052, 0.0052, 0.00518, 0.0053, 0.0052, 0.0052, 0.0052, 0.0052, 0.0052, 0.0052, 0.0053,
    0.0053,
]  # fmt: skip
# An LSTM on price levels beyond those it was trained on.
LEVEL_TRAIN = [0.296, 0.0213, 0.0098, 0.0058, 0.0046, 0.0042, 0.0039, 0.0037, 0.0035, 0.0033]
LEVEL_VAL = [1.28, 0.256, 0.136, 0.0822, 0.067, 0.0645, 0.0615, 0.059, 0.055, 0.051]
FALLING = [1 / epoch for epoch in range(1, 21)]
RISING_AFTER_8 = [*FALLING[:8], *(0.125 * 1.08**step for step in range(12))]


@pytest.mark.parametrize(
    ("train", "val", "kind"),
    [
        ([0.5, 0.4, 0.3], [0.5, 0.4, 0.3], DiagnosisKind.TOO_SHORT),
        ([0.5, None], [0.4, None], DiagnosisKind.DIVERGED),
        (FALLING, RISING_AFTER_8, DiagnosisKind.OVERFITTING),
        (
            [0.01 / epoch for epoch in range(1, 21)],
            [0.5, 0.4, *([0.39] * 18)],
            DiagnosisKind.OVERFITTING,
        ),
        (FALLING, [0.5 if epoch % 2 else 0.1 for epoch in range(20)], DiagnosisKind.ERRATIC),
        (
            [1 - epoch / 25 for epoch in range(20)],
            [1.2 - epoch / 25 for epoch in range(20)],
            DiagnosisKind.UNDERFITTING,
        ),
        ([0.5] * 20, [0.5] * 20, DiagnosisKind.PLATEAU),
        (
            [*FALLING[:10], *[0.1] * 10],
            [*(1.1 * loss for loss in FALLING[:10]), *[0.11] * 10],
            DiagnosisKind.CONVERGED,
        ),
    ],
)
def test_curves_are_diagnosed(train, val, kind):
    assert diagnose(train, val).kind == kind


def test_a_diagnosis_says_since_when_and_what_to_try():
    diagnosis = diagnose(FALLING, RISING_AFTER_8)

    assert diagnosis.epoch == 9 or diagnosis.epoch == 8
    assert f"Overfitting from epoch {diagnosis.epoch}" in diagnosis.text
    assert "dropout" in diagnosis.text


def test_curves_of_which_validation_never_fell_have_not_converged():
    val = [0.5, 0.51, 0.5, 0.52, 0.5, 0.51, 0.5, 0.5]

    diagnosis = diagnose([0.6, 0.58, 0.57, 0.56, 0.55, 0.55, 0.55, 0.55], val)

    assert diagnosis.kind == DiagnosisKind.PLATEAU
    assert "the validation loss has hardly moved" in diagnosis.text


def test_divergence_names_its_epoch():
    diagnosis = diagnose([0.5, 0.4, None], [0.5, 0.4, None])

    assert diagnosis.epoch == 3


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_any_curve_gets_a_diagnosis(losses):
    train = [train_loss for train_loss, _ in losses]
    val = [val_loss for _, val_loss in losses]

    diagnosis = diagnose(train, val)

    assert diagnosis.text.endswith(".")


@pytest.mark.parametrize("loss", [None, nan, inf])
def test_a_loss_that_is_not_a_number_is_divergence_however_it_is_stored(loss):
    diagnosis = diagnose([0.5, 0.4, loss, 0.3], [0.5, 0.4, 0.4, 0.4])

    assert (diagnosis.kind, diagnosis.epoch) == (DiagnosisKind.DIVERGED, 3)
    assert "learning_rate" in diagnosis.text


def test_a_train_loss_that_explodes_is_divergence_though_it_is_still_a_number():
    train = [0.5, 0.4, 0.9, 8.0, 90.0, 1e6]
    val = [0.5, 0.4, 0.9, 9.0, 95.0, 1e6]

    diagnosis = diagnose(train, val)

    assert (diagnosis.kind, diagnosis.epoch) == (DiagnosisKind.DIVERGED, 2)


def test_train_falling_while_validation_stalls_above_it_is_overfitting():
    diagnosis = diagnose(STALLED_TRAIN, [2 * loss for loss in STALLED_VAL])

    assert (diagnosis.kind, diagnosis.epoch) == (DiagnosisKind.OVERFITTING, 4)
    assert "has not improved since epoch 4" in diagnosis.text


def test_train_falling_while_validation_stalls_below_it_is_a_plateau():
    diagnosis = diagnose(STALLED_TRAIN, STALLED_VAL)

    assert (diagnosis.kind, diagnosis.epoch) == (DiagnosisKind.PLATEAU, 4)
    assert "patience" in diagnosis.text


def test_a_series_that_left_its_train_range_is_advised_another_target():
    diagnosis = diagnose(LEVEL_TRAIN, LEVEL_VAL)

    assert diagnosis.kind == DiagnosisKind.UNDERFITTING
    assert "15.5 times the train loss" in diagnosis.text
    assert "log_return" in diagnosis.text


def test_the_best_epoch_can_be_given_where_another_measure_chose_it():
    train = [1.0, 0.5, 0.4, 0.3, 0.2, 0.1]
    val = [1.0, 0.60, 0.59, 0.8, 0.9, 1.0]

    assert diagnose(train, val, best_epoch=2).epoch == 2
    assert diagnose(train, val).epoch == 3


def test_a_training_that_began_anew_is_diagnosed_before_it_comes_to_its_stored_best_epoch():
    losses = [1.0, 0.6, 0.5, 0.49, 0.48]

    diagnosis = diagnose(losses, losses, best_epoch=9)

    assert diagnosis == diagnose(losses, losses)


@pytest.mark.parametrize("epochs", [0, 1, 2, 3])
def test_very_short_curves_are_too_short_to_say_anything(epochs):
    diagnosis = diagnose([0.5] * epochs, [0.5] * epochs)

    assert diagnosis.kind == DiagnosisKind.TOO_SHORT
    assert diagnosis.epoch is None

"""Split, metrics, baselines, diagnosis, cost: how trials are judged."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.baselines import drift, naive, seasonal_naive
from app.domain.cost_model import CostModel, Seen, fit
from app.domain.diagnosis import Kind, diagnose
from app.domain.metrics import scores
from app.domain.search_space.parameters import with_defaults
from app.domain.split import Split
from app.domain.terms import Part


def test_the_usual_split_is_80_10_10_in_time_order():
    assert Split().parts(14058) == {
        Part.TRAIN: range(11246),
        Part.VALIDATION: range(11246, 12652),
        Part.TEST: range(12652, 14058),
    }


@given(st.integers(10, 5000), st.floats(0.1, 0.8), st.floats(0.1, 0.9))
def test_the_parts_follow_each_other_and_leave_nothing_out(rows, train, share):
    rest = 1 - train
    parts = Split(train, rest * share, rest * (1 - share)).parts(rows)
    assert parts[Part.TRAIN].start == 0
    assert parts[Part.TRAIN].stop == parts[Part.VALIDATION].start
    assert parts[Part.VALIDATION].stop == parts[Part.TEST].start
    assert parts[Part.TEST].stop == rows


def test_scores_of_a_forecast_against_the_naive_one():
    actual = np.array([2.0, 4.0, 0.0, 8.0])
    found = scores(actual, actual + np.array([1.0, -1.0, 1.0, -1.0]), actual + 2.0)
    assert (found.rmse, found.mae) == (1.0, 1.0)
    assert found.mape == pytest.approx((1 / 2 + 1 / 4 + 1 / 8) / 3)
    assert found.skill == 0.5


def test_what_cannot_be_divided_is_none():
    flat = np.zeros(3)
    found = scores(flat, flat + 1, flat)
    assert (found.mape, found.skill) == (None, None)


def test_naive_is_the_value_of_the_row_before_even_across_parts():
    values = np.arange(10.0)
    assert naive(values, range(5, 8)).tolist() == [4.0, 5.0, 6.0]
    assert seasonal_naive(values, range(5, 8), 3).tolist() == [2.0, 3.0, 4.0]
    assert drift(values, range(5, 8)).tolist() == [5.0, 6.0, 7.0]


FALLING = [1 / epoch for epoch in range(1, 21)]


@pytest.mark.parametrize(
    ("train", "val", "kind"),
    [
        ([0.5, 0.4, 0.3], [0.5, 0.4, 0.3], Kind.TOO_SHORT),
        ([0.5, None], [0.4, None], Kind.DIVERGED),
        (FALLING, [*FALLING[:8], *(0.125 * 1.08**step for step in range(12))], Kind.OVERFITTING),
        ([0.01 / epoch for epoch in range(1, 21)], [0.5, 0.4, *([0.39] * 18)], Kind.OVERFITTING),
        (FALLING, [0.5 if epoch % 2 else 0.1 for epoch in range(20)], Kind.ERRATIC),
        (
            [1 - epoch / 25 for epoch in range(20)],
            [1.2 - epoch / 25 for epoch in range(20)],
            Kind.UNDERFITTING,
        ),
        ([0.5] * 20, [0.5] * 20, Kind.PLATEAU),
        (
            [*FALLING[:10], *[0.1] * 10],
            [*(1.1 * loss for loss in FALLING[:10]), *[0.11] * 10],
            Kind.HEALTHY,
        ),
    ],
)
def test_curves_are_diagnosed(train, val, kind):
    assert diagnose(train, val).kind == kind


def test_a_diagnosis_says_since_when_and_what_to_try():
    found = diagnose(FALLING, [*FALLING[:8], *(0.125 * 1.08**step for step in range(12))])
    assert found.epoch == 9 or found.epoch == 8
    assert f"Overfitting from epoch {found.epoch}" in found.text
    assert "dropout" in found.text


def test_divergence_names_its_epoch():
    assert diagnose([0.5, 0.4, None], [0.5, 0.4, None]).epoch == 3


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(0, 1e6)), min_size=1, max_size=60))
def test_any_curve_gets_a_diagnosis(curve):
    found = diagnose([pair[0] for pair in curve], [pair[1] for pair in curve])
    assert found.text.endswith(".")


def test_more_work_is_expected_to_take_longer():
    model, small = CostModel(), with_defaults({"units_1": 16})
    assert model.epoch_seconds(with_defaults({"units_1": 64}), 2000, 5) > model.epoch_seconds(
        small, 2000, 5
    )
    assert model.epoch_seconds(small, 8000, 5) > model.epoch_seconds(small, 2000, 5)


def test_a_cost_model_is_scaled_to_what_was_seen():
    parameters = with_defaults({"units_1": 32})
    expected = CostModel().epoch_seconds(parameters, 2000, 5)
    model = fit([Seen(parameters, 2000, 5, 3 * expected)] * 3)
    assert model.epoch_seconds(parameters, 2000, 5) == pytest.approx(3 * expected)
    assert (
        fit([Seen(parameters, 2000, 5, 3 * expected)] * 2).epoch_seconds(parameters, 2000, 5)
        == expected
    )


def test_a_training_that_begins_anew_is_diagnosed_before_it_comes_to_its_stored_best_epoch():
    losses = [1.0, 0.6, 0.5, 0.49, 0.48]

    assert diagnose(losses, losses, best_epoch=9) == diagnose(losses, losses)

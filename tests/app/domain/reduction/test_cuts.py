"""What can be dropped of a space: listed values, thirds of ranges, never all of it."""

import numpy as np
import pytest

from app.domain.reduction.cuts import possible_cuts
from app.domain.reduction.steps import (
    EndedTrial,
    Reduction,
    ReductionState,
    reduced_space,
    take_due_steps,
)
from app.domain.search_space.space import SearchSpace
from tests.app.domain.reduction.searches import random_trials, steps_of


def test_each_listed_value_can_be_dropped():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})

    cuts = list(possible_cuts(space, space))

    assert [cut.dropped for cut in cuts] == [(8,), (16,), (32,)]
    assert [cut.kept.values for cut in cuts] == [(16, 32), (8, 32), (8, 16)]
    assert [cut.fraction for cut in cuts] == [1 / 3] * 3


def test_a_cut_that_would_leave_no_combination_is_not_possible():
    space = SearchSpace.parse({"stateful": {"choice": [False, True]}, "shuffle": True})

    dropped = [cut.dropped for cut in possible_cuts(space, space)]

    assert (False,) not in dropped


def test_a_range_loses_its_worse_third_on_its_own_scale():
    space = SearchSpace.parse({"learning_rate": {"loguniform": [1e-5, 1e-2]}})
    ended = random_trials(space, lambda row: 1.0 + (row["learning_rate"] < 1e-4), 30)

    (step,) = steps_of(space, ended, Reduction("spearman", 30, None, 0.3))

    assert step.evidence.dropped == pytest.approx((1e-5, 1e-4))
    assert step.evidence.kept == pytest.approx((1e-4, 1e-2))
    assert (step.size_before, step.size_after) == (None, None)
    assert step.fraction == pytest.approx(2 / 3)
    left = reduced_space(space, [step])
    assert left.contains(space.with_defaults({"learning_rate": 2e-4}))


def test_a_third_of_a_conditional_range_counts_by_how_often_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2, 3]}, "dropout_3": {"uniform": [0.0, 0.6]}}
    space = SearchSpace.parse(document)
    ended = random_trials(space, lambda row: 1.0 + (row.get("dropout_3", 0.0) > 0.4), 60)

    (step,) = steps_of(space, ended, Reduction("spearman", 60, None, 0.3))

    assert step.evidence.parameter == "dropout_3"
    assert step.fraction == pytest.approx(1 - 1 / 3 * 1 / 3)


def test_a_range_with_steps_keeps_its_steps_down_to_one_value():
    space = SearchSpace.parse({"units_1": {"integer": [10, 100], "step": 10}})
    ended = random_trials(space, lambda row: float(row["units_1"]), 300)

    steps = steps_of(space, ended, Reduction("spearman", 10, None, 0.1))

    assert [step.size_after for step in steps if step.is_cut] == [7, 5, 4, 3, 2, 1]
    assert [row["units_1"] for row in reduced_space(space, steps).grid()] == [10]


def test_a_continuous_range_is_not_cut_below_a_hundredth():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0.0, 0.5]}})
    state = ReductionState(Reduction("spearman", 20, None, 0.1))
    generator = np.random.default_rng(0)
    ended: list[EndedTrial] = []

    for _ in range(600):
        parameters = reduced_space(space, state.steps).sample(generator)
        ended.append(EndedTrial(parameters, float(parameters["dropout_1"])))
        state = take_due_steps(space, state, ended)

    left = reduced_space(space, state.steps).dimensions["dropout_1"]
    assert left.low == 0.0
    assert 0.005 * 2 / 3 <= left.high <= 0.005

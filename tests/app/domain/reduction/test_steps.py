"""Looks at ended trials: what is dropped from a space, on which evidence, and what never is."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from app.domain.reduction.steps import (
    Ended,
    Reduction,
    ReductionState,
    reduced_space,
    take_due_steps,
    usual_interval,
)
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

CHOICES = {"units_1": {"choice": [8, 16, 32]}, "batch_size": {"choice": [16, 32]}}
EVERY_NINE = Reduction(interval=9, window=None, threshold=0.3)


def trials(space: SearchSpace, objective: Any, count: int, seed: int = 0) -> list[Ended]:
    """Random ended trials; `objective` says what each has, from its parameters."""
    generator = np.random.default_rng(seed)
    drawn = [space.sample(generator) for _ in range(count)]
    return [(parameters, objective(parameters)) for parameters in drawn]


def every(space: SearchSpace, objective: Any) -> list[Ended]:
    """Every combination once."""
    return [(parameters, objective(parameters)) for parameters in space.grid()]


def steps(space: SearchSpace, ended: list[Ended], reduction: Reduction = EVERY_NINE) -> Any:
    return take_due_steps(space, ReductionState(reduction), ended).steps


def bad_at_32(parameters: Parameters) -> float:
    return (5.0 if parameters["units_1"] == 32 else 1.0) + float(parameters["batch_size"]) / 100


@pytest.mark.parametrize("method", ["spearman", "kendall", "pearson", "correlation"])
def test_the_value_that_goes_with_bad_trials_is_dropped_with_its_evidence(method):
    space = SearchSpace.parse(CHOICES)
    (step,) = steps(space, every(space, bad_at_32), Reduction(method, 6, None, 0.3))
    assert step.is_cut
    assert (step.evidence.parameter, step.evidence.dropped, step.evidence.kept) == (
        "units_1",
        (32,),
        (8, 16),
    )
    assert (step.evidence.n_with, step.evidence.n_without) == (2, 4)
    assert step.evidence.median_with == pytest.approx(5.24)
    assert step.evidence.median_without == pytest.approx(1.24)
    assert (step.size_before, step.size_after, step.fraction) == (6, 4, pytest.approx(4 / 6))
    assert reduced_space(space, [step]).dimensions["units_1"].values == (8, 16)


def test_nothing_is_dropped_below_the_threshold_and_the_strongest_is_said_all_the_same():
    space = SearchSpace.parse(CHOICES)
    (step,) = steps(space, every(space, bad_at_32), Reduction("spearman", 6, None, 0.99))
    assert not step.is_cut
    assert step.evidence.dropped == (32,)
    assert step.size_after == step.size_before == 6
    assert reduced_space(space, [step]).size() == 6


def test_one_looks_each_time_so_many_more_trials_have_ended():
    space = SearchSpace.parse(CHOICES)
    ended = trials(space, bad_at_32, 26)
    assert [(step.number, step.n_finished) for step in steps(space, ended)] == [(1, 9), (2, 18)]


def test_looks_that_were_made_stand_whatever_becomes_of_the_trials():
    space = SearchSpace.parse(CHOICES)
    first = take_due_steps(space, ReductionState(EVERY_NINE), trials(space, bad_at_32, 12))
    again = take_due_steps(
        space, first, trials(space, lambda parameters: -bad_at_32(parameters), 17)
    )
    assert again == first
    assert take_due_steps(space, first, []) == first


def test_a_replay_gives_the_same_looks_as_looking_while_it_runs():
    space = SearchSpace.parse(CHOICES)
    ended = trials(space, bad_at_32, 40)
    running = ReductionState(EVERY_NINE)
    for count in range(41):
        running = take_due_steps(space, running, ended[:count])
    assert running.steps == steps(space, ended)


def test_only_the_last_trials_inside_what_is_left_are_looked_at():
    space = SearchSpace.parse(CHOICES)
    reduction = Reduction("spearman", 30, 12, 0.3)
    first, second = steps(space, trials(space, bad_at_32, 60), reduction)
    assert first.n_considered == second.n_considered == 12
    assert first.evidence.dropped == (32,)
    assert second.evidence.parameter == "batch_size"
    assert second.evidence.n_with + second.evidence.n_without == 12


def test_the_last_value_is_never_dropped():
    space = SearchSpace.parse(CHOICES)
    ended = trials(
        space, lambda parameters: parameters["units_1"] + parameters["batch_size"] / 100, 400
    )
    left = reduced_space(space, steps(space, ended, Reduction("spearman", 2, None, 0.01)))
    assert [(row["units_1"], row["batch_size"]) for row in left.grid()] == [(8, 16)]


def test_what_the_best_trial_has_is_never_dropped():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16]}})
    ended = [
        ({**parameters}, value)
        for (parameters, _), value in zip(
            [*every(space, bad_at_32)] * 4, [9.0, 1.0, 9.0, 1.0, 9.0, 1.0, 0.5, 1.0], strict=True
        )
    ]
    (step,) = steps(space, ended, Reduction("spearman", 8, None, 0.1))
    assert not step.is_cut


def test_fewer_than_two_trials_on_a_side_prove_nothing():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
    (step,) = steps(space, every(space, bad_at_32), Reduction("spearman", 3, None, 0.1))
    assert step.evidence is None
    assert not step.is_cut


def test_a_conditional_hyperparameter_is_judged_by_the_trials_in_which_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    space = SearchSpace.parse(document)
    values = {1: [4.0, 3.0, 3.5, 3.2], 2: [5.0, 1.0, 5.5, 1.2]}
    ended = [
        (space.with_defaults({"recurrent_layers": layers, "units_2": units}), values[layers][place])
        for layers, (place, units) in product((1, 2), enumerate([8, 16, 8, 16]))
    ]
    (step,) = steps(space, ended, Reduction("pearson", 8, None, 0.7))
    assert (step.evidence.parameter, step.evidence.dropped) == ("units_2", (8,))
    assert (step.evidence.n_with, step.evidence.n_without) == (2, 2)
    assert (step.size_before, step.size_after) == (3, 2)


def test_of_two_values_that_reach_the_threshold_the_one_with_more_trials_behind_it_is_dropped():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}, **CHOICES}
    )
    ended = [
        (
            space.with_defaults(
                {"recurrent_layers": layers, "units_2": 8 if number < 2 else 16, "units_1": units}
            ),
            value,
        )
        for number, (layers, units, value) in enumerate(
            [(2, 8, 7.0), (2, 16, 6.9), (2, 8, 1.0), (2, 16, 1.1)]
            + [(1, 8, 1.2), (1, 16, 1.3), (1, 32, 6.0)] * 4
        )
    ]
    (step,) = steps(space, ended, Reduction("spearman", len(ended), None, 0.3))
    assert step.evidence.dropped == (32,)
    assert step.evidence.n_with + step.evidence.n_without == 16


def test_what_decides_over_others_takes_them_along():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    )
    ended = every(space, lambda parameters: float(parameters["recurrent_layers"])) * 3
    (step,) = steps(space, ended)
    assert step.evidence.parameter == "recurrent_layers"
    left = reduced_space(space, [step])
    assert (left.size(), step.size_after) == (1, 1)


def test_a_failed_trial_counts_as_bad_as_the_worst():
    space = SearchSpace.parse(CHOICES)
    ended = every(
        space,
        lambda parameters: None if parameters["units_1"] == 32 else 1.0 + parameters["batch_size"],
    )
    (step,) = steps(space, [*ended, *ended[:3]])
    assert step.evidence.dropped == (32,)
    assert step.evidence.median_with == 33.0


@pytest.mark.parametrize("value", [None, float("nan"), 2.0])
def test_trials_that_are_all_alike_drop_nothing(value):
    space = SearchSpace.parse(CHOICES)
    assert not any(step.is_cut for step in steps(space, trials(space, lambda _: value, 30)))


def test_a_range_loses_its_worse_third_on_its_own_scale():
    space = SearchSpace.parse({"learning_rate": {"loguniform": [1e-5, 1e-2]}})
    ended = trials(space, lambda parameters: 1.0 + (parameters["learning_rate"] < 1e-4), 30)
    (step,) = steps(space, ended, Reduction("spearman", 30, None, 0.3))
    assert step.evidence.dropped == pytest.approx((1e-5, 1e-4))
    assert step.evidence.kept == pytest.approx((1e-4, 1e-2))
    assert (step.size_before, step.size_after, step.fraction) == (None, None, pytest.approx(2 / 3))
    assert reduced_space(space, [step]).contains(space.with_defaults({"learning_rate": 2e-4}))


def test_a_third_of_a_conditional_range_counts_by_how_often_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2, 3]}, "dropout_3": {"uniform": [0.0, 0.6]}}
    space = SearchSpace.parse(document)
    ended = trials(space, lambda row: 1.0 + (row.get("dropout_3", 0.0) > 0.4), 60)
    (step,) = steps(space, ended, Reduction("spearman", 60, None, 0.3))
    assert step.evidence.parameter == "dropout_3"
    assert step.fraction == pytest.approx(1 - 1 / 3 * 1 / 3)


def test_a_range_with_steps_keeps_its_steps_down_to_one_value():
    space = SearchSpace.parse({"units_1": {"integer": [10, 100], "step": 10}})
    ended = trials(space, lambda parameters: float(parameters["units_1"]), 300)
    found = steps(space, ended, Reduction("spearman", 10, None, 0.1))
    sizes = [step.size_after for step in found if step.is_cut]
    assert sizes == [7, 5, 4, 3, 2, 1]
    assert [row["units_1"] for row in reduced_space(space, found).grid()] == [10]


def test_a_continuous_range_ends_at_a_hundredth():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0.0, 0.5]}})
    ended: list[Ended] = []
    reduction_state = ReductionState(Reduction("spearman", 20, None, 0.1))
    generator = np.random.default_rng(0)
    for _ in range(600):
        parameters = reduced_space(space, reduction_state.steps).sample(generator)
        ended.append((parameters, float(parameters["dropout_1"])))
        reduction_state = take_due_steps(space, reduction_state, ended)
    left = reduced_space(space, reduction_state.steps).dimensions["dropout_1"]
    assert left.low == 0.0
    assert 0.005 * 2 / 3 <= left.high <= 0.005


def test_looks_do_not_change_when_the_space_is_read_back_from_what_was_stored():
    space = SearchSpace.parse(
        {"units_1": {"integer": [8, 64]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
    )
    found = steps(space, trials(space, lambda row: row["units_1"] * row["learning_rate"], 90))
    assert any(step.is_cut for step in found)
    left = reduced_space(space, found)
    assert SearchSpace.parse(left.document()).document() == left.document()


def test_a_search_is_long_enough_for_twenty_looks_or_looks_every_four_trials():
    assert [usual_interval(trials) for trials in (1, 20, 80, 81, 1000)] == [4, 4, 4, 5, 50]

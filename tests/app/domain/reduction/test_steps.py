"""Steps of a reduction: what is dropped from a space, on which evidence, and what never is."""

from itertools import product

import pytest

from app.domain.reduction.steps import (
    EndedTrial,
    Reduction,
    ReductionState,
    reduced_space,
    take_due_steps,
    usual_interval,
)
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace
from tests.app.domain.reduction.searches import (
    EVERY_NINE,
    every_combination,
    random_trials,
    steps_of,
)

CHOICES = {"units_1": {"choice": [8, 16, 32]}, "batch_size": {"choice": [16, 32]}}


def bad_at_32(parameters: Parameters) -> float:
    return (5.0 if parameters["units_1"] == 32 else 1.0) + float(parameters["batch_size"]) / 100


@pytest.mark.parametrize("method", ["spearman", "kendall", "pearson", "correlation"])
def test_the_value_that_goes_with_bad_trials_is_dropped_with_its_evidence(method):
    space = SearchSpace.parse(CHOICES)
    reduction = Reduction(method, 6, None, 0.3)

    (step,) = steps_of(space, every_combination(space, bad_at_32), reduction)

    evidence = step.evidence
    assert step.is_cut
    assert (evidence.parameter, evidence.dropped, evidence.kept) == ("units_1", (32,), (8, 16))
    assert (evidence.n_with, evidence.n_without) == (2, 4)
    assert evidence.median_with == pytest.approx(5.24)
    assert evidence.median_without == pytest.approx(1.24)
    assert (step.size_before, step.size_after) == (6, 4)
    assert step.fraction == pytest.approx(4 / 6)
    assert reduced_space(space, [step]).dimensions["units_1"].values == (8, 16)


def test_nothing_is_dropped_below_the_threshold_and_the_strongest_is_reported_all_the_same():
    space = SearchSpace.parse(CHOICES)
    reduction = Reduction("spearman", 6, None, 0.99)

    (step,) = steps_of(space, every_combination(space, bad_at_32), reduction)

    assert not step.is_cut
    assert step.evidence.dropped == (32,)
    assert step.size_after == step.size_before == 6
    assert reduced_space(space, [step]).size() == 6


def test_a_step_is_taken_each_time_so_many_more_trials_have_ended():
    space = SearchSpace.parse(CHOICES)

    steps = steps_of(space, random_trials(space, bad_at_32, 26))

    assert [(step.number, step.n_finished) for step in steps] == [(1, 9), (2, 18)]


def test_steps_that_were_taken_stand_whatever_becomes_of_the_trials():
    space = SearchSpace.parse(CHOICES)
    first = take_due_steps(space, ReductionState(EVERY_NINE), random_trials(space, bad_at_32, 12))
    changed = random_trials(space, lambda parameters: -bad_at_32(parameters), 17)

    assert take_due_steps(space, first, changed) == first
    assert take_due_steps(space, first, []) == first


def test_a_replay_gives_the_same_steps_as_those_taken_while_it_ran():
    space = SearchSpace.parse(CHOICES)
    ended = random_trials(space, bad_at_32, 40)
    state = ReductionState(EVERY_NINE)

    for count in range(41):
        state = take_due_steps(space, state, ended[:count])

    assert state.steps == steps_of(space, ended)


def test_only_the_last_trials_inside_what_is_left_are_considered():
    space = SearchSpace.parse(CHOICES)
    reduction = Reduction("spearman", 30, 12, 0.3)

    first, second = steps_of(space, random_trials(space, bad_at_32, 60), reduction)

    assert first.n_considered == second.n_considered == 12
    assert first.evidence.dropped == (32,)
    assert second.evidence.parameter == "batch_size"
    assert second.evidence.n_with + second.evidence.n_without == 12


def test_the_last_value_is_never_dropped():
    space = SearchSpace.parse(CHOICES)
    ended = random_trials(space, lambda row: row["units_1"] + row["batch_size"] / 100, 400)

    left = reduced_space(space, steps_of(space, ended, Reduction("spearman", 2, None, 0.01)))

    assert [(row["units_1"], row["batch_size"]) for row in left.grid()] == [(8, 16)]


def test_what_the_best_trial_has_is_never_dropped():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16]}})
    points = [parameters for parameters, _ in every_combination(space, lambda _: None)] * 4
    objectives = [9.0, 1.0, 9.0, 1.0, 9.0, 1.0, 0.5, 1.0]
    ended = list(map(EndedTrial, points, objectives))

    (step,) = steps_of(space, ended, Reduction("spearman", 8, None, 0.1))

    assert not step.is_cut


def test_fewer_than_two_trials_on_a_side_prove_nothing():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
    reduction = Reduction("spearman", 3, None, 0.1)

    (step,) = steps_of(space, every_combination(space, bad_at_32), reduction)

    assert step.evidence is None
    assert not step.is_cut


def test_a_conditional_hyperparameter_is_judged_by_the_trials_in_which_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    space = SearchSpace.parse(document)
    objectives = {1: [4.0, 3.0, 3.5, 3.2], 2: [5.0, 1.0, 5.5, 1.2]}
    ended = [
        EndedTrial(
            space.with_defaults({"recurrent_layers": layers, "units_2": units}),
            objectives[layers][index],
        )
        for layers, (index, units) in product((1, 2), enumerate([8, 16, 8, 16]))
    ]

    (step,) = steps_of(space, ended, Reduction("pearson", 8, None, 0.7))

    assert (step.evidence.parameter, step.evidence.dropped) == ("units_2", (8,))
    assert (step.evidence.n_with, step.evidence.n_without) == (2, 2)
    assert (step.size_before, step.size_after) == (3, 2)


def test_of_two_values_that_reach_the_threshold_that_with_more_trials_behind_it_is_dropped():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}, **CHOICES}
    )
    two_layers = [(8, 8, 7.0), (8, 16, 6.9), (16, 8, 1.0), (16, 16, 1.1)]
    one_layer = [(8, 1.2), (16, 1.3), (32, 6.0)] * 4
    rows = [
        ({"recurrent_layers": 2, "units_2": units_2, "units_1": units_1}, objective)
        for units_2, units_1, objective in two_layers
    ]
    rows += [
        ({"recurrent_layers": 1, "units_1": units}, objective) for units, objective in one_layer
    ]
    ended = [EndedTrial(space.with_defaults(values), objective) for values, objective in rows]

    (step,) = steps_of(space, ended, Reduction("spearman", len(ended), None, 0.3))

    assert step.evidence.dropped == (32,)
    assert step.evidence.n_with + step.evidence.n_without == 16


def test_a_value_that_decides_over_others_takes_them_along():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    )
    ended = every_combination(space, lambda row: float(row["recurrent_layers"])) * 3

    (step,) = steps_of(space, ended)

    assert step.evidence.parameter == "recurrent_layers"
    assert step.size_after == 1
    assert reduced_space(space, [step]).size() == 1


def test_a_failed_trial_counts_as_bad_as_the_worst():
    space = SearchSpace.parse(CHOICES)
    ended = every_combination(
        space, lambda row: None if row["units_1"] == 32 else 1.0 + row["batch_size"]
    )

    (step,) = steps_of(space, [*ended, *ended[:3]])

    assert step.evidence.dropped == (32,)
    assert step.evidence.median_with == 33.0


@pytest.mark.parametrize("value", [None, float("nan"), 2.0])
def test_trials_that_are_all_equal_drop_nothing(value):
    space = SearchSpace.parse(CHOICES)

    steps = steps_of(space, random_trials(space, lambda _: value, 30))

    assert not any(step.is_cut for step in steps)


def test_steps_do_not_change_when_the_space_is_read_back_from_what_was_stored():
    space = SearchSpace.parse(
        {"units_1": {"integer": [8, 64]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
    )
    ended = random_trials(space, lambda row: row["units_1"] * row["learning_rate"], 90)

    steps = steps_of(space, ended)

    left = reduced_space(space, steps)
    assert any(step.is_cut for step in steps)
    assert SearchSpace.parse(left.document()).document() == left.document()


def test_a_search_is_long_enough_for_twenty_steps_or_takes_one_every_four_trials():
    assert [usual_interval(trials) for trials in (1, 20, 80, 81, 1000)] == [4, 4, 4, 5, 50]

"""Looks at ended trials: what is dropped from a space, on which evidence, and what never is."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from app.domain.reduction.steps import Ended, Reduction, Thinning, looked, thinned, usual_interval
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


def looks(space: SearchSpace, ended: list[Ended], reduction: Reduction = EVERY_NINE) -> Any:
    return looked(space, Thinning(reduction), ended).looks


def bad_at_32(parameters: Parameters) -> float:
    return (5.0 if parameters["units_1"] == 32 else 1.0) + float(parameters["batch_size"]) / 100


@pytest.mark.parametrize("method", ["spearman", "kendall", "pearson", "correlation"])
def test_the_value_that_goes_with_bad_trials_is_dropped_with_its_evidence(method):
    space = SearchSpace.parse(CHOICES)
    (look,) = looks(space, every(space, bad_at_32), Reduction(method, 6, None, 0.3))
    assert look.is_cut
    assert (look.evidence.parameter, look.evidence.dropped, look.evidence.kept) == (
        "units_1",
        (32,),
        (8, 16),
    )
    assert (look.evidence.having, look.evidence.others) == (2, 4)
    assert look.evidence.median_having == pytest.approx(5.24)
    assert look.evidence.median_others == pytest.approx(1.24)
    assert (look.size_before, look.size_after, look.share) == (6, 4, pytest.approx(4 / 6))
    assert thinned(space, [look]).dimensions["units_1"].values == (8, 16)


def test_nothing_is_dropped_below_the_threshold_and_the_strongest_is_said_all_the_same():
    space = SearchSpace.parse(CHOICES)
    (look,) = looks(space, every(space, bad_at_32), Reduction("spearman", 6, None, 0.99))
    assert not look.is_cut
    assert look.evidence.dropped == (32,)
    assert look.size_after == look.size_before == 6
    assert thinned(space, [look]).size() == 6


def test_one_looks_each_time_so_many_more_trials_have_ended():
    space = SearchSpace.parse(CHOICES)
    ended = trials(space, bad_at_32, 26)
    assert [(look.number, look.ended) for look in looks(space, ended)] == [(1, 9), (2, 18)]


def test_looks_that_were_made_stand_whatever_becomes_of_the_trials():
    space = SearchSpace.parse(CHOICES)
    first = looked(space, Thinning(EVERY_NINE), trials(space, bad_at_32, 12))
    again = looked(space, first, trials(space, lambda parameters: -bad_at_32(parameters), 17))
    assert again == first
    assert looked(space, first, []) == first


def test_a_replay_gives_the_same_looks_as_looking_while_it_runs():
    space = SearchSpace.parse(CHOICES)
    ended = trials(space, bad_at_32, 40)
    running = Thinning(EVERY_NINE)
    for count in range(41):
        running = looked(space, running, ended[:count])
    assert running.looks == looks(space, ended)


def test_only_the_last_trials_inside_what_is_left_are_looked_at():
    space = SearchSpace.parse(CHOICES)
    reduction = Reduction("spearman", 30, 12, 0.3)
    first, second = looks(space, trials(space, bad_at_32, 60), reduction)
    assert first.looked_at == second.looked_at == 12
    assert first.evidence.dropped == (32,)
    assert second.evidence.parameter == "batch_size"
    assert second.evidence.having + second.evidence.others == 12


def test_the_last_value_is_never_dropped():
    space = SearchSpace.parse(CHOICES)
    ended = trials(
        space, lambda parameters: parameters["units_1"] + parameters["batch_size"] / 100, 400
    )
    left = thinned(space, looks(space, ended, Reduction("spearman", 2, None, 0.01)))
    assert [(row["units_1"], row["batch_size"]) for row in left.grid()] == [(8, 16)]


def test_what_the_best_trial_has_is_never_dropped():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16]}})
    ended = [
        ({**parameters}, value)
        for (parameters, _), value in zip(
            [*every(space, bad_at_32)] * 4, [9.0, 1.0, 9.0, 1.0, 9.0, 1.0, 0.5, 1.0], strict=True
        )
    ]
    (look,) = looks(space, ended, Reduction("spearman", 8, None, 0.1))
    assert not look.is_cut


def test_fewer_than_two_trials_on_a_side_prove_nothing():
    space = SearchSpace.parse({"units_1": {"choice": [8, 16, 32]}})
    (look,) = looks(space, every(space, bad_at_32), Reduction("spearman", 3, None, 0.1))
    assert look.evidence is None
    assert not look.is_cut


def test_a_conditional_hyperparameter_is_judged_by_the_trials_in_which_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    space = SearchSpace.parse(document)
    values = {1: [4.0, 3.0, 3.5, 3.2], 2: [5.0, 1.0, 5.5, 1.2]}
    ended = [
        (space.complete({"recurrent_layers": layers, "units_2": units}), values[layers][place])
        for layers, (place, units) in product((1, 2), enumerate([8, 16, 8, 16]))
    ]
    (look,) = looks(space, ended, Reduction("pearson", 8, None, 0.7))
    assert (look.evidence.parameter, look.evidence.dropped) == ("units_2", (8,))
    assert (look.evidence.having, look.evidence.others) == (2, 2)
    assert (look.size_before, look.size_after) == (3, 2)


def test_of_two_values_that_reach_the_threshold_the_one_with_more_trials_behind_it_is_dropped():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}, **CHOICES}
    )
    ended = [
        (
            space.complete(
                {"recurrent_layers": layers, "units_2": 8 if number < 2 else 16, "units_1": units}
            ),
            value,
        )
        for number, (layers, units, value) in enumerate(
            [(2, 8, 7.0), (2, 16, 6.9), (2, 8, 1.0), (2, 16, 1.1)]
            + [(1, 8, 1.2), (1, 16, 1.3), (1, 32, 6.0)] * 4
        )
    ]
    (look,) = looks(space, ended, Reduction("spearman", len(ended), None, 0.3))
    assert look.evidence.dropped == (32,)
    assert look.evidence.having + look.evidence.others == 16


def test_what_decides_over_others_takes_them_along():
    space = SearchSpace.parse(
        {"recurrent_layers": {"choice": [1, 2]}, "units_2": {"choice": [8, 16]}}
    )
    ended = every(space, lambda parameters: float(parameters["recurrent_layers"])) * 3
    (look,) = looks(space, ended)
    assert look.evidence.parameter == "recurrent_layers"
    left = thinned(space, [look])
    assert (left.size(), look.size_after) == (1, 1)


def test_a_failed_trial_counts_as_bad_as_the_worst():
    space = SearchSpace.parse(CHOICES)
    ended = every(
        space,
        lambda parameters: None if parameters["units_1"] == 32 else 1.0 + parameters["batch_size"],
    )
    (look,) = looks(space, [*ended, *ended[:3]])
    assert look.evidence.dropped == (32,)
    assert look.evidence.median_having == 33.0


@pytest.mark.parametrize("value", [None, float("nan"), 2.0])
def test_trials_that_are_all_alike_drop_nothing(value):
    space = SearchSpace.parse(CHOICES)
    assert not any(look.is_cut for look in looks(space, trials(space, lambda _: value, 30)))


def test_a_range_loses_its_worse_third_on_its_own_scale():
    space = SearchSpace.parse({"learning_rate": {"loguniform": [1e-5, 1e-2]}})
    ended = trials(space, lambda parameters: 1.0 + (parameters["learning_rate"] < 1e-4), 30)
    (look,) = looks(space, ended, Reduction("spearman", 30, None, 0.3))
    assert look.evidence.dropped == pytest.approx((1e-5, 1e-4))
    assert look.evidence.kept == pytest.approx((1e-4, 1e-2))
    assert (look.size_before, look.size_after, look.share) == (None, None, pytest.approx(2 / 3))
    assert thinned(space, [look]).contains(space.complete({"learning_rate": 2e-4}))


def test_a_third_of_a_conditional_range_counts_by_how_often_it_is_active():
    document = {"recurrent_layers": {"choice": [1, 2, 3]}, "dropout_3": {"uniform": [0.0, 0.6]}}
    space = SearchSpace.parse(document)
    ended = trials(space, lambda row: 1.0 + (row.get("dropout_3", 0.0) > 0.4), 60)
    (look,) = looks(space, ended, Reduction("spearman", 60, None, 0.3))
    assert look.evidence.parameter == "dropout_3"
    assert look.share == pytest.approx(1 - 1 / 3 * 1 / 3)


def test_a_range_with_steps_keeps_its_steps_down_to_one_value():
    space = SearchSpace.parse({"units_1": {"integer": [10, 100], "step": 10}})
    ended = trials(space, lambda parameters: float(parameters["units_1"]), 300)
    found = looks(space, ended, Reduction("spearman", 10, None, 0.1))
    sizes = [look.size_after for look in found if look.is_cut]
    assert sizes == [7, 5, 4, 3, 2, 1]
    assert [row["units_1"] for row in thinned(space, found).grid()] == [10]


def test_a_continuous_range_ends_at_a_hundredth():
    space = SearchSpace.parse({"dropout_1": {"uniform": [0.0, 0.5]}})
    ended: list[Ended] = []
    thinning = Thinning(Reduction("spearman", 20, None, 0.1))
    generator = np.random.default_rng(0)
    for _ in range(600):
        parameters = thinned(space, thinning.looks).sample(generator)
        ended.append((parameters, float(parameters["dropout_1"])))
        thinning = looked(space, thinning, ended)
    left = thinned(space, thinning.looks).dimensions["dropout_1"]
    assert left.low == 0.0
    assert 0.005 * 2 / 3 <= left.high <= 0.005


def test_looks_do_not_change_when_the_space_is_read_back_from_what_was_stored():
    space = SearchSpace.parse(
        {"units_1": {"integer": [8, 64]}, "learning_rate": {"loguniform": [1e-5, 1e-1]}}
    )
    found = looks(space, trials(space, lambda row: row["units_1"] * row["learning_rate"], 90))
    assert any(look.is_cut for look in found)
    left = thinned(space, found)
    assert SearchSpace.parse(left.document()).document() == left.document()


def test_a_search_is_long_enough_for_twenty_looks_or_looks_every_four_trials():
    assert [usual_interval(trials) for trials in (1, 20, 80, 81, 1000)] == [4, 4, 4, 5, 50]

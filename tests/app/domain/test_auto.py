"""What auto chooses, and why."""

import pytest

from app.domain.auto import choose, conditional_names, max_epochs
from app.domain.search_space.space import SearchSpace

SMALL = SearchSpace.parse(
    {"units_1": {"choice": [8, 16]}, "batch_size": {"choice": [32, 64]}, "epochs": 10}
)
ENDLESS = SearchSpace.parse(
    {"learning_rate": {"loguniform": [1e-4, 1e-1]}, "epochs": {"choice": [20, 70]}}
)
LAYERED = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [8, 64]},
        "units_2": {"choice": [8, 16], "when": {"recurrent_layers": 2}},
        "dropout_2": {"uniform": [0.0, 0.5]},
        "epochs": 20,
    }
)


def test_a_small_space_that_the_trials_cover_is_tried_as_a_whole():
    found = choose("auto", "none", SMALL, 4)
    assert (found.strategy, found.pruning) == ("grid", "none")
    assert found.reason == "grid: all 4 combinations fit into 4 trials, so none is left out."


def test_one_trial_less_than_combinations_is_no_grid():
    assert choose("auto", "none", SMALL, 3).strategy == "gp"


def test_the_only_combination_is_a_grid_of_one():
    assert (
        "the only combination fits into 1 trial,"
        in choose("auto", "none", SearchSpace.parse({}), 1).reason
    )


@pytest.mark.parametrize(
    ("trials", "strategy"), [(1, "gp"), (99, "gp"), (100, "tpe"), (10_000, "tpe")]
)
def test_few_trials_are_for_gp_and_many_for_tpe(trials, strategy):
    found = choose("auto", "none", ENDLESS, trials)
    assert found.strategy == strategy
    assert found.reason.startswith(f"{strategy}: ")
    assert found.reason.count(".") == 1


def test_many_trials_of_a_conditional_space_name_what_depends():
    assert (
        "and units_2, dropout_2 count in some combinations only"
        in choose("auto", "none", LAYERED, 200).reason
    )


def test_what_depends_on_another_is_known():
    assert conditional_names(LAYERED) == ["units_2", "dropout_2"]
    assert conditional_names(ENDLESS) == []


def test_long_trainings_are_ended_early_where_there_are_enough_to_compare():
    assert choose("tpe", "auto", ENDLESS, 12).pruning == "asha"
    assert "up to 70 epochs" in choose("tpe", "auto", ENDLESS, 12).reason


@pytest.mark.parametrize(
    ("space", "trials", "why"),
    [(ENDLESS, 11, "11 trials are too few"), (LAYERED, 50, "20 epochs at most")],
)
def test_short_or_few_trainings_are_not_pruned(space, trials, why):
    found = choose("auto", "auto", space, trials)
    assert found.pruning == "none"
    assert why in found.reason


def test_what_was_chosen_by_hand_stays_and_needs_no_reason():
    assert choose("random", "median", ENDLESS, 500).reason == ""
    found = choose("random", "auto", ENDLESS, 500)
    assert (found.strategy, found.pruning) == ("random", "asha")


def test_the_most_epochs_are_found_in_every_kind_of_entry():
    entries = {70: {"choice": [20, 70]}, 30: {"integer": [5, 30]}, 9: 9}
    assert [max_epochs(SearchSpace.parse({"epochs": entry})) for entry in entries.values()] == list(
        entries
    )
    assert max_epochs(SearchSpace.parse({})) == SearchSpace.parse({}).catalogue["epochs"].default

"""What auto chooses, and why."""

import pytest

from app.domain.auto import choose, conditional_names, max_epochs
from app.domain.search_space.space import SearchSpace

SMALL = SearchSpace.parse(
    {"units_1": {"choice": [8, 16]}, "batch_size": {"choice": [32, 64]}, "epochs": 10}
)
CONTINUOUS = SearchSpace.parse(
    {"learning_rate": {"loguniform": [1e-4, 1e-1]}, "epochs": {"choice": [20, 70]}}
)
CONDITIONAL = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_1": {"integer": [8, 64]},
        "units_2": {"choice": [8, 16], "when": {"recurrent_layers": 2}},
        "dropout_2": {"uniform": [0.0, 0.5]},
        "epochs": 20,
    }
)


def test_a_small_space_that_the_trials_cover_is_tried_as_a_whole():
    chosen = choose("auto", "none", SMALL, 4)

    assert (chosen.strategy, chosen.pruning) == ("grid", "none")
    assert chosen.reason == "grid: all 4 combinations fit into 4 trials, so none is left out."


def test_one_trial_less_than_combinations_is_no_grid():
    assert choose("auto", "none", SMALL, 3).strategy == "gp"


def test_the_only_combination_is_a_grid_of_one():
    chosen = choose("auto", "none", SearchSpace.parse({}), 1)

    assert "the only combination fits into 1 trial," in chosen.reason


@pytest.mark.parametrize(
    ("trials", "strategy"), [(1, "gp"), (99, "gp"), (100, "tpe"), (10_000, "tpe")]
)
def test_few_trials_are_for_gp_and_many_for_tpe(trials, strategy):
    chosen = choose("auto", "none", CONTINUOUS, trials)

    assert chosen.strategy == strategy
    assert chosen.reason.startswith(f"{strategy}: ")
    assert chosen.reason.count(".") == 1


def test_many_trials_of_a_conditional_space_name_what_depends():
    chosen = choose("auto", "none", CONDITIONAL, 200)

    assert "and units_2, dropout_2 count in some combinations only" in chosen.reason


def test_a_reason_names_two_hyperparameters_and_counts_the_others():
    space = SearchSpace.parse(
        {
            "recurrent_layers": {"choice": [1, 2, 3]},
            "units_2": {"choice": [8, 16]},
            "dropout_2": {"uniform": [0.0, 0.5]},
            "units_3": {"choice": [8, 16]},
        }
    )

    assert "units_2, dropout_2 and 1 more count" in choose("auto", "none", space, 200).reason


def test_the_conditional_hyperparameters_are_those_inactive_in_some_combinations():
    assert conditional_names(CONDITIONAL) == ["units_2", "dropout_2"]
    assert conditional_names(CONTINUOUS) == []


def test_long_trainings_are_ended_early_where_there_are_enough_to_compare():
    chosen = choose("tpe", "auto", CONTINUOUS, 12)

    assert chosen.pruning == "asha"
    assert "up to 70 epochs" in chosen.reason


@pytest.mark.parametrize(
    ("space", "trials", "why"),
    [(CONTINUOUS, 11, "11 trials are too few"), (CONDITIONAL, 50, "20 epochs at most")],
)
def test_short_or_few_trainings_are_not_pruned(space, trials, why):
    chosen = choose("auto", "auto", space, trials)

    assert chosen.pruning == "none"
    assert why in chosen.reason


def test_what_was_chosen_by_hand_stays_and_needs_no_reason():
    by_hand = choose("random", "median", CONTINUOUS, 500)
    with_auto_pruning = choose("random", "auto", CONTINUOUS, 500)

    assert by_hand.reason == ""
    assert (with_auto_pruning.strategy, with_auto_pruning.pruning) == ("random", "asha")


@pytest.mark.parametrize(
    ("entry", "most"), [({"choice": [20, 70]}, 70), ({"integer": [5, 30]}, 30), (9, 9)]
)
def test_the_most_epochs_are_read_from_every_kind_of_entry(entry, most):
    assert max_epochs(SearchSpace.parse({"epochs": entry})) == most


def test_the_most_epochs_are_the_default_where_epochs_are_not_in_the_space():
    space = SearchSpace.parse({})

    assert max_epochs(space) == space.catalogue["epochs"].default

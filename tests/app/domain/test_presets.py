"""Presets fit real series and search what the practitioners they come from searched."""

import numpy as np
import pytest

from app.domain.presets import PRESETS
from app.domain.search_space.data_fit import fit_problems
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import STRATEGIES
from tests.app.domain.spaces import PRACTITIONERS

ALL_PRESETS = list(PRESETS.values())
IDS = list(PRESETS)


def unconditional(space):
    """The searched dimensions without a condition, by name."""
    return {dimension.name: dimension for dimension in space.searched if dimension.when is None}


def names_of(space):
    return {dimension.name for dimension in space.searched}


@pytest.mark.parametrize("preset", ALL_PRESETS, ids=IDS)
def test_a_preset_can_be_submitted_unchanged(preset):
    space = SearchSpace.parse(preset.space)

    assert preset.strategy in STRATEGIES
    assert space.size() is None or space.size() >= preset.max_trials
    assert preset.title
    assert preset.description.endswith(".")


@pytest.mark.parametrize("preset", ALL_PRESETS, ids=IDS)
def test_every_combination_of_a_preset_fits_a_series_of_a_few_thousand_rows(preset):
    space = SearchSpace.parse(preset.space)
    generator = np.random.default_rng(0)

    for _ in range(300):
        parameters = space.sample(generator)
        assert fit_problems(parameters, train_rows=2616, validation_rows=327) == []


def test_the_grid_has_81_combinations_of_four_hyperparameters():
    space = SearchSpace.parse(PRESETS["grid-81"].space)

    assert space.size() == 81 == PRESETS["grid-81"].max_trials
    names = [dimension.name for dimension in space.searched]
    assert names == ["learning_rate", "batch_size", "epochs", "time_steps"]


def test_the_tpe_space_searches_what_the_practitioner_searched():
    preset = SearchSpace.parse(PRESETS["tpe-conditional"].space)
    practitioners = SearchSpace.parse(PRACTITIONERS)

    assert unconditional(preset) == unconditional(practitioners)
    assert names_of(preset) == names_of(practitioners)


def test_the_talos_space_has_every_combination_of_its_choices():
    per_network = 3 * 3 * 3 * 3 * 2  # batch size, time steps, learning rate, epochs, optimizer
    networks = 3 * (1 + 3) * (1 + 3)  # first layer, second layer or none, dense layer or none

    size = SearchSpace.parse(PRESETS["talos"].space).size()

    assert size == per_network * networks


@pytest.mark.parametrize("name", ["grid-81", "tpe-conditional", "talos"])
def test_what_a_preset_does_not_vary_follows_the_best_network_found_by_hand(name):
    fixed = {
        "cell": "lstm",
        "stateful": True,
        "output_activation": "sigmoid",
        "scaling": "minmax",
        "target": "level",
    }

    parameters = SearchSpace.parse(PRESETS[name].space).sample(np.random.default_rng(0))

    assert {key: parameters[key] for key in fixed} == fixed


def test_the_quick_look_has_small_networks_and_every_target():
    space = SearchSpace.parse(PRESETS["quick-look"].space)
    generator = np.random.default_rng(0)

    samples = [space.sample(generator) for _ in range(200)]

    assert max(sample["units_1"] for sample in samples) <= 48
    assert max(sample["time_steps"] for sample in samples) <= 30
    assert {sample["target"] for sample in samples} == {"level", "difference", "log_return"}
    assert PRESETS["quick-look"].max_trials == 12


def test_the_quick_look_shuffles_and_standardises():
    space = SearchSpace.parse(PRESETS["quick-look"].space)

    parameters = space.sample(np.random.default_rng(0))

    assert (parameters["scaling"], parameters["shuffle"]) == ("standard", True)


@pytest.mark.parametrize("preset", ALL_PRESETS, ids=IDS)
def test_the_defaults_of_new_experiments_change_nothing_in_a_preset(preset):
    space = SearchSpace.parse(preset.space)

    assert space.with_new_defaults() == space


def test_a_preset_leaves_out_the_targets_that_a_series_does_not_allow():
    quick_look = PRESETS["quick-look"]

    space = quick_look.space_for(["level", "difference"])

    assert space == {**quick_look.space, "target": {"choice": ["level", "difference"]}}


def test_a_preset_with_a_fixed_target_stays_as_it_is():
    grid = PRESETS["grid-81"]

    assert grid.space_for(["level", "difference"]) == grid.space

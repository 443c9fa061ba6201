"""Presets: searches that fit real series, with the spaces of the practice they come from."""

import numpy as np
import pytest

from app.domain.presets import PRESETS
from app.domain.search_space.parameters import fit_problems
from app.domain.search_space.space import SearchSpace
from app.domain.strategies import STRATEGIES
from tests.app.domain.spaces import PRACTITIONERS

EVERY = list(PRESETS.values())
IDS = list(PRESETS)


@pytest.mark.parametrize("preset", EVERY, ids=IDS)
def test_a_preset_can_be_sent_as_it_stands(preset):
    space = SearchSpace.parse(preset.space)
    assert preset.strategy in STRATEGIES
    assert space.size() is None or space.size() >= preset.max_trials
    assert preset.title
    assert preset.description.endswith(".")


@pytest.mark.parametrize("preset", EVERY, ids=IDS)
def test_every_combination_of_a_preset_fits_a_series_of_a_few_thousand_rows(preset):
    space, generator = SearchSpace.parse(preset.space), np.random.default_rng(0)
    for _ in range(300):
        assert fit_problems(space.sample(generator), train_rows=2616, validation_rows=327) == []


def test_the_grid_has_81_combinations_of_four_hyperparameters():
    space = SearchSpace.parse(PRESETS["grid-81"].space)
    assert space.size() == 81 == PRESETS["grid-81"].max_trials
    assert [row.name for row in space.searched] == [
        "learning_rate",
        "batch_size",
        "epochs",
        "time_steps",
    ]


def test_the_tpe_space_searches_what_the_practitioner_searched():
    preset = SearchSpace.parse(PRESETS["tpe-conditional"].space)
    seed = SearchSpace.parse(PRACTITIONERS)
    assert {row.name: row for row in preset.searched if row.when is None} == {
        row.name: row for row in seed.searched if row.when is None
    }
    assert {row.name for row in preset.searched} == {row.name for row in seed.searched}


def test_the_talos_space_has_the_combinations_of_its_choices():
    per_network = 3 * 3 * 3 * 3 * 2  # batch size, time steps, learning rate, epochs, optimizer
    networks = 3 * (1 + 3) * (1 + 3)  # first layer, second layer or none, dense layer or none
    assert SearchSpace.parse(PRESETS["talos"].space).size() == per_network * networks


@pytest.mark.parametrize("name", ["grid-81", "tpe-conditional", "talos"])
def test_what_a_preset_does_not_vary_follows_the_best_network_found_by_hand(name):
    found = SearchSpace.parse(PRESETS[name].space).sample(np.random.default_rng(0))
    fixed = {
        "cell": "lstm",
        "stateful": True,
        "output_activation": "sigmoid",
        "scaling": "minmax",
        "target": "level",
    }
    assert {key: found[key] for key in fixed} == fixed


def test_the_quick_look_has_small_networks_and_every_target():
    space, generator = SearchSpace.parse(PRESETS["quick-look"].space), np.random.default_rng(0)
    samples = [space.sample(generator) for _ in range(200)]
    assert max(sample["units_1"] for sample in samples) <= 48
    assert max(sample["time_steps"] for sample in samples) <= 30
    assert {sample["target"] for sample in samples} == {"level", "difference", "log_return"}
    assert PRESETS["quick-look"].max_trials == 12


def test_the_quick_look_shuffles_and_standardises():
    found = SearchSpace.parse(PRESETS["quick-look"].space).sample(np.random.default_rng(0))

    assert (found["scaling"], found["shuffle"]) == ("standard", True)


@pytest.mark.parametrize("preset", EVERY, ids=IDS)
def test_the_defaults_of_new_experiments_change_nothing_in_a_preset(preset):
    space = SearchSpace.parse(preset.space)

    assert space.with_new_defaults() == space


def test_a_preset_leaves_out_the_targets_that_a_series_does_not_allow():
    space = PRESETS["quick-look"].space_for(["level", "difference"])

    assert space == {**PRESETS["quick-look"].space, "target": {"choice": ["level", "difference"]}}


def test_a_preset_with_a_fixed_target_stays_as_it_is():
    assert PRESETS["grid-81"].space_for(["level", "difference"]) == PRESETS["grid-81"].space

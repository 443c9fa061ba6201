"""A search space narrowed to what looks good."""

from dataclasses import replace
from math import log10

import numpy as np
import pytest

from app.domain.influence import influence
from app.domain.narrowing import narrowed
from app.domain.space import SearchSpace

DOCUMENT = {
    "learning_rate": {"loguniform": [1e-4, 1e-1]},
    "recurrent_layers": {"choice": [1, 2]},
    "units_2": {"choice": [4, 8, 16]},
    "cell": {"choice": ["lstm", "gru"]},
    "dropout_1": {"uniform": [0.0, 0.5]},
    "epochs": 7,
}


def next_of(function, document=DOCUMENT, count: int = 60, seed: int = 0):
    space = SearchSpace.parse(document)
    generator = np.random.default_rng(seed)
    drawn = [space.sample(generator) for _ in range(count)]
    rows = [(parameters, function(parameters)) for parameters in drawn]
    found = influence(space, rows)
    return narrowed(space, found).document(), found


def valley(parameters) -> float:
    return (log10(parameters["learning_rate"]) + 2.5) ** 2 + (parameters["recurrent_layers"] == 2)


def test_a_range_is_narrowed_around_the_best_and_what_makes_no_difference_is_fixed():
    space, found = next_of(valley)
    low, high = space["learning_rate"]["loguniform"]
    assert 1e-4 < low < 10**-2.5 < high < 1e-1
    assert space["cell"] == found.best["cell"]
    assert space["dropout_1"] == pytest.approx(found.best["dropout_1"], rel=0.01)
    assert space["epochs"] == 7


def test_what_can_no_longer_play_a_part_is_left_out():
    space, _ = next_of(valley)
    assert space["recurrent_layers"] == 1
    assert "units_2" not in space


def test_a_range_that_is_best_at_its_end_goes_on_beyond_it():
    document = {"units_1": {"integer": [8, 64]}, "learning_rate": {"loguniform": [1e-4, 1e-1]}}
    space, _ = next_of(lambda row: 100.0 - row["units_1"], document)
    assert space["units_1"]["integer"][1] == 78
    space, _ = next_of(lambda row: 10 + log10(row["learning_rate"]), document)
    assert space["learning_rate"]["loguniform"][0] == pytest.approx(1.78e-5, rel=0.01)


def test_not_beyond_what_the_hyperparameter_allows():
    document = {"dropout_1": {"uniform": [0.0, 0.9]}, "cell": {"choice": ["lstm", "gru"]}}
    space, found = next_of(lambda row: 2 - row["dropout_1"], document)
    assert found.effects[0].end == "high"
    assert space["dropout_1"]["uniform"][1] <= 1


def test_steps_stay_steps():
    document = {"dropout_1": {"uniform": [0.0, 0.5], "step": 0.1}, "cell": {"choice": ["lstm", "gru"]}}
    space, _ = next_of(lambda row: (row["dropout_1"] - 0.2) ** 2, document)
    assert space["dropout_1"]["step"] == 0.1
    assert SearchSpace.parse(space).dimensions["dropout_1"].contains(0.2)


def test_what_may_make_a_difference_stays_as_it_was():
    space = SearchSpace.parse(DOCUMENT)
    found = influence(
        space, [(row, valley(row)) for row in [space.sample(np.random.default_rng(n)) for n in range(60)]]
    )
    doubtful = [replace(one, is_clear=False, share=0.2) if one.name == "cell" else one for one in found.effects]
    document = narrowed(space, replace(found, effects=tuple(doubtful))).document()
    assert document["cell"] == DOCUMENT["cell"]
    assert document["learning_rate"] != DOCUMENT["learning_rate"]


def test_where_one_combination_would_be_left_what_matters_stays_searched():
    space, _ = next_of(
        lambda row: 1.0 + (row["cell"] == "lstm"), {"cell": {"choice": ["lstm", "gru"]}, "units_1": {"choice": [4, 8]}}
    )
    assert space["cell"] == {"choice": ["lstm", "gru"]}
    assert not isinstance(space["units_1"], dict)


@pytest.mark.parametrize("seed", range(8))
def test_the_best_trial_is_still_possible_and_the_space_is_no_larger(seed):
    def noisy(row, generator=np.random.default_rng(seed)):
        return valley(row) + 0.3 * generator.normal() + (0.3 * row.get("units_2", 0) / 16)

    document, found = next_of(noisy, seed=seed)
    space, whole = SearchSpace.parse(document), SearchSpace.parse(DOCUMENT)
    for dimension in space.searched:
        assert dimension.name in {row.name for row in whole.searched}
    assert all(space.dimensions[row.name].contains(found.best[row.name]) for row in space.searched if not row.is_log)

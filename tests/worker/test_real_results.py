"""The table of real trainings that strategies are measured on."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.benchmarks.real_results import EPOCHS, SPACE, TABLE, look_up_objective, train_combination
from tests.benchmarks.strategies import run_search
from worker import hardware


@pytest.fixture
def space() -> SearchSpace:
    return SearchSpace.parse(SPACE)


def test_the_table_has_every_epoch_of_every_combination(space):
    with np.load(TABLE) as arrays:
        shape = arrays["curves"].shape

    assert shape == (space.size(), EPOCHS, 3)
    assert space.size() >= 400


def test_a_search_of_the_table_ends_with_the_objective_of_a_training_in_it(space):
    best_objectives = run_search("random", "real", seed=0, trials=5)

    assert best_objectives == sorted(best_objectives, reverse=True)
    assert best_objectives[-1] in {look_up_objective(parameters) for parameters in space.grid()}


@pytest.mark.slow
@pytest.mark.skipif(not hardware.has_compiler(), reason="the table was made by the native engine")
def test_a_training_made_again_has_the_losses_of_the_table(space):
    index = 77
    with np.load(TABLE) as arrays:
        stored = arrays["curves"][index]

    trained_again = train_combination(space.combination_at(index))

    assert trained_again == pytest.approx(stored, rel=1e-3)

"""The table of real trainings that strategies are measured on."""

import numpy as np
import pytest

from app.domain.search_space.space import SearchSpace
from tests.benchmarks.real_results import EPOCHS, SPACE, TABLE, objective, trained
from tests.benchmarks.strategies import run
from worker import hardware


def test_the_table_has_every_epoch_of_every_combination():
    with np.load(TABLE) as arrays:
        assert arrays["curves"].shape == (SearchSpace.parse(SPACE).size(), EPOCHS, 3)
    assert SearchSpace.parse(SPACE).size() >= 400


def test_a_search_of_the_table_ends_with_the_objective_of_a_training_in_it():
    curve = run("random", "real", seed=0, trials=5)
    assert curve == sorted(curve, reverse=True)
    assert curve[-1] in {objective(row) for row in SearchSpace.parse(SPACE).grid()}


@pytest.mark.slow
@pytest.mark.skipif(not hardware.has_compiler(), reason="the table was made by the native engine")
def test_a_training_made_again_has_the_losses_of_the_table():
    place = 77
    with np.load(TABLE) as arrays:
        stored = arrays["curves"][place]
    again = trained(SearchSpace.parse(SPACE).combination_at(place))
    assert again == pytest.approx(stored, rel=1e-3)

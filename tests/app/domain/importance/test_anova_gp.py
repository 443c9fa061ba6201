"""A function as a sum of parts: parts of mean 0, sizes that follow from the rows, predictions between them."""

import numpy as np
import pytest

from app.domain.importance.anova_gp import Components, Part
from app.domain.search_space.space import SearchSpace

SPACE = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_2": {"choice": [4, 8, 16]},
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
        "optimizer": {"choice": ["sgd", "adam", "rmsprop"]},
        "stateful": {"choice": [False, True]},
        "dropout_1": {"uniform": [0.0, 0.5], "step": 0.1},
    }
)
LAYERS, UNITS, RATE = (
    next(place for place, row in enumerate(SPACE.searched) if row.name == name)
    for name in ("recurrent_layers", "units_2", "learning_rate")
)


def rows(count: int, seed: int = 0):
    generator = np.random.default_rng(seed)
    return [SPACE.sample(generator) for _ in range(count)]


def standard(values):
    values = np.array(values, np.float64)
    return (values - values.mean()) / values.std()


@pytest.mark.parametrize("dimension", SPACE.searched, ids=lambda dimension: dimension.name)
def test_a_part_has_mean_0_and_variance_1_over_its_values(dimension):
    part = Part(dimension)
    inner = part.covariance(part.grid, part.grid)
    assert inner.mean(axis=1) == pytest.approx(np.zeros(len(inner)), abs=1e-12)
    assert np.diag(inner).mean() == pytest.approx(1)


def test_what_depends_on_one_hyperparameter_is_held_by_its_part():
    tried = rows(60)
    model = Components(SPACE, tried, standard([np.log(row["learning_rate"]) for row in tried]))
    alone, together = model.variances
    whole = alone.sum() + together.sum() + model.rest
    assert alone[RATE] / whole > 0.95


def test_what_only_two_do_together_is_held_by_their_pair():
    tried = rows(120)
    signs = {"sgd": -1.0, "adam": 0.0, "rmsprop": 1.0}
    values = [signs[row["optimizer"]] * (np.log10(row["learning_rate"]) + 2.5) for row in tried]
    model = Components(SPACE, tried, standard(values))
    alone, together = model.variances
    names = [row.name for row in SPACE.searched]
    left, right = model.pairs[int(np.argmax(together))]
    assert {names[left], names[right]} == {"optimizer", "learning_rate"}
    assert together.max() > 3 * alone.max()


def test_chance_is_left_to_the_rest():
    generator = np.random.default_rng(1)
    model = Components(SPACE, rows(100), standard(generator.normal(size=100)))
    assert model.rest > 0.7


def test_a_hyperparameter_that_plays_no_part_adds_nothing():
    tried = rows(80)
    values = [row["units_2"] / 8 if row["recurrent_layers"] == 2 else 1.0 for row in tried]
    model = Components(SPACE, tried, standard(values))
    without = model.seen(
        [{**tried[0], "recurrent_layers": 1, "units_2": units} for units in (4, 8, 16)]
    )
    assert not without.active[UNITS].any()
    mean, _ = model.predict(without)
    assert np.ptp(mean) == pytest.approx(0)
    assert model.variances[0][UNITS] > 0.05


def test_predictions_pass_close_to_rows_without_chance_and_are_sure_of_them():
    tried = rows(40)
    values = standard(
        [np.log(row["learning_rate"]) ** 2 + row["recurrent_layers"] for row in tried]
    )
    model = Components(SPACE, tried, values)
    mean, covariance = model.predict(model.seen(tried))
    assert mean == pytest.approx(values, abs=0.15)
    assert np.sqrt(np.diag(covariance)).max() < 0.2

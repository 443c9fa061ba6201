"""A function as a sum of effects with mean 0, their variances, and predictions between points."""

import numpy as np
import pytest

from app.domain.importance.anova_gp import AnovaModel
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
NAMES = [dimension.name for dimension in SPACE.searched]
UNITS = NAMES.index("units_2")
LEARNING_RATE = NAMES.index("learning_rate")


def draw_points(count: int):
    generator = np.random.default_rng(0)
    return [SPACE.sample(generator) for _ in range(count)]


def standardise(values):
    values = np.array(values, np.float64)
    return (values - values.mean()) / values.std()


def test_what_depends_on_one_hyperparameter_is_its_main_effect():
    points = draw_points(60)
    values = standardise([np.log(point["learning_rate"]) for point in points])

    model = AnovaModel(SPACE, points, values)

    main, pairs = model.explained_variances
    total = main.sum() + pairs.sum() + model.residual_variance
    assert main[LEARNING_RATE] / total > 0.95


def test_what_two_hyperparameters_do_only_together_is_the_effect_of_their_pair():
    points = draw_points(120)
    signs = {"sgd": -1.0, "adam": 0.0, "rmsprop": 1.0}
    values = [
        signs[point["optimizer"]] * (np.log10(point["learning_rate"]) + 2.5) for point in points
    ]

    model = AnovaModel(SPACE, points, standardise(values))

    main, pairs = model.explained_variances
    left, right = model.pairs[int(np.argmax(pairs))]
    assert {NAMES[left], NAMES[right]} == {"optimizer", "learning_rate"}
    assert pairs.max() > 3 * main.max()


def test_chance_is_left_to_the_residual():
    values = np.random.default_rng(1).normal(size=100)

    model = AnovaModel(SPACE, draw_points(100), standardise(values))

    assert model.residual_variance > 0.7


def test_an_inactive_hyperparameter_adds_nothing():
    points = draw_points(80)
    values = [point["units_2"] / 8 if point["recurrent_layers"] == 2 else 1.0 for point in points]
    model = AnovaModel(SPACE, points, standardise(values))
    one_layer = {**points[0], "recurrent_layers": 1}

    encoded = model.encode([{**one_layer, "units_2": units} for units in (4, 8, 16)])

    assert not encoded.active[UNITS].any()
    assert np.ptp(model.predict(encoded).mean) == pytest.approx(0)
    assert model.explained_variances.main[UNITS] > 0.05


def test_predictions_pass_close_to_points_without_chance_and_are_sure_of_them():
    points = draw_points(40)
    values = standardise(
        [np.log(point["learning_rate"]) ** 2 + point["recurrent_layers"] for point in points]
    )
    model = AnovaModel(SPACE, points, values)

    mean, covariance = model.predict(model.encode(points))

    assert mean == pytest.approx(values, abs=0.15)
    assert np.sqrt(np.diag(covariance)).max() < 0.2


def test_points_predicted_one_by_one_are_predicted_as_together():
    points = draw_points(40)
    values = standardise([np.log(point["learning_rate"]) for point in points])
    model = AnovaModel(SPACE, points, values)
    others = model.encode(draw_points(60)[40:])

    each = model.predict_each(others)

    together = model.predict(others)
    assert each.mean == pytest.approx(together.mean)
    assert each.variance == pytest.approx(np.diag(together.covariance))

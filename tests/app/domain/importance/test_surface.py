"""The objective expected over two hyperparameters."""

import numpy as np
import pytest

from app.domain.importance.objective_model import fit_objective
from app.domain.importance.surface import predict_surface
from app.domain.search_space.space import SearchSpace
from tests.app.domain.importance.trials import SPACE, evaluate

CONDITIONAL = SearchSpace.parse(
    {
        "recurrent_layers": {"choice": [1, 2]},
        "units_2": {"choice": [4, 8, 16]},
        "units_3": {"choice": [4, 8]},
    }
)


def test_the_surface_is_lowest_where_the_objective_is_and_uncertain_by_less_than_it_varies():
    model = fit_objective(SPACE, evaluate(120))

    surface = predict_surface(model, "learning_rate", "cell")

    row, column = np.unravel_index(surface.mean.argmin(), surface.mean.shape)
    assert surface.mean.shape == (2, len(surface.x_values))
    assert surface.y_values[row] == "gru"
    assert 0.001 < surface.x_values[column] < 0.01
    assert surface.mean.min() == pytest.approx(1.0, abs=0.15)
    assert surface.deviation.max() < surface.mean.std()


def test_there_is_nothing_where_one_of_the_two_plays_no_part():
    trials = evaluate(60, lambda row: float(row["recurrent_layers"]), CONDITIONAL)
    model = fit_objective(CONDITIONAL, trials)

    surface = predict_surface(model, "recurrent_layers", "units_2")

    assert np.isnan(surface.mean[:, 0]).all()
    assert np.isfinite(surface.mean[:, 1]).all()
    assert surface.assumed_active == ()


def test_what_is_inactive_in_the_best_trial_is_shown_as_if_it_were_active():
    trials = evaluate(60, lambda row: float(row["recurrent_layers"]), CONDITIONAL)
    model = fit_objective(CONDITIONAL, trials)

    surface = predict_surface(model, "units_2", "units_3")

    assert surface.assumed_active == ("units_2", "units_3")
    assert np.isfinite(surface.mean).all()

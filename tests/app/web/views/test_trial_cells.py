"""What a cell of the trial table draws beside its number."""

import pytest

from app.db.models import Trial
from app.domain.search_space.dimensions import Dimension
from app.services.loss_curves import LossCurve
from app.web.views.trial_cells import compare_with_best, draw_sparklines, find_bar


@pytest.mark.parametrize(
    ("dimension", "value", "place"),
    [
        (Dimension("learning_rate", "loguniform", low=1e-4, high=1e-2), 1e-3, 50.0),
        (Dimension("dropout_1", "uniform", low=0.0, high=0.5), 0.1, 20.0),
        (Dimension("units_1", "integer", low=8, high=16), 40, None),
        (Dimension("units_1", "choice", values=(8, 16, 32)), 16, 50.0),
        (Dimension("units_1", "fixed", values=(8,)), 8, None),
        (Dimension("cell", "choice", values=("gru", "lstm")), "lstm", None),
        (None, 3, None),
    ],
)
def test_a_bar_says_where_a_number_lies_in_the_searched_range(dimension, value, place):
    name = dimension.name if dimension else "epochs"

    bar = find_bar(Trial(parameters={name: value}), dimension)

    assert bar == pytest.approx(place)


def test_the_difference_is_a_fraction_of_the_best_objective():
    best = Trial(objective=2.0)

    assert compare_with_best(Trial(objective=2.5), best) == 0.25
    assert compare_with_best(best, best) == 0
    assert compare_with_best(Trial(objective=-1.0), Trial(objective=-2.0)) == 0.5
    assert compare_with_best(Trial(objective=None), best) is None
    assert compare_with_best(best, None) is None


def test_a_small_curve_falls_from_the_top_and_ends_where_its_epochs_end():
    curves = {
        1: LossCurve((1, 2, 3), (1.0, 0.1, 0.01), n_epochs=5),
        2: LossCurve((1,), (1.0,), n_epochs=5),
    }

    drawn = draw_sparklines(curves)

    assert set(drawn) == {1}
    assert drawn[1].points == "2,1.5 16,8.0 30,14.5"
    assert drawn[1].text == "Validation loss from 1.00 to 0.0100 in 3 epochs"

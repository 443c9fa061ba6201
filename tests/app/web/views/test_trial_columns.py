"""The columns of the trial table, and what stands in them."""

from app.db.models import Trial
from app.web.views.trial_columns import DRAWN_NAMES, MEASURES, cell_value
from tests.clock import now


def test_a_click_on_a_drawn_column_sorts_nothing():
    unsorted_names = [column.name for column in MEASURES if not column.sort]

    assert unsorted_names == list(DRAWN_NAMES)


def test_a_cell_holds_a_score_a_parameter_or_nothing():
    trial = Trial(
        objective=1.5,
        more_scores={"test": {"mase": 0.9}},
        parameters={"units_1": 8},
    )
    names = ("objective", "test_mase", "units_1", "curve", "batch_size")

    contents = [cell_value(trial, name, now()) for name in names]

    assert contents == [1.5, 0.9, 8, None, None]

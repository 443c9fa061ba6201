"""Baselines as rows of the trial table."""

from dataclasses import replace

from app.domain.objectives import Yardstick
from app.domain.terms import Objective
from app.services.boards import BoardState, BoardView
from app.services.trial_listing import TrialQuery
from app.web.views.baseline_rows import list_baseline_rows
from app.web.views.trial_columns import MEASURES
from app.web.views.trial_table import TrialTable
from tests.app.web.views.test_board_text import RIDGE

NAIVE = replace(RIDGE, id=2, name="naive", title="Naive", validation_rmse=20.0, test_rmse=11.0)
SKIPPED = replace(
    RIDGE, id=3, name="arima", problem="Skipped: too slow.", validation_rmse=None, test_rmse=None
)
BOARD = BoardView(1, "f", BoardState.DONE, None, (RIDGE, NAIVE, SKIPPED))


def rows_of(objective=Objective.RMSE, scale=None, **query):
    table = TrialTable(TrialQuery(**query), MEASURES, (), MEASURES)
    return list_baseline_rows(BOARD, table, Yardstick.of_objective(objective, scale))


def cells_of(row):
    return {column.name: content for column, content in row.cells}


def test_a_baseline_has_its_scores_in_the_columns_of_trials():
    ridge = rows_of()[0]

    assert ridge.is_best
    assert cells_of(ridge)["objective"] == 12.1
    assert cells_of(ridge)["test_rmse"] == 13.0
    assert cells_of(ridge)["duration"] == 0.4
    assert cells_of(ridge)["epochs_trained"] is None


def test_an_objective_in_other_units_has_no_baseline():
    assert cells_of(rows_of(Objective.VAL_LOSS)[0])["objective"] is None


def test_a_skipped_baseline_says_why():
    skipped = rows_of()[-1]

    assert not skipped.has_scores
    assert skipped.note == "Skipped: too slow."


def test_baselines_follow_the_order_of_the_table():
    by_test = [row.title for row in rows_of(sort="test_rmse")]
    worst_first = [row.title for row in rows_of(sort="objective", descending=True)]
    by_number = [row.title for row in rows_of(sort="number", descending=True)]

    assert by_test[:2] == ["Naive", "Ridge regression"]
    assert worst_first[:2] == ["Naive", "Ridge regression"]
    assert by_number[:2] == ["Ridge regression", "Naive"]

"""The best baselines as level lines."""

from dataclasses import replace

from app.domain.terms import Objective, TrialState
from app.services.boards import BoardState, BoardView
from app.web.charts.levels import Level, level_traces, list_levels
from app.web.charts.trials import objective_figure
from tests.app.web.charts.colours import with_real_colours
from tests.app.web.charts.test_trials import search
from tests.app.web.views.test_board_text import RIDGE, RMSE

BASELINES = tuple(
    replace(RIDGE, id=rmse, name=name, title=name, validation_rmse=float(rmse))
    for rmse, name in enumerate(("ets", "naive", "drift", "theta"), start=3)
)
BOARD = BoardView(1, "f", BoardState.DONE, None, BASELINES)


def test_the_two_best_beside_naive_are_drawn():
    levels = list_levels(BOARD, RMSE)

    assert levels == [Level("ets", 3.0), Level("drift", 5.0)]
    assert list_levels(None, RMSE) == []
    assert [trace["name"] for trace in level_traces(levels, 1, 9)] == ["ets", "drift"]


def test_the_chart_of_a_search_has_the_levels_only_where_the_objective_is_an_rmse():
    points = search((TrialState.COMPLETED, 6.0), (TrialState.COMPLETED, 5.0))
    levels = list_levels(BOARD, RMSE)

    with_levels = with_real_colours(objective_figure(points, 4.0, Objective.RMSE, levels)).data
    without = objective_figure(points, 4.0, Objective.VAL_LOSS, levels)["data"]

    ets = next(trace for trace in with_levels if trace.name == "ets")
    assert list(ets.y) == [3.0, 3.0]
    assert all(trace["name"] not in ("ets", "drift") for trace in without)

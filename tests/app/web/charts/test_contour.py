"""The chart of two hyperparameters."""

import plotly.graph_objects as go
import pytest

from app.domain.importance.surface import predict_surface
from app.domain.search_space.space import SearchSpace
from app.services.contours import Contour
from app.web.charts.contour import contour_figure
from app.web.charts.value_axis import ValueAxis
from tests.app.web.importance_examples import make_report


def make_contour(x: str, y: str) -> Contour:
    report = make_report()
    best = min(report.points, key=lambda point: point.objective)
    return Contour(report, (x, y), x, y, predict_surface(report.model, x, y), best)


def traces_of(figure) -> dict[str, dict]:
    return {trace.get("name", trace["type"]): trace for trace in figure["data"]}


@pytest.mark.parametrize("view", ["mean", "deviation"])
@pytest.mark.parametrize(
    ("x", "y", "kind"),
    [("units_1", "learning_rate", "contour"), ("cell", "learning_rate", "heatmap")],
)
def test_plotly_takes_each_chart(x, y, kind, view):
    figure = contour_figure(make_contour(x, y), view, "validation RMSE")

    drawn = go.Figure(figure["data"][0])
    assert drawn.data[0].type == kind
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert min(min(row) for row in drawn.data[0].z) >= 0


def test_nothing_is_drawn_between_the_few_whole_numbers_of_a_range():
    layers = SearchSpace.parse({"recurrent_layers": {"integer": [1, 3]}})

    axis = ValueAxis(layers.dimensions["recurrent_layers"], [1, 2, 3])

    assert axis.has_few_values
    assert axis.edges == [0.5, 1.5, 2.5, 3.5]
    assert axis.layout()["tickvals"] == [1, 2, 3]


def test_trials_are_points_and_the_best_is_marked():
    contour = make_contour("units_1", "learning_rate")

    traces = traces_of(contour_figure(contour, "mean", "validation RMSE"))

    best = traces["best trial"]
    assert best["customdata"] == [contour.best.trial_id]
    assert best["x"] == [contour.best.parameters["units_1"]]
    assert best["text"][0].startswith(f"{contour.best.number}: ")
    assert len(traces["evaluated trials"]["x"]) == len(contour.report.points) - 1


def test_categories_are_columns_with_their_trials_spread_and_cells_end_between_values():
    contour = make_contour("cell", "learning_rate")

    figure = contour_figure(contour, "mean", "validation RMSE")

    cells = figure["data"][0]
    assert cells["x"] == [-0.5, 0.5, 1.5]
    assert figure["layout"]["xaxis"]["ticktext"] == ["lstm", "gru"]
    assert len(cells["y"]) == len(contour.surface.y_values) + 1
    assert all(abs(x - round(x)) <= 0.25 for x in traces_of(figure)["evaluated trials"]["x"])

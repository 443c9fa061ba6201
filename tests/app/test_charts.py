"""The numbers behind the charts."""

import numpy as np
import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from app import charts
from app.domain.split import Split
from app.domain.terms import State
from app.models import Epoch
from app.services.trials import ForecastView, ObjectivePoint

AT = np.datetime64("2020-01-01", "us") + np.arange(50).astype("timedelta64[D]")


def coloured(figure):
    """The figure with real colours in place of the theme's names, as Plotly accepts it."""
    names = {"chart-1", "chart-2", "chart-3", "chart-4", "bad"}

    def swap(part):
        if isinstance(part, dict):
            return {name: swap(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [swap(inner) for inner in part]
        return "#123456" if isinstance(part, str) and part in names else part

    return go.Figure(swap(figure))


def epochs(*losses):
    return [Epoch(number=number, train_loss=train, val_loss=val) for number, (train, val) in enumerate(losses, start=1)]


def test_losses_keep_a_gap_where_a_loss_was_no_number():
    numbers = charts.loss_numbers(epochs((0.5, 0.6), (0.4, None)))
    assert numbers == {"number": [1, 2], "train_loss": [0.5, 0.4], "val_loss": [0.6, None]}


def test_the_best_epoch_is_marked_and_the_scale_can_be_switched():
    figure = coloured(charts.loss_figure(epochs((0.5, 0.6), (0.4, 0.5)), 2))
    assert figure.layout.shapes[0].x0 == 2
    assert [button.label for button in figure.layout.updatemenus[0].buttons] == ["linear", "log"]


def test_a_trial_without_epochs_has_an_empty_chart():
    assert [len(trace.x) for trace in coloured(charts.loss_figure([], None)).data] == [0, 0]


def test_a_forecast_has_predicted_actual_and_naive_by_date():
    actual = np.arange(50.0)
    view = ForecastView(AT, actual, actual + 1, actual - 1)
    numbers = charts.forecast_numbers(view)
    assert numbers["at"][:2] == ["2020-01-01", "2020-01-02"]
    assert numbers["predicted"][:2] == [1.0, 2.0]
    assert numbers["naive"][:2] == [-1.0, 0.0]
    assert [trace.name for trace in coloured(charts.forecast_figure(view, "Close")).data] == [
        "tomorrow = today",
        "actual",
        "predicted",
    ]


def test_times_of_day_are_kept_where_there_are_any():
    assert charts.dates(AT[:1] + np.timedelta64(90, "m")) == ["2020-01-01T01:30:00"]


@given(st.integers(1, 20_000), st.integers(0, 2**31))
def test_thinning_keeps_the_ends_and_the_extremes_and_few_points(count, seed):
    line = np.random.default_rng(seed).normal(size=(1, count)).cumsum(axis=1)
    kept = charts.thinned(line, most=200)
    assert len(kept) <= max(count if count <= 200 else 0, 202)
    assert {0, count - 1} <= set(kept.tolist())
    assert line[0, kept].max() == line.max()
    assert line[0, kept].min() == line.min()
    assert (np.diff(kept) > 0).all()


def test_the_best_so_far_is_a_stair_and_failures_are_crosses():
    points = [
        ObjectivePoint(11, 1, State.COMPLETED, 3.0, 3.0),
        ObjectivePoint(12, 2, State.FAILED, None, 3.0),
        ObjectivePoint(13, 3, State.COMPLETED, 1.0, 1.0),
    ]
    figure = coloured(charts.objective_figure(points, 2.0, "rmse"))
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["best so far"].y) == [3.0, 3.0, 1.0]
    assert list(traces["failed"].x) == [2]
    assert list(traces["trial"].customdata) == [11, 13]
    assert set(traces["tomorrow = today"].y) == {2.0}


def test_the_baseline_is_left_out_where_the_objective_is_in_other_units():
    points = [ObjectivePoint(1, 1, State.COMPLETED, 0.1, 0.1)]
    names = [trace["name"] for trace in charts.objective_figure(points, 2.0, "val_loss")["data"]]
    assert "tomorrow = today" not in names


def test_the_split_is_drawn_as_three_bands_with_their_rows():
    figure = coloured(charts.split_figure(AT, np.arange(50.0), "Close", Split()))
    assert [note.text for note in figure.layout.annotations] == ["train (40)", "validation (5)", "test (5)"]
    assert [shape.x0 for shape in figure.layout.shapes] == ["2020-01-01", "2020-02-10", "2020-02-15"]

"""The numbers behind the charts."""

import json
import math

import numpy as np
import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from app.db.models import Epoch
from app.domain.split import Split
from app.domain.terms import TrialState
from app.services.trials import ForecastView, ObjectivePoint
from app.web.charts import core as charts

AT = np.datetime64("2020-01-01", "us") + np.arange(50).astype("timedelta64[D]")


def coloured(figure):
    """The figure with real colours in place of the theme's names, as Plotly accepts it."""
    names = {"chart-1", "chart-2", "chart-3", "chart-4", "good", "warm", "bad", "faint", "ink"}

    def swap(part):
        if isinstance(part, dict):
            return {name: swap(inner) for name, inner in part.items()}
        if isinstance(part, list):
            return [swap(inner) for inner in part]
        return "#123456" if isinstance(part, str) and part in names else part

    return go.Figure(swap(figure))


def epochs(*losses):
    return [
        Epoch(number=number, train_loss=train, val_loss=val)
        for number, (train, val) in enumerate(losses, start=1)
    ]


def test_losses_keep_a_gap_where_a_loss_was_no_number():
    numbers = charts.loss_numbers(epochs((0.5, 0.6), (0.4, None)))
    assert numbers == {"number": [1, 2], "train_loss": [0.5, 0.4], "val_loss": [0.6, None]}


def test_endless_losses_are_gaps_too_because_json_cannot_say_them():
    figure = charts.loss_figure(epochs((0.5, math.inf), (math.nan, 0.2)), None)
    assert [trace["y"] for trace in figure["data"]] == [[0.5, None], [None, 0.2]]
    json.dumps(figure, allow_nan=False)


def test_the_best_epoch_is_marked_with_its_number():
    figure = coloured(charts.loss_figure(epochs((0.5, 0.6), (0.4, 0.5)), 2))
    assert figure.layout.shapes[0].x0 == 2
    assert figure.layout.annotations[0].text == "best epoch 2"


def test_epochs_get_dots_only_where_they_are_few():
    few, many = (
        charts.loss_figure(epochs(*[(1.0, 1.0)] * count), None)["data"][0]["mode"]
        for count in (60, 61)
    )
    assert (few, many) == ("lines+markers", "lines")


def test_a_trial_without_epochs_has_words_in_place_of_lines():
    figure = coloured(charts.loss_figure([], None))
    assert figure.data == ()
    assert figure.layout.annotations[0].text == "No epoch has ended yet."


def test_a_forecast_has_predicted_actual_and_naive_by_date():
    actual = np.arange(50.0)
    view = ForecastView(AT, actual, actual + 1, actual - 1)
    numbers = charts.forecast_numbers(view)
    assert numbers["at"][:2] == ["2020-01-01", "2020-01-02"]
    assert numbers["predicted"][:2] == [1.0, 2.0]
    assert numbers["naive"][:2] == [-1.0, 0.0]
    assert [trace.name for trace in coloured(charts.forecast_figure(view, "Close")).data] == [
        "actual",
        "predicted",
        "tomorrow = today",
    ]


def test_the_errors_are_predicted_and_naive_minus_actual():
    actual = np.arange(50.0)
    view = ForecastView(AT, actual, actual + 1.5, actual - 1)
    numbers = charts.error_numbers(view)
    assert set(numbers["predicted"]) == {1.5}
    assert set(numbers["naive"]) == {-1.0}
    assert [trace.name for trace in coloured(charts.error_figure(view, "Close")).data] == [
        "predicted − actual",
        "tomorrow = today − actual",
    ]


def test_a_long_forecast_is_thinned_and_keeps_its_worst_point():
    at = np.datetime64("2000-01-01", "us") + np.arange(20_000).astype("timedelta64[h]")
    actual = np.sin(np.arange(20_000) / 50)
    predicted = actual.copy()
    predicted[7_777] = 99.0
    numbers = charts.forecast_numbers(ForecastView(at, actual, predicted, actual))
    assert len(numbers["at"]) <= charts.MOST_POINTS + 2
    assert max(numbers["predicted"]) == 99.0


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


def search(*rows):
    """Points of a search from (state, objective) pairs, with the best so far worked out."""
    points, best = [], None
    for number, (state, objective) in enumerate(rows, start=1):
        best = (
            objective if best is None else min(best, objective if objective is not None else best)
        )
        points.append(ObjectivePoint(10 + number, number, state, objective, best))
    return points


def test_the_best_so_far_is_a_stair_and_failures_are_crosses():
    points = search(
        (TrialState.COMPLETED, 3.0), (TrialState.FAILED, None), (TrialState.COMPLETED, 1.0)
    )
    figure = coloured(charts.objective_figure(points, 2.0, "rmse"))
    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["best so far"].y) == [3.0, 3.0, 1.0]
    assert traces["best so far"].line.shape == "hv"
    assert list(traces["failed"].x) == [2]
    assert traces["failed"].marker.symbol == "x"
    assert list(traces["completed"].customdata) == [11, 13]
    assert set(traces["tomorrow = today"].y) == {2.0}


def test_every_state_of_an_ended_trial_has_a_mark_of_its_own():
    points = search(
        (TrialState.COMPLETED, 3.0),
        (TrialState.STOPPED, 2.5),
        (TrialState.PRUNED, None),
        (TrialState.RUNNING, None),
    )
    figure = charts.objective_figure(points, None, "rmse")
    marks = {
        trace["name"]: trace["marker"] for trace in figure["data"] if trace["mode"] == "markers"
    }
    assert set(marks) == {"completed", "stopped", "pruned"}
    assert len({(marker["symbol"], marker["color"]) for marker in marks.values()}) == 3


def test_marks_without_an_objective_do_not_stretch_the_scale_of_the_others():
    figure = charts.objective_figure(
        search((TrialState.COMPLETED, 3.0), (TrialState.FAILED, None)), None, "rmse"
    )
    failed = next(trace for trace in figure["data"] if trace["name"] == "failed")
    assert failed["yaxis"] == "y2"
    assert figure["layout"]["yaxis2"]["range"] == [0, 1]


def test_an_objective_that_spreads_widely_begins_on_a_logarithmic_scale():
    def kind(*objectives):
        points = search(*((TrialState.COMPLETED, objective) for objective in objectives))
        return charts.objective_figure(points, None, "rmse")["layout"]["yaxis"]["type"]

    assert kind(1.0, 2.0) == "linear"
    assert kind(1.0, 50.0) == "log"
    assert kind(0.0, 50.0) == "linear"


def test_a_few_bad_trials_do_not_squeeze_the_usual_ones_together():
    objectives = [2.07, 2.08, 6.67, 2.06, 2.1, 22.6]
    figure = charts.objective_figure(
        search(*((TrialState.COMPLETED, value) for value in objectives)), 2.073, "rmse"
    )
    low, high = figure["layout"]["meta"][charts.CLOSE_UP]
    assert low < 2.06
    assert 2.1 < high < 6.67
    above = next(trace for trace in coloured(figure).data if trace.meta == charts.CLOSE_UP)
    assert not above.visible  # until static/charts.js shows that scale
    assert list(above.x) == [3, 6]
    assert list(above.text) == ["6.67", "22.6"]
    assert list(above.customdata) == [13, 16]


def test_a_close_up_has_usual_trials_and_the_baseline():
    usual = [1.0, 1.1, 1.2, 1.3, 1.4]
    assert charts.close_up(usual, None) is None
    assert charts.close_up([*usual, 3.0], None) is None  # not far enough to squeeze anything
    assert charts.close_up([*usual[:3], 90.0], None) is None  # too few to say what is usual
    assert charts.close_up([1.0] * 9 + [90.0], None) is None  # no range to show
    low, high = charts.close_up([*usual, 90.0], None)
    assert (low < 1.0, 1.4 < high < 3.0) == (True, True)
    low, high = charts.close_up([*usual, 90.0], 3.0)
    assert low < 1.0
    assert 3.0 < high < 3.2
    low, _ = charts.close_up([*usual, 90.0], 0.5)
    assert low < 0.5


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=60), st.none() | st.floats(1e-3, 1e6))
def test_a_close_up_is_a_part_of_what_there_is(values, level):
    found = charts.close_up(values, level)
    if found is not None:
        low, high = found
        assert low <= min(values) < high < max(values)
        assert level is None or low <= level <= high


def test_the_marks_of_many_trials_are_all_smaller():
    states = [(TrialState.COMPLETED, 2 + place / 1000) for place in range(300)]
    figure = charts.objective_figure(
        search(*states, (TrialState.COMPLETED, 90.0), (TrialState.FAILED, None)), None, "rmse"
    )
    sizes = {
        trace["name"]: trace["marker"]["size"]
        for trace in figure["data"]
        if trace["mode"] == "markers"
    }
    assert sizes == {"completed": 5, "failed": 5, "above the scale": 5}


def test_drawing_a_search_leaves_the_marks_of_the_next_one_alone():
    charts.objective_figure(search(*[(TrialState.COMPLETED, 1.0)] * 301), None, "rmse")
    figure = charts.objective_figure(search((TrialState.COMPLETED, 1.0)), None, "rmse")
    assert figure["data"][0]["marker"]["size"] == 8


def test_a_search_without_trials_has_words_in_place_of_points():
    assert (
        charts.objective_figure([], 2.0, "rmse")["layout"]["annotations"][0]["text"]
        == "No trial has begun yet."
    )


def test_the_baseline_is_left_out_where_the_objective_is_in_other_units():
    points = [ObjectivePoint(1, 1, TrialState.COMPLETED, 0.1, 0.1)]
    names = [trace["name"] for trace in charts.objective_figure(points, 2.0, "val_loss")["data"]]
    assert "tomorrow = today" not in names


def test_the_split_is_drawn_as_three_bands_with_their_rows():
    figure = coloured(charts.split_figure(AT, np.arange(50.0), "Close", Split()))
    assert [note.text for note in figure.layout.annotations] == [
        "train<br>40",
        "validation<br>5",
        "test<br>5",
    ]
    assert [shape.x0 for shape in figure.layout.shapes] == [
        "2020-01-01",
        "2020-02-10",
        "2020-02-15",
    ]


def test_few_trials_and_epochs_are_counted_in_whole_numbers():
    def step(count):
        return charts.objective_figure(
            search(*[(TrialState.COMPLETED, 1.0)] * count), None, "rmse"
        )["layout"]["xaxis"].get("dtick")

    assert (step(1), step(12), step(13)) == (1, 1, None)
    assert charts.loss_figure(epochs((0.5, 0.6), (0.4, 0.5)), 2)["layout"]["xaxis"]["dtick"] == 1


def test_a_columns_name_is_no_markup_for_plotly():
    at = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
    figure = charts.series_figure(
        at, np.array([1.0, 2.0]), "<a href='https://evil.example'>&" + "x" * 90
    )
    shown = figure["layout"]["yaxis"]["title"]["text"]
    assert shown.startswith("&lt;a href='https://evil.example'&gt;&amp;x")
    assert shown.endswith("x…")
    assert figure["data"][0]["name"] == shown

"""The chart of a search: objective by trial."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.terms import TrialState
from app.services.trials import ObjectivePoint
from app.web.charts.objective_numbers import find_close_up
from app.web.charts.trials import CLOSE_UP, objective_figure
from tests.app.web.charts.colours import with_real_colours


def search(*rows):
    """Points of a search from (state, objective) pairs, with the best objective so far."""
    points = []
    objectives = []
    for number, (state, objective) in enumerate(rows, start=1):
        if objective is not None:
            objectives.append(objective)
        best_so_far = min(objectives, default=None)
        points.append(ObjectivePoint(10 + number, number, state, objective, best_so_far))
    return points


def completed(*objectives):
    return search(*((TrialState.COMPLETED, objective) for objective in objectives))


def marker_traces(figure):
    """Each trace of marks by its name."""
    return {trace["name"]: trace for trace in figure["data"] if trace["mode"] == "markers"}


def test_the_best_so_far_is_a_staircase_and_failures_are_crosses():
    points = search(
        (TrialState.COMPLETED, 3.0), (TrialState.FAILED, None), (TrialState.COMPLETED, 1.0)
    )

    figure = with_real_colours(objective_figure(points, 2.0, "rmse"))

    traces = {trace.name: trace for trace in figure.data}
    assert list(traces["best so far"].y) == [3.0, 3.0, 1.0]
    assert traces["best so far"].line.shape == "hv"
    assert traces["best so far"].hoverinfo == "skip"  # the trials that it passes through count
    assert figure.data[-1].mode == "markers"
    assert list(traces["failed"].x) == [2]
    assert traces["failed"].marker.symbol == "x"
    assert list(traces["completed"].customdata) == [11, 13]
    assert set(traces["naive (last value)"].y) == {2.0}


def test_every_state_of_an_ended_trial_has_its_own_mark():
    points = search(
        (TrialState.COMPLETED, 3.0),
        (TrialState.STOPPED, 2.5),
        (TrialState.PRUNED, None),
        (TrialState.RUNNING, None),
    )

    figure = objective_figure(points, None, "rmse")

    markers = {name: trace["marker"] for name, trace in marker_traces(figure).items()}
    assert set(markers) == {"completed", "stopped", "pruned"}
    assert len({(marker["symbol"], marker["color"]) for marker in markers.values()}) == 3


def test_marks_without_an_objective_do_not_stretch_the_scale_of_the_others():
    points = search((TrialState.COMPLETED, 3.0), (TrialState.FAILED, None))

    figure = objective_figure(points, None, "rmse")

    assert marker_traces(figure)["failed"]["yaxis"] == "y2"
    assert figure["layout"]["yaxis2"]["range"] == [0, 1]


def test_widely_spread_objectives_begin_on_a_logarithmic_scale():
    def scale_type(*objectives):
        figure = objective_figure(completed(*objectives), None, "rmse")
        return figure["layout"]["yaxis"]["type"]

    assert scale_type(1.0, 2.0) == "linear"
    assert scale_type(1.0, 50.0) == "log"
    assert scale_type(0.0, 50.0) == "linear"


def test_a_few_bad_trials_do_not_squeeze_the_usual_ones_together():
    points = completed(2.07, 2.08, 6.67, 2.06, 2.1, 22.6)

    figure = objective_figure(points, 2.073, "rmse")

    low, high = figure["layout"]["meta"][CLOSE_UP]
    assert low < 2.06
    assert 2.1 < high < 6.67
    above = next(trace for trace in with_real_colours(figure).data if trace.meta == CLOSE_UP)
    assert not above.visible  # until static/charts.js shows that scale
    assert list(above.x) == [3, 6]
    assert list(above.text) == ["6.67", "22.6"]
    assert list(above.customdata) == [13, 16]


def test_a_close_up_needs_enough_usual_trials_and_some_that_squeeze_them():
    usual = [1.0, 1.1, 1.2, 1.3, 1.4]

    assert find_close_up(usual, []) is None
    assert find_close_up([*usual, 3.0], []) is None  # not far enough to squeeze anything
    assert find_close_up([*usual[:3], 90.0], []) is None  # too few to show what is usual
    assert find_close_up([1.0] * 9 + [90.0], []) is None  # no range to show


def test_a_close_up_shows_the_usual_trials_and_the_baseline():
    objectives = [1.0, 1.1, 1.2, 1.3, 1.4, 90.0]

    low, high = find_close_up(objectives, [])
    assert low < 1.0
    assert 1.4 < high < 3.0

    low, high = find_close_up(objectives, [3.0])
    assert low < 1.0
    assert 3.0 < high < 3.2

    low, _ = find_close_up(objectives, [0.5])
    assert low < 0.5


@given(st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=60), st.none() | st.floats(1e-3, 1e6))
def test_a_close_up_is_a_part_of_the_whole_range(objectives, baseline):
    close_up = find_close_up(objectives, [baseline] if baseline else [])

    if close_up is not None:
        low, high = close_up
        assert low <= min(objectives) < high < max(objectives)
        assert baseline is None or low <= baseline <= high


def test_the_marks_of_many_trials_are_all_smaller():
    usual = [(TrialState.COMPLETED, 2 + index / 1000) for index in range(300)]
    points = search(*usual, (TrialState.COMPLETED, 90.0), (TrialState.FAILED, None))

    figure = objective_figure(points, None, "rmse")

    sizes = {name: trace["marker"]["size"] for name, trace in marker_traces(figure).items()}
    assert sizes == {"completed": 5, "failed": 5, "above the scale": 5}


def test_drawing_a_search_leaves_the_marks_of_the_next_one_alone():
    objective_figure(completed(*[1.0] * 301), None, "rmse")

    figure = objective_figure(completed(1.0), None, "rmse")

    assert marker_traces(figure)["completed"]["marker"]["size"] == 8


def test_a_search_without_trials_has_a_message_in_place_of_points():
    figure = objective_figure([], 2.0, "rmse")

    assert figure["layout"]["annotations"][0]["text"] == "No trial has begun yet."


def test_the_baseline_is_left_out_where_the_objective_is_in_other_units():
    figure = objective_figure(completed(0.1), 2.0, "val_loss")

    assert "naive (last value)" not in [trace["name"] for trace in figure["data"]]


def test_few_trials_are_counted_in_whole_numbers():
    def tick_distance(count):
        figure = objective_figure(completed(*[1.0] * count), None, "rmse")
        return figure["layout"]["xaxis"].get("dtick")

    assert tick_distance(1) == 1
    assert tick_distance(12) == 1
    assert tick_distance(13) is None

"""Charts of hyperparameter importance."""

from dataclasses import replace

import pytest

from app.domain.baselines import name_naive
from app.domain.terms import TrialState
from app.services.importance import MAX_MARKS
from app.web.charts.importance import effect_figure, effect_numbers, objective_range
from tests.app.web.importance_examples import find_effect, make_report, with_trial


def trace_named(figure, name):
    return next(trace for trace in figure["data"] if trace.get("name") == name)


def test_a_chart_has_every_trial_with_its_value_and_its_id():
    report = make_report()
    effect = find_effect(report, "units_1")

    numbers = effect_numbers(report, effect, None)
    figure = effect_figure(report, effect, None, "validation RMSE")

    units = [point.parameters["units_1"] for point in report.points]
    trial_ids = [point.trial_id for point in report.points]
    assert [mark.x for mark in numbers.trials] == units
    assert figure["data"][-1]["customdata"] == trial_ids


def test_of_very_many_trials_an_even_selection_is_drawn_that_has_the_best():
    report = make_report()
    points = [
        replace(report.points[index % 30], trial_id=index, objective=1 + index % 7)
        for index in range(3 * MAX_MARKS)
    ]
    report = replace(report, points=tuple(points))
    report = with_trial(report, 1234, objective=0.5)

    numbers = effect_numbers(report, find_effect(report, "units_1"), None)

    assert len(numbers.trials) <= MAX_MARKS
    assert 1234 in {mark.point.trial_id for mark in numbers.trials}


def test_choices_stand_side_by_side_with_their_trials_around_them():
    report = make_report()
    effect = find_effect(report, "cell")

    numbers = effect_numbers(report, effect, None)
    figure = effect_figure(report, effect, None, "validation RMSE")

    assert numbers.x == (0.0, 1.0)
    for mark in numbers.trials:
        assert round(mark.x) == ("lstm", "gru").index(mark.point.parameters["cell"])
    assert figure["layout"]["xaxis"]["ticktext"] == ["lstm", "gru"]


def test_all_charts_have_the_same_range_which_leaves_outliers_out():
    report = make_report(objective_of=lambda units, cell: 1000.0 if units == 9 else units / 10)

    low, high = objective_range(report, None)
    figure = effect_figure(report, find_effect(report, "units_1"), None, "validation RMSE")

    above = trace_named(figure, "above the scale")
    assert low < 0.3 < 4 < high < 20
    assert above["text"] == ["1: 9, 1000"]
    assert low < above["y"][0] < high


def test_a_search_with_results_of_earlier_experiments_only_has_charts_without_trials():
    report = replace(make_report(), points=(), n_earlier_results=30)
    effect = find_effect(report, "units_1")

    figure = effect_figure(report, effect, None, "RMSE")
    low, high = objective_range(report, None)

    assert [trace["name"] for trace in figure["data"]] == ["", "expected"]
    assert low < min(effect.expected) < high


def test_a_trial_that_diverged_stands_at_the_edge_and_says_so():
    report = with_trial(make_report(), 4, state=TrialState.FAILED, objective=None)

    figure = effect_figure(report, find_effect(report, "units_1"), None, "RMSE")

    units = report.points[4].parameters["units_1"]
    assert trace_named(figure, "failed")["text"] == [f"5: {units}, diverged"]


@pytest.mark.parametrize(("baseline", "is_drawn"), [(2.0, True), (1e6, False), (None, False)])
def test_tomorrow_equals_today_is_drawn_where_it_is_on_the_scale(baseline, is_drawn):
    report = make_report()

    figure = effect_figure(report, find_effect(report, "cell"), baseline, "RMSE")

    names = [trace.get("name") for trace in figure["data"]]
    assert (name_naive() in names) is is_drawn

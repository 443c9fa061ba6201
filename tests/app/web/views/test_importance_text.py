"""What mattered, in words and as charts."""

from dataclasses import replace

import pytest

from app.domain.importance.importance import EvaluatedTrial, estimate_importance
from app.domain.search_space.space import SearchSpace
from app.domain.terms import TrialState
from app.services.importance import Telling, TrialPoint
from app.web.charts.core import NAIVE
from app.web.charts.importance import MOST_MARKS, effect_figure, effect_numbers, heights
from app.web.views.importance_text import account, alike_text

SPACE = SearchSpace.parse(
    {
        "units_1": {"integer": [2, 40]},
        "cell": {"choice": ["lstm", "gru"]},
        "learning_rate": {"loguniform": [1e-4, 1e-1]},
    }
)


def telling(
    count: int = 30, function=lambda units, cell: units / 10 + (cell == "lstm"), known: int = 0
) -> Telling:
    points = []
    for number in range(1, count + 1):
        values = {"units_1": 2 + number * 7 % 39, "cell": ("lstm", "gru")[number % 2]}
        parameters = SPACE.with_defaults(
            {**values, "learning_rate": 10 ** -(1 + number * 0.618 % 1 * 3)}
        )
        points.append(
            TrialPoint(
                100 + number, number, TrialState.COMPLETED, parameters, function(**_of(values))
            )
        )
    found = estimate_importance(
        SPACE, [EvaluatedTrial(point.parameters, point.objective) for point in points]
    )
    return Telling(SPACE, tuple(points), known, found)


def _of(values):
    return {"units": values["units_1"], "cell": values["cell"]}


def effect(of: Telling, name: str):
    return next(one for one in of.found.effects if one.name == name)


def test_the_summary_names_what_accounts_for_most():
    said = account(telling())
    assert said.summary.startswith("units_1 accounts for ")
    assert ", cell " in said.summary
    assert said.basis == "From 30 trials."


def test_hints_say_what_hardly_mattered():
    hints = " ".join(account(telling()).hints)
    assert "Hardly any difference: learning_rate." in hints
    assert "cell" not in hints


def test_an_end_that_is_best_is_said_with_the_way_to_go():
    hints = " ".join(account(telling(function=lambda units, cell: 9.0 - units / 10)).hints)
    assert "units_1 is best at 40, the upper end of what was searched: try higher values." in hints


def test_few_trials_are_said_to_be_few_and_too_few_tell_nothing():
    hints = account(telling(12)).hints
    assert "12 trials are few: read this as a hint." in hints
    assert not any("Hardly" in hint for hint in hints)
    said = account(telling(1))
    assert (
        said.summary
        == "1 trial with a result so far: from 10 on, this page tells which hyperparameters matter."
    )
    assert said.hints == ()


def test_trials_that_are_all_alike_are_said_to_be():
    assert account(telling(20, lambda units, cell: 3.0)).summary.startswith(
        "All trials came out alike"
    )


def test_pruned_and_diverged_trials_and_known_results_are_counted():
    found = telling(known=4)
    points = [*found.points]
    points[3] = TrialPoint(1, 4, TrialState.PRUNED, points[3].parameters, points[3].objective)
    points[4] = TrialPoint(2, 5, TrialState.FAILED, points[4].parameters, None)
    said = account(Telling(SPACE, tuple(points), 4, found.found)).basis
    assert said.startswith(
        "From 30 of 34 trials, evenly chosen, 4 of them results it started from, "
    )
    assert said.endswith("1 pruned one with what it had reached, 1 that diverged as the worst.")


def test_values_as_good_as_the_best_are_said_as_a_range_or_one_by_one():
    found = telling(function=lambda units, cell: max(units, 20) / 10 + (cell == "lstm"))
    assert alike_text(effect(found, "learning_rate")) == "all alike"
    assert alike_text(effect(found, "cell")) == ""
    low, high = alike_text(effect(found, "units_1")).split(" to ")
    assert int(low) <= 12 < int(high) < 25


def test_a_chart_has_every_trial_with_its_value_and_the_way_to_it():
    found = telling()
    numbers = effect_numbers(found, effect(found, "units_1"), None)
    assert [x for x, _, _ in numbers.trials] == [
        point.parameters["units_1"] for point in found.points
    ]
    marks = effect_figure(found, effect(found, "units_1"), None, "validation RMSE")["data"][-1]
    assert marks["customdata"] == [point.trial_id for point in found.points]


def test_of_very_many_trials_some_are_drawn_and_the_best_is_among_them():
    found = telling()
    many = [
        replace(found.points[place % 30], trial_id=place, objective=1 + place % 7)
        for place in range(3 * MOST_MARKS)
    ]
    many[1234] = replace(many[1234], objective=0.5)
    numbers = effect_numbers(
        Telling(SPACE, tuple(many), 0, found.found), effect(found, "units_1"), None
    )
    assert len(numbers.trials) <= MOST_MARKS
    assert 1234 in {point.trial_id for _, _, point in numbers.trials}


def test_values_of_a_choice_stand_side_by_side_and_their_trials_around_them():
    found = telling()
    numbers = effect_numbers(found, effect(found, "cell"), None)
    assert numbers.x == (0.0, 1.0)
    for x, _, point in numbers.trials:
        assert round(x) == ("lstm", "gru").index(point.parameters["cell"])
    axis = effect_figure(found, effect(found, "cell"), None, "validation RMSE")["layout"]["xaxis"]
    assert axis["ticktext"] == ["lstm", "gru"]


def test_all_charts_have_the_same_heights_and_leave_out_what_is_far_too_bad():
    found = telling(function=lambda units, cell: 1000.0 if units == 2 + 7 else units / 10)
    low, high = heights(found, None)
    assert low < 0.3 < 4 < high < 20
    figure = effect_figure(found, effect(found, "units_1"), None, "validation RMSE")
    above = next(trace for trace in figure["data"] if trace.get("name") == "above the scale")
    assert above["text"] == ["1: 9, 1000"]
    assert low < above["y"][0] < high


def test_a_search_that_only_has_results_it_started_from_has_charts_without_trials():
    found = telling()
    bare = Telling(SPACE, (), 30, found.found)
    figure = effect_figure(bare, effect(found, "units_1"), None, "RMSE")
    assert [trace["name"] for trace in figure["data"]] == ["", "expected"]
    low, high = heights(bare, None)
    assert low < min(effect(found, "units_1").expected) < high


def test_a_trial_that_diverged_stands_at_the_edge_and_says_so():
    found = telling()
    points = [*found.points]
    points[4] = TrialPoint(2, 5, TrialState.FAILED, points[4].parameters, None)
    figure = effect_figure(
        Telling(SPACE, tuple(points), 0, found.found), effect(found, "units_1"), None, "RMSE"
    )
    failed = next(trace for trace in figure["data"] if trace.get("name") == "failed")
    assert failed["text"] == [f"5: {points[4].parameters['units_1']}, diverged"]


@pytest.mark.parametrize(("baseline", "is_drawn"), [(2.0, True), (1e6, False), (None, False)])
def test_tomorrow_equals_today_is_drawn_where_it_is_on_the_scale(baseline, is_drawn):
    found = telling()
    names = [
        trace.get("name")
        for trace in effect_figure(found, effect(found, "cell"), baseline, "RMSE")["data"]
    ]
    assert (NAIVE in names) is is_drawn

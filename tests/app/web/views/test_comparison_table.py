"""A few trials side by side: what the table marks as best, and what the charts draw."""

import numpy as np

from app.db.models import Epoch, Trial
from app.services.trials import ForecastView
from app.web.charts.comparison import COLOURS, curves_figure, forecast_numbers, forecasts_figure
from app.web.charts.core import NAIVE
from app.web.views.comparison_table import parameter_rows, score_rows


def trial(number: int, **values) -> Trial:
    parameters = {"units_1": 8, "cell": "lstm"} | values.pop("parameters", {})
    return Trial(
        id=100 + number,
        number=number,
        parameters=parameters,
        epochs_trained=3,
        best_epoch=2,
        **values,
    )


def curve(*objectives, seconds=1.0) -> list[Epoch]:
    return [
        Epoch(number=number, objective=one, seconds=seconds)
        for number, one in enumerate(objectives, start=1)
    ]


def view(predicted) -> ForecastView:
    at = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
    return ForecastView(at, np.array([10.0, 20.0]), np.array(predicted), np.array([9.0, 10.0]))


def of(rows, title):
    return next(row for row in rows if row.title == title)


def test_the_best_of_each_score_is_marked_and_equal_ones_are_not():
    trials = [
        trial(1, validation_rmse=2.0, test_skill=0.1),
        trial(2, validation_rmse=1.0, test_skill=0.1),
    ]
    rows = score_rows(
        trials, {101: curve(1.0, 1.0, seconds=2.0), 102: curve(1.0, 1.0, seconds=4.0)}, {}
    )
    assert of(rows, "validation RMSE").best == (1,)
    assert of(rows, "skill on test").best == ()
    assert of(rows, "training took").best == (0,)
    assert of(rows, "training took").cells == ("4.0 s", "8.0 s")


def test_a_trial_without_scores_has_gaps():
    rows = score_rows(
        [trial(1, validation_rmse=2.0), trial(2)], {101: curve(1.0, seconds=4.0), 102: []}, {}
    )
    assert of(rows, "validation RMSE").cells == ("2.000", "–")
    assert of(rows, "validation RMSE").best == ()
    assert of(rows, "training took").cells[1] == "–"


def test_only_parameters_that_differ_are_listed():
    trials = [trial(1), trial(2, parameters={"units_1": 16, "units_2": 4})]
    assert [(row.title, row.cells) for row in parameter_rows(trials)] == [
        ("units_1", ("8", "16")),
        ("units_2", ("–", "4")),
    ]
    assert parameter_rows([trial(1), trial(2)]) == []


def test_each_trial_has_a_curve_of_its_own_colour_and_a_star_at_its_best_epoch():
    trials = [trial(1), trial(2)]
    curves = {101: curve(3.0, 2.0, None), 102: curve(4.0)}
    data = curves_figure(trials, curves, 2.5)["data"]
    assert [trace["name"] for trace in data] == ["trial 1", "best epoch", "trial 2", NAIVE]
    assert [data[0]["line"]["color"], data[2]["line"]["color"]] == list(COLOURS[:2])
    assert data[0]["y"] == [3.0, 2.0, None]
    assert (data[1]["x"], data[1]["y"]) == ([2], [2.0])


def test_before_the_first_epoch_the_chart_says_so():
    figure = curves_figure([trial(1)], {101: []}, 2.5)
    assert figure["layout"]["annotations"][0]["text"] == "None of these trials has an epoch yet."


def test_forecasts_are_values_or_what_they_were_off_by():
    views = [view([11.0, 19.0]), view([10.0, 25.0])]
    assert forecast_numbers(views, are_errors=False)["predicted"] == [[11.0, 19.0], [10.0, 25.0]]
    errors = forecast_numbers(views, are_errors=True)
    assert errors["predicted"] == [[1.0, -1.0], [0.0, 5.0]]
    assert errors["naive"] == [-1.0, -10.0]


def test_errors_are_drawn_without_what_was_actual_and_colours_stay_with_their_trials():
    views = [view([11.0, 19.0])]
    values = forecasts_figure([(2, 7)], views, "Close", are_errors=False)["data"]
    errors = forecasts_figure([(2, 7)], views, "Close", are_errors=True)["data"]
    assert [trace["name"] for trace in values] == ["actual", "trial 7", NAIVE]
    assert [trace["name"] for trace in errors] == ["trial 7", NAIVE]
    assert values[1]["line"]["color"] == COLOURS[2]
    empty = forecasts_figure([], [], "Close", are_errors=False)
    assert empty["layout"]["annotations"][0]["text"] == "None of these trials has been judged yet."

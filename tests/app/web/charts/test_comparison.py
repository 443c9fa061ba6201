"""Charts of several trials side by side."""

import numpy as np

from app.db.models import Epoch, Trial
from app.domain.baselines import name_naive
from app.domain.objectives import Yardstick
from app.services.trials import ForecastView
from app.web.charts.compared_lines import STYLES
from app.web.charts.comparison import (
    ForecastLabel,
    curves_figure,
    forecast_numbers,
    forecasts_figure,
)

RMSE = Yardstick.of_objective("rmse", None)


def trial(number: int) -> Trial:
    return Trial(id=100 + number, number=number, epochs_trained=3, best_epoch=2)


def epochs(*objectives) -> list[Epoch]:
    return [
        Epoch(number=number, objective=objective)
        for number, objective in enumerate(objectives, start=1)
    ]


def forecast(predicted) -> ForecastView:
    dates = np.array(["2020-01-01", "2020-01-02"], "datetime64[D]")
    return ForecastView(dates, np.array([10.0, 20.0]), np.array(predicted), np.array([9.0, 10.0]))


def test_each_trial_has_a_curve_of_its_own_colour_and_a_star_at_its_best_epoch():
    epochs_by_trial = {101: epochs(3.0, 2.0, None), 102: epochs(4.0)}

    traces = curves_figure([trial(1), trial(2)], epochs_by_trial, 2.5, RMSE)["data"]

    first, star, second, baseline = traces
    assert [trace["name"] for trace in (first, star, second)] == [
        "trial 1",
        "trial 1, best epoch",
        "trial 2",
    ]
    assert baseline["name"] == name_naive()
    assert [first["line"]["color"], second["line"]["color"]] == [
        STYLES[0].colour,
        STYLES[1].colour,
    ]
    assert first["y"] == [3.0, 2.0, None]
    assert star["x"] == [2]
    assert star["y"] == [2.0]


def test_before_the_first_epoch_the_chart_says_so():
    figure = curves_figure([trial(1)], {101: []}, 2.5, RMSE)

    assert figure["layout"]["annotations"][0]["text"] == "None of these trials has an epoch yet."


def test_forecasts_are_values_or_errors():
    forecasts = [forecast([11.0, 19.0]), forecast([10.0, 25.0])]

    values = forecast_numbers(forecasts)
    errors = forecast_numbers(forecasts, subtracted=forecasts[0].actual)

    assert values.predicted == [[11.0, 19.0], [10.0, 25.0]]
    assert errors.predicted == [[1.0, -1.0], [0.0, 5.0]]
    assert errors.naive == [-1.0, -10.0]


def test_errors_are_drawn_without_the_actual_values_and_trials_keep_their_colours():
    forecasts = [forecast([11.0, 19.0])]

    labels = [ForecastLabel(2, "trial 7")]
    values = forecasts_figure(labels, forecasts, "Close", are_errors=False)["data"]
    errors = forecasts_figure(labels, forecasts, "Close", are_errors=True)["data"]

    assert [trace["name"] for trace in values] == ["actual", "trial 7", name_naive()]
    assert [trace["name"] for trace in errors] == ["trial 7", name_naive()]
    assert values[1]["line"]["color"] == STYLES[2].colour


def test_before_a_trial_has_been_evaluated_the_chart_says_so():
    figure = forecasts_figure([], [], "Close", are_errors=False)

    message = figure["layout"]["annotations"][0]["text"]
    assert message == "None of these trials has been evaluated yet."

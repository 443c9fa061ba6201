"""The values of one hyperparameter by trial."""

from app.web.charts.narrowing import narrowing_figure
from tests.app.web.importance_examples import make_report


def test_each_trial_stands_at_its_number_and_value_and_the_best_is_marked():
    report = make_report()
    best = min(report.points, key=lambda point: point.objective)

    figure = narrowing_figure(report, "learning_rate")

    trials, star = figure["data"]
    assert trials["x"] == [point.number for point in report.points]
    assert trials["y"] == [point.parameters["learning_rate"] for point in report.points]
    assert (star["x"], star["customdata"]) == ([best.number], [best.trial_id])
    assert figure["layout"]["yaxis"]["type"] == "log"


def test_without_trials_there_are_words():
    figure = narrowing_figure(make_report(0), "cell")

    assert figure["data"] == []
    assert figure["layout"]["annotations"]

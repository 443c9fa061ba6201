"""Why a forecast is handed over, in words."""

from app.domain.ensembles import Choice, Comparison, Taken
from app.domain.objectives import Yardstick
from worker.delivery.reasons import explain

RMSE = Yardstick.of_objective("rmse", None)
OVER_NAIVE = Comparison("naive", error=40.0, gain=16.0, standard_error=2.0)
OVER_RIDGE = Comparison("ridge", error=26.0, gain=2.0, standard_error=1.0)
NOT_OVER_RIDGE = Comparison("ridge", error=24.0, gain=0.5, standard_error=1.0)


def test_a_mean_is_explained_by_what_it_is_a_mean_of() -> None:
    weights = {"trial 7": 0.5, "ridge": 0.5}
    choice = Choice(Taken.ENSEMBLE, weights, 24, 25, OVER_RIDGE, OVER_NAIVE)

    reason = explain(choice, [], RMSE)

    assert reason == (
        "On the validation part, trials counted only on rows that did not choose them, the best"
        " trials have an RMSE of 25, ridge regression one of 26 and the mean that is delivered"
        " one of 24."
    )


def test_a_baseline_alone_is_explained_by_both_errors() -> None:
    choice = Choice(Taken.BASELINE, {"ridge": 1}, 23.5, 30, NOT_OVER_RIDGE, OVER_NAIVE)

    reason = explain(choice, [], RMSE)

    assert reason.endswith(
        "trials have an RMSE of 30, ridge regression one of 24 and the best mean of both one of"
        " 23.5: too little better to prefer it to the baseline."
    )


def test_what_is_not_better_than_the_naive_forecast_is_said_so() -> None:
    over_naive = Comparison("naive", error=16.0, gain=-4.0, standard_error=0.5)
    choice = Choice(Taken.BASELINE, {"naive": 1}, 16, 20, None, over_naive)

    reason = explain(choice, [], RMSE)

    assert "the mean of the best forecasts is not better than naive (last value)" in reason
    assert "its RMSE is 20, that of naive (last value) is 16" in reason


def test_a_gain_over_the_naive_forecast_that_is_too_little_is_given() -> None:
    over_naive = Comparison("naive", error=16.0, gain=0.1, standard_error=0.5)
    choice = Choice(Taken.BASELINE, {"naive": 1}, 16, 15.9, None, over_naive)

    reason = explain(choice, [], RMSE)

    assert "the mean of the best forecasts would gain 0.1 (standard error 0.5)" in reason


def test_members_that_were_left_as_trained_are_named() -> None:
    choice = Choice(Taken.SINGLE, {"trial 7": 1}, 24, 24, None, None)

    reason = explain(choice, ["trial 7"], RMSE)

    assert "the best trials have an RMSE of 24." in reason
    assert reason.endswith("for lack of time or because it did not help: trial 7.")


def test_errors_are_written_as_the_objective_measures_them() -> None:
    choice = Choice(Taken.ENSEMBLE, {"trial 7": 1}, 24, 25, OVER_RIDGE, OVER_NAIVE)

    reason = explain(choice, [], Yardstick.of_objective("mase", 10.0))

    assert "have a MASE of 2.5, ridge regression one of 2.6 and the mean" in reason

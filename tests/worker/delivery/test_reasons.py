"""Why a forecast is handed over, in words."""

from app.domain.ensembles import Choice, Comparison, Taken
from worker.delivery.reasons import explain

OVER_NAIVE = Comparison("naive", rmse=40.0, gain=16.0, standard_error=2.0)


def test_a_mean_is_explained_by_the_best_forecast_it_cannot_be_told_from() -> None:
    over_best = Comparison("trial 7", rmse=25.0, gain=1.0, standard_error=0.8)
    choice = Choice(Taken.ENSEMBLE, {"trial 7": 0.5, "ridge": 0.5}, 24, over_best, OVER_NAIVE)

    reason = explain(choice, [])

    assert reason == (
        "On the validation part, these forecasts cannot be told apart: the best of them, trial 7,"
        " has an RMSE of 25, and their mean 24. The mean of several is the safer choice."
    )


def test_a_forecast_that_is_clearly_the_best_is_said_so() -> None:
    choice = Choice(Taken.BASELINE, {"ridge": 1}, 24, None, OVER_NAIVE)

    reason = explain(choice, [])

    assert "ridge regression has the lowest RMSE, 24" in reason


def test_what_is_not_better_than_tomorrow_equals_today_is_said_so() -> None:
    over_naive = Comparison("naive", rmse=16.0, gain=-4.0, standard_error=0.5)
    choice = Choice(Taken.BASELINE, {"naive": 1}, 16, None, over_naive)

    reason = explain(choice, [])

    assert "the best other forecast is not better than “tomorrow = today”" in reason
    assert "its RMSE is 20, that of “tomorrow = today” is 16" in reason


def test_a_gain_over_tomorrow_equals_today_that_is_too_little_is_given() -> None:
    over_naive = Comparison("naive", rmse=16.0, gain=0.1, standard_error=0.5)
    choice = Choice(Taken.BASELINE, {"naive": 1}, 16, OVER_NAIVE, over_naive)

    reason = explain(choice, [])

    assert "the mean of the best forecasts would gain 0.1 (standard error 0.5)" in reason


def test_members_that_were_left_as_trained_are_named() -> None:
    choice = Choice(Taken.SINGLE, {"trial 7": 1}, 24, None, OVER_NAIVE)

    reason = explain(choice, ["trial 7"])

    assert "trial 7 has the lowest RMSE" in reason
    assert reason.endswith("for lack of time or because it did not help: trial 7.")

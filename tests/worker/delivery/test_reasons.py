"""Why a forecast is handed over, in words."""

from app.domain.ensembles import Choice, Comparison, Taken
from worker.delivery.reasons import explain


def test_a_mean_is_explained_by_its_gain_over_the_best_trial() -> None:
    over_single = Comparison("trial 7", rmse=25.0, gain=1.0, standard_error=0.4)
    over_baseline = Comparison("ridge", rmse=26.0, gain=2.0, standard_error=0.5)
    choice = Choice(Taken.ENSEMBLE, {"trial 7": 0.5, "ridge": 0.5}, 24, over_single, over_baseline)

    reason = explain(choice, [])

    assert reason == (
        "On the validation part, the RMSE of their mean is 24, and that of trial 7, the best trial,"
        " is 25: a gain of 1 (standard error 0.4)."
    )


def test_a_baseline_that_no_network_beats_is_said_so() -> None:
    over_baseline = Comparison("ridge", rmse=16.0, gain=-4.0, standard_error=0.5)
    choice = Choice(Taken.BASELINE, {"ridge": 1}, 16, None, over_baseline)

    reason = explain(choice, [])

    assert "the best trial is not better than ridge regression" in reason
    assert "its RMSE is 20, that of ridge regression is 16" in reason


def test_a_baseline_that_was_drawn_alone_is_said_to_be_better_than_any_mean() -> None:
    over_single = Comparison("trial 7", rmse=20.0, gain=4.0, standard_error=0.5)
    over_baseline = Comparison("ridge", rmse=16.0, gain=0.0, standard_error=0.0)
    choice = Choice(Taken.BASELINE, {"ridge": 1}, 16, over_single, over_baseline)

    reason = explain(choice, [])

    assert "no mean is better than ridge regression alone: its RMSE is 16" in reason
    assert "that of trial 7, the best trial, is 20" in reason


def test_members_that_were_left_as_trained_are_named() -> None:
    over_single = Comparison("trial 7", rmse=25.0, gain=0.1, standard_error=0.4)
    choice = Choice(Taken.SINGLE, {"trial 7": 1}, 25, over_single, None)

    reason = explain(choice, ["trial 7"])

    assert "too little to prefer it to the best trial alone" in reason
    assert reason.endswith("for lack of time or because it did not help: trial 7.")

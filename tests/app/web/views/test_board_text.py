"""Baselines in words."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from app.domain.objectives import Yardstick
from app.domain.terms import Part
from app.domain.verdicts import ForecastGain
from app.services.boards import BaselineView, BoardGain, BoardState, BoardView
from app.web.views.board_text import (
    describe_board,
    describe_gain,
    describe_settings,
    describe_verdict,
    is_beaten,
    list_lags,
    summarise_gain,
)
from tests.clock import now

RMSE = Yardstick.of_objective("rmse", None)
RIDGE = BaselineView(
    id=1,
    name="ridge",
    title="Ridge regression",
    filename=None,
    settings={},
    problem=None,
    seconds=0.4,
    simplicity=7,
    created_at=now(),
    validation_rmse=12.1,
    validation_mae=9.0,
    validation_mape=None,
    validation_skill=0.4,
    test_rmse=13.0,
    test_mae=9.5,
    test_mape=None,
    test_skill=0.3,
)
BOARD = BoardView(1, "f", BoardState.DONE, None, (RIDGE,))


def trial(rmse, **parameters):
    return SimpleNamespace(number=7, validation_rmse=rmse, parameters=parameters)


def gain(rmse, other_rmse, standard_error):
    return ForecastGain(rmse, other_rmse, other_rmse - rmse, standard_error)


def compared(validation, test=None):
    return BoardGain(RIDGE, {Part.VALIDATION: validation, Part.TEST: test})


def test_a_better_trial_is_said_with_percent_and_standard_errors():
    text = describe_gain(compared(gain(8, 10, 1.0), gain(9.9, 10, 0.5)))

    assert text == (
        "Against the best baseline, a ridge regression: better by 20.0 % on validation "
        "(2.0 standard errors); cannot be told apart from it on test (better by 1.0 %, "
        "0.2 standard errors)."
    )


def test_a_part_that_the_baseline_lacks_is_left_out():
    assert "test" not in describe_gain(compared(gain(12, 10, 1.0)))
    assert describe_gain(compared(None)) == ""
    assert describe_gain(None) == ""


def test_a_gain_without_a_standard_error_says_why():
    text = describe_gain(compared(gain(8, 10, None)))

    assert "better by 20.0 % on validation (too few rows for a standard error)" in text


def test_the_winner_is_named_honestly_with_what_to_do_next():
    verdict = describe_verdict(BOARD, trial(14.0), compared(gain(14.0, 12.1, 0.5)), RMSE)

    assert verdict.winner == (
        "A ridge regression is better than every network here: validation RMSE 12.10 against 14.00."
    )
    assert verdict.tone == "bad"
    assert "season_lags and calendar" in verdict.next_step
    assert "worse by 15.7 % on validation (3.8 standard errors)" in verdict.gain


def test_networks_that_have_seasons_are_not_told_to_get_them():
    best = trial(14.0, season_lags="season", calendar="none")

    verdict = describe_verdict(BOARD, best, compared(gain(14.0, 12.1, 0.5)), RMSE)

    assert "season_lags" not in verdict.next_step
    assert verdict.next_step.startswith("Next: ")


def test_a_difference_within_its_noise_names_no_winner():
    verdict = describe_verdict(BOARD, trial(12.3), compared(gain(12.3, 12.1, 0.5)), RMSE)

    assert verdict.winner.startswith("The best network cannot be told apart from a ridge")
    assert verdict.tone == "warm"


def test_nothing_wins_over_a_better_trial():
    verdict = describe_verdict(BOARD, trial(10.0), compared(gain(10.0, 12.1, 0.5)), RMSE)

    assert verdict.winner == ""
    assert "better by" in verdict.gain


def test_another_program_is_called_by_its_name():
    other = replace(RIDGE, name="Chronos", title="Chronos", filename="chronos.csv")
    board = replace(BOARD, baselines=(other,))

    verdict = describe_verdict(board, trial(14.0), None, RMSE)

    assert verdict.winner.startswith("“Chronos” is better than every network here")


def test_only_a_clearly_better_baseline_beats_a_trial():
    assert is_beaten(compared(gain(14.0, 12.1, 0.5)))
    assert not is_beaten(compared(gain(12.3, 12.1, 0.5)))
    assert not is_beaten(compared(gain(10.0, 12.1, 0.5)))
    assert not is_beaten(None)


def test_a_cell_has_the_gain_and_its_standard_errors():
    assert summarise_gain(gain(8, 10, 1.0)) == "+20.0 % (2.0 s. e.)"
    assert summarise_gain(gain(12, 10, 1.0)) == "-20.0 % (2.0 s. e.)"
    assert summarise_gain(gain(10, 10.98, 1.0)) == "+8.9 % (0.9 s. e.)"
    assert summarise_gain(None) is None


@pytest.mark.parametrize(
    ("state", "text"),
    [
        (BoardState.WAITING, "wait for a worker"),
        (BoardState.COMPUTING, "are being computed"),
        (BoardState.FAILED, "could not be computed: no memory"),
        (BoardState.DONE, ""),
    ],
)
def test_what_is_not_there_yet_is_said(state, text):
    board = replace(BOARD, state=state, problem="no memory")

    assert text in describe_board(board)
    assert bool(describe_board(board)) == bool(text)


def test_settings_are_short_words():
    model = {"lags": [1, 2, 3, 12, 24], "cycles": ["day", "week"], "is_logarithmic": True}

    ridge = describe_settings({"model": model, "penalty": 0.3125})

    assert ridge == "lags 1 to 3, 12, 24; calendar: day, week; of logarithms; penalty 0.3125"
    assert describe_settings({"model": "ETS(A,N,A)"}) == "ETS(A,N,A)"
    assert describe_settings({"model": "(0,1,1)", "season": 24}) == "(0,1,1); season of 24 rows"
    assert describe_settings({"season": 1, "fourier_seasons": [], "is_odd": False}) == ""
    assert describe_settings({"pulls_to_naive": True}) == "pulled towards naive"
    assert describe_settings({}) == ""
    assert list_lags([1, 2, 4]) == "1, 2, 4"

"""What is suggested after a trial, on curves and series with known answers."""

import numpy as np
import pytest

from app.domain.calendar_inputs import Cycle
from app.domain.next_steps import (
    StepKind,
    TrialEvidence,
    correlation_at_lag,
    measure_dependence,
    suggest_calendar,
    suggest_more_epochs,
    suggest_season,
    suggest_steps,
)

HOURS = np.datetime64("2024-01-01", "us") + np.arange(24 * 30) * np.timedelta64(1, "h")
NOISE = np.random.default_rng(0).normal(size=len(HOURS))
DAILY_WAVE = np.sin(2 * np.pi * np.arange(len(HOURS)) / 24)
FLAT = [1.0] * 12
FALLING = [0.9**epoch for epoch in range(12)]


def evidence(**changes) -> TrialEvidence:
    facts = {
        "parameters": {
            "time_steps": 12,
            "epochs": 12,
            "batch_size": 32,
            "calendar": "none",
            "season_lags": "none",
        },
        "season_lengths": (24.0,),
        "dates": HOURS,
        "errors": NOISE,
        "train_losses": FLAT,
        "val_losses": FLAT,
        "best_epoch": 3,
        "train_rows": 640,
    }
    return TrialEvidence(**(facts | changes))


def with_parameters(**changes) -> dict:
    return {**evidence().parameters, **changes}


def test_nothing_is_suggested_where_nothing_stands_out():
    assert suggest_steps(evidence()) == []


def test_losses_that_still_fall_ask_for_more_epochs():
    step = suggest_more_epochs(
        evidence(train_losses=FALLING, val_losses=FALLING, best_epoch=12),
    )

    assert step.kind == StepKind.MORE_EPOCHS
    assert step.changes == {"epochs": 36, "patience": 0}
    assert "12 epochs, 240 updates" in step.evidence


@pytest.mark.parametrize(
    "changes",
    [
        {"train_losses": FALLING, "val_losses": FLAT, "best_epoch": 12},
        {"train_losses": FALLING, "val_losses": FALLING, "best_epoch": 5},
        {"train_losses": FALLING[:3], "val_losses": FALLING[:3], "best_epoch": 3},
        {"train_losses": FALLING, "val_losses": [*FALLING[:11], None], "best_epoch": 12},
    ],
)
def test_losses_that_have_settled_ask_for_nothing(changes):
    assert suggest_more_epochs(evidence(**changes)) is None


def test_errors_that_depend_on_the_hour_ask_for_the_calendar():
    step = suggest_calendar(evidence(errors=NOISE + DAILY_WAVE))

    assert step.changes == {"calendar": "cyclic"}
    assert "the hour explains 3" in step.evidence


def test_a_trial_that_has_the_calendar_is_not_told_to_take_it():
    parameters = with_parameters(calendar="cyclic")

    assert suggest_calendar(evidence(errors=DAILY_WAVE, parameters=parameters)) is None


def test_the_explained_variance_is_that_of_the_hours_means():
    dependence = measure_dependence(DAILY_WAVE + 1e-3 * NOISE, HOURS, Cycle.DAY)

    assert dependence.explained == pytest.approx(1, abs=1e-3)
    assert measure_dependence(np.zeros(len(HOURS)), HOURS, Cycle.DAY) is None


def test_errors_that_repeat_ask_for_windows_of_a_season():
    step = suggest_season(evidence(errors=NOISE + DAILY_WAVE))

    assert step.kind == StepKind.LONGER_WINDOWS
    assert step.changes == {"time_steps": 24}
    assert "12 rows are shorter than a season of 24 rows" in step.evidence


def test_a_long_season_comes_as_lags():
    repeating = np.tile(NOISE[:300], 3)[: len(HOURS)]

    step = suggest_season(evidence(errors=repeating, season_lengths=(300.0,)))

    assert step.kind == StepKind.SEASON_LAGS
    assert step.changes == {"season_lags": "season"}


def test_windows_that_hold_a_season_are_long_enough():
    parameters = with_parameters(time_steps=24)

    assert suggest_season(evidence(errors=DAILY_WAVE, parameters=parameters)) is None


def test_a_correlation_must_stand_out():
    assert correlation_at_lag(NOISE, 24) is None
    assert correlation_at_lag(DAILY_WAVE, 24) > 0.9
    assert correlation_at_lag(DAILY_WAVE[:30], 24) is None

"""The pace of trials: how early patience ends them, and what passes around their training."""

import pytest

from app.domain.pace import (
    USUAL_EPOCH_FRACTION,
    USUAL_SECONDS_AROUND,
    EndedTrial,
    Pace,
    measure_gaps,
    measure_pace,
)


def one_slot(number, training_seconds=3.0, fraction=0.3):
    """One of the trials of one slot: a second around each, and half a second until the next."""
    started = 4.5 * number
    return EndedTrial(1, started, started + training_seconds + 1, training_seconds, fraction)


def test_without_trials_the_pace_is_the_usual_one():
    assert measure_pace([]) == Pace(USUAL_EPOCH_FRACTION, USUAL_SECONDS_AROUND)


def test_the_pace_of_many_trials_is_what_they_measured_whatever_one_of_them_did():
    trials = [one_slot(number) for number in range(60)]
    interrupted = EndedTrial(1, 270.0, 90_000.0, 3.0, None)

    pace = measure_pace([interrupted, *reversed(trials)])

    assert pace.epoch_fraction == pytest.approx(0.3, abs=0.03)
    assert pace.seconds_around == pytest.approx(1.5, rel=0.1)


def test_slots_that_train_at_once_wait_for_themselves_alone():
    trials = [
        EndedTrial(1, 0.0, 10.0, 9.0, None),
        EndedTrial(1, 0.0, 4.0, 3.0, None),
        EndedTrial(1, 5.0, 12.0, 6.0, None),
        EndedTrial(1, 13.0, 14.0, 1.0, None),
    ]

    assert measure_gaps(trials) == [1.0, 3.0]

"""What is stored of a trial whose training ended with an error."""

import pytest

from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from worker.custom.errors import ProgramError
from worker.runs.failures import (
    OUT_OF_MEMORY,
    OutputTooLarge,
    check_size,
    diverged_outcome,
    failed_outcome,
    finite_or_none,
)


class ResourceExhaustedError(Exception):
    """Named as TensorFlow's error."""


def outcome_of(error: Exception):
    try:
        raise error
    except Exception as raised:
        return failed_outcome(raised)


@pytest.mark.parametrize(
    ("error", "cause", "words"),
    [
        (MemoryError(), FailureCause.OUT_OF_MEMORY, OUT_OF_MEMORY),
        (ResourceExhaustedError("OOM"), FailureCause.OUT_OF_MEMORY, OUT_OF_MEMORY),
        (ProgramError("It built no model."), FailureCause.CUSTOM_MODEL, "It built no model."),
        (ValueError("wrong\nline 2"), FailureCause.ERROR, "ValueError: wrong"),
        (ValueError(), FailureCause.ERROR, "ValueError: no further message"),
    ],
)
def test_an_error_has_a_cause_and_is_told_in_words(error, cause, words):
    outcome = outcome_of(error)

    assert (outcome.state, outcome.failure_cause) == (TrialState.FAILED, cause)
    assert outcome.error == words
    assert "Traceback" in outcome.traceback


def test_an_output_that_is_too_large_says_how_large_it_is():
    with pytest.raises(OutputTooLarge) as raised:
        check_size(bytes(3_000_000), 1_000_000)

    outcome = outcome_of(raised.value)
    assert outcome.failure_cause == FailureCause.TOO_LARGE
    assert outcome.error.startswith("The model takes")


def test_an_output_within_the_limit_is_returned():
    assert check_size(b"model", 5) == b"model"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_finite_number_is_none(value):
    assert finite_or_none(value) is None
    assert finite_or_none(0.5) == 0.5


def test_a_trial_that_diverged_says_after_which_epoch_and_what_to_try():
    outcome = diverged_outcome(7)

    assert (outcome.state, outcome.failure_cause) == (TrialState.FAILED, FailureCause.DIVERGED)
    assert outcome.epochs_trained == 7
    assert outcome.error.startswith("diverged at epoch 7")
    assert "lower learning_rate" in outcome.error

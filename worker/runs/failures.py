"""What a trial says when its training ended badly."""

import math
import traceback as tracebacks

from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from app.queue.recording import Ending
from worker.custom.program import ProgramError
from worker.memory import MEGABYTE

EXHAUSTED = "ResourceExhaustedError"  # TensorFlow's MemoryError


class Diverged(Exception):
    """A loss is no longer a number."""


class OutputTooLarge(Exception):
    """A model or its checkpoint is larger than what is stored."""

    def __init__(self, size: int, limit: int) -> None:
        super().__init__(
            f"The model takes {size / MEGABYTE:,.1f} MB; up to {limit / MEGABYTE:,.0f} MB are stored."
        )


def within(limit: int, output: bytes) -> bytes:
    """The bytes, if they are few enough to be stored. Raises OutputTooLarge."""
    if len(output) > limit:
        raise OutputTooLarge(len(output), limit)
    return output


def finite(value: float) -> float | None:
    """The number, or None where it is none."""
    return float(value) if math.isfinite(value) else None


def failure(error: Exception) -> Ending:
    """What a trial says when its training raised."""
    text = tracebacks.format_exc()
    if any(
        isinstance(found, MemoryError) or type(found).__name__ == EXHAUSTED
        for found in (error, error.__cause__)
    ):
        why = "The machine ran out of memory. Try a smaller batch_size, fewer units or fewer time_steps."
        return Ending(
            TrialState.FAILED, error=why, failure_cause=FailureCause.OUT_OF_MEMORY, traceback=text
        )
    if isinstance(error, OutputTooLarge):
        return Ending(
            TrialState.FAILED,
            error=str(error),
            failure_cause=FailureCause.TOO_LARGE,
            traceback=text,
        )
    if isinstance(error, ProgramError):
        return Ending(
            TrialState.FAILED,
            error=str(error),
            failure_cause=FailureCause.CUSTOM_MODEL,
            traceback=text,
        )
    first = (str(error).strip() or "no further message").splitlines()[0]
    return Ending(
        TrialState.FAILED,
        error=f"{type(error).__name__}: {first}",
        failure_cause=FailureCause.ERROR,
        traceback=text,
    )

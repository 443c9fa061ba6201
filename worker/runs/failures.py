"""What is stored of a trial whose training ended with an error."""

import math
import traceback

from app.domain.failure_causes import FailureCause
from app.domain.runs import TrialOutcome
from app.domain.terms import TrialState
from app.memory import MEGABYTE
from worker.custom.errors import ProgramError

TENSORFLOW_MEMORY_ERROR = "ResourceExhaustedError"
OUT_OF_MEMORY = (
    "The machine ran out of memory. Try a smaller batch_size, fewer units or fewer time_steps."
)


class Diverged(Exception):
    """A loss is no longer a number."""


class OutputTooLarge(Exception):
    """A model or its checkpoint is larger than what may be stored."""

    def __init__(self, size: int, limit: int) -> None:
        megabytes = size / MEGABYTE
        max_megabytes = limit / MEGABYTE
        super().__init__(
            f"The model takes {megabytes:,.1f} MB; up to {max_megabytes:,.0f} MB are stored."
        )


def check_size(output: bytes, limit: int) -> bytes:
    """The output itself. Raises OutputTooLarge where it has more bytes than the limit."""
    if len(output) > limit:
        raise OutputTooLarge(len(output), limit)
    return output


def finite_or_none(value: float) -> float | None:
    """The number, or None where it is infinite or not a number."""
    if math.isfinite(value):
        return float(value)
    return None


def diverged_outcome(epoch: int) -> TrialOutcome:
    """The outcome of a trial whose loss was no longer a number after an epoch."""
    error = f"diverged at epoch {epoch}: the loss is no longer a number. Try a lower learning_rate."
    return TrialOutcome(
        TrialState.FAILED,
        epochs_trained=epoch,
        error=error,
        failure_cause=FailureCause.DIVERGED,
    )


def failed_outcome(error: Exception) -> TrialOutcome:
    """The outcome of a trial whose training raised this error. Call it while handling the error.

    What the ended functions held is let go first: a traceback takes memory, too.
    """
    if _is_memory_error(error):
        traceback.clear_frames(error.__traceback__)
    return TrialOutcome(
        TrialState.FAILED,
        error=_describe(error),
        failure_cause=_find_cause(error),
        traceback=traceback.format_exc(),
    )


def _find_cause(error: Exception) -> FailureCause:
    if _is_memory_error(error):
        return FailureCause.OUT_OF_MEMORY
    if isinstance(error, OutputTooLarge):
        return FailureCause.TOO_LARGE
    if isinstance(error, ProgramError):
        return FailureCause.CUSTOM_MODEL
    return FailureCause.ERROR


def _describe(error: Exception) -> str:
    if _is_memory_error(error):
        return OUT_OF_MEMORY
    if isinstance(error, OutputTooLarge | ProgramError):
        return str(error)
    error_type = type(error).__name__
    message = str(error).strip() or "no further message"
    first_line, *_ = message.splitlines()
    return f"{error_type}: {first_line}"


def _is_memory_error(error: Exception) -> bool:
    """Whether this error, or the one that caused it, says that there is no memory left."""
    for raised in (error, error.__cause__):
        if isinstance(raised, MemoryError):
            return True
        error_type = type(raised).__name__
        if error_type == TENSORFLOW_MEMORY_ERROR:
            return True
    return False

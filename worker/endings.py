"""What a trial says when its training ended badly."""

import math
import traceback as tracebacks

from app.domain.terms import State
from app.services.recording import Ending
from worker.own.program import ProgramError

EXHAUSTED = "ResourceExhaustedError"  # TensorFlow's MemoryError


def finite(value: float) -> float | None:
    """The number, or None where it is none."""
    return float(value) if math.isfinite(value) else None


def failure(error: Exception) -> Ending:
    """What a trial says when its training raised."""
    text = tracebacks.format_exc()
    if any(isinstance(found, MemoryError) or type(found).__name__ == EXHAUSTED for found in (error, error.__cause__)):
        why = "The machine ran out of memory. Try a smaller batch_size, fewer units or fewer time_steps."
        return Ending(State.FAILED, error=why, cause="out of memory", traceback=text)
    if isinstance(error, ProgramError):
        return Ending(State.FAILED, error=str(error), cause="own network", traceback=text)
    first = (str(error).strip() or "no further message").splitlines()[0]
    return Ending(State.FAILED, error=f"{type(error).__name__}: {first}", cause="error", traceback=text)

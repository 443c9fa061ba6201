"""Which runs have to be killed, and what is stored for trials whose slot cannot say it."""

import time
import traceback
from collections.abc import Callable

from app.domain.failure_causes import FailureCause
from app.domain.runs import TrialOutcome
from app.domain.terms import TrialState
from app.memory import MEGABYTE
from worker.slots.errors import RunKilled, SlotDied
from worker.staleness import StalenessTimer

HUNG_AFTER_EPOCHS = 20.0  # times the median duration of an epoch
MAX_GAP = 1 / 2  # of the time after which a run may count as hung
FIRST_EPOCH_FACTOR = 10.0  # nothing is known of its duration, and the engine may still load


class Watchdog:
    """Watches runs from outside, by this process's own clock.

    `hung_seconds`: the shortest time after which a run without a new epoch counts as hung;
    `memory_mb`: what a slot may hold; 0: no limit. Time in which nobody watches does not count.
    """

    def __init__(
        self, hung_seconds: float, memory_mb: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._hung_seconds = hung_seconds
        self._memory_mb = memory_mb
        self._timer = StalenessTimer(clock, hung_seconds * MAX_GAP)
        self._first_epochs: dict[str, int] = {}  # epochs of each run when it was first seen

    def looks_hung(self, token: str, epochs: int) -> bool:
        """Whether a run has been silent long enough to ask how long its epochs take."""
        silent_seconds = self._seconds_without_epoch(token, epochs)
        return silent_seconds >= self._hung_seconds

    def check_progress(self, token: str, epochs: int, median_epoch: float) -> RunKilled | None:
        """Why to kill a run in which no epoch ends; median_epoch in seconds, 0 where unknown."""
        expected = HUNG_AFTER_EPOCHS * median_epoch
        limit = max(self._hung_seconds, expected)
        first_epochs = self._first_epochs.get(token, epochs)
        if first_epochs == epochs:
            first_epoch_limit = FIRST_EPOCH_FACTOR * self._hung_seconds
            limit = max(limit, first_epoch_limit)
        silent_seconds = self._seconds_without_epoch(token, epochs)
        if silent_seconds < limit:
            return None
        message = f"It hung: no epoch ended for {limit:.3g} s after epoch {epochs}."
        return RunKilled(FailureCause.HUNG, message)

    def check_memory(self, memory_bytes: int) -> RunKilled | None:
        """Why to kill a run whose slot holds so much memory."""
        if not self._memory_mb:
            return None
        limit = self._memory_mb * MEGABYTE
        if memory_bytes <= limit:
            return None
        megabytes = memory_bytes / MEGABYTE
        message = (
            f"It needed {megabytes:,.0f} MB of memory; a slot may have {self._memory_mb:,} MB."
        )
        return RunKilled(FailureCause.OUT_OF_MEMORY, message)

    def excuse(self, token: str) -> None:
        """Restart the timer of a run that waits for the database."""
        self._timer.restart(token)

    def keep_only(self, tokens: list[str]) -> None:
        """Forget the runs that have ended."""
        self._timer.keep_only(tokens)
        ended = self._first_epochs.keys() - set(tokens)
        for token in ended:
            del self._first_epochs[token]

    def _seconds_without_epoch(self, token: str, epochs: int) -> float:
        """Seconds since the last epoch of a run ended, or since the run was first seen."""
        self._first_epochs.setdefault(token, epochs)
        return self._timer.seconds_unchanged(token, epochs)


def failed_outcome(error: BaseException) -> TrialOutcome:
    """What is stored for the trials of a run that raised this error outside of its slot's care."""
    if isinstance(error, RunKilled):
        cause = error.cause
        details = error.stack_dump or None
    elif isinstance(error, SlotDied):
        cause = FailureCause.CRASHED
        if error.ran_out_of_memory:
            cause = FailureCause.OUT_OF_MEMORY
        details = error.stack_dump or None
    else:
        cause = FailureCause.ERROR
        details = "".join(traceback.format_exception(error))
    return TrialOutcome(
        TrialState.FAILED,
        error=str(error),
        failure_cause=cause,
        traceback=details,
    )

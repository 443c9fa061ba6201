"""Which runs do not end by themselves, why they are ended, and what their trials say then."""

import traceback

from app.domain.failure_causes import FailureCause
from app.domain.terms import TrialState
from app.queue.recording import Ending
from worker.memory import MEGABYTE
from worker.slots.pool import RunEnded, SlotDied
from worker.staleness import Stillness

SLOW = 20.0  # times the median epoch
BEFORE_THE_FIRST = (
    10.0  # nobody knows yet how long an epoch takes, and the engine may still be loading
)


class Oversight:
    """Watches runs from outside, by this process's own clock."""

    def __init__(
        self, hung_seconds: float, memory_mb: int, stillness: Stillness | None = None
    ) -> None:
        self._hung_seconds, self._memory_mb = hung_seconds, memory_mb
        self._stillness = stillness or Stillness()
        self._began_at: dict[str, int] = {}

    def quiet_seconds(self, token: str, epochs: int) -> float:
        """Seconds since the last epoch of a run ended, or since it was first seen."""
        self._began_at.setdefault(token, epochs)
        return self._stillness.seconds(token, epochs)

    def looks_hung(self, token: str, epochs: int) -> bool:
        """Whether a run has been quiet for so long that it is worth knowing what an epoch of it takes."""
        return self.quiet_seconds(token, epochs) >= self._hung_seconds

    def hung(self, token: str, epochs: int, median_epoch: float) -> RunEnded | None:
        """The verdict on a run in which no epoch ends; median_epoch in seconds, 0 where unknown."""
        bound = max(self._hung_seconds, SLOW * median_epoch)
        if self._began_at.get(token, epochs) == epochs:
            bound = max(bound, BEFORE_THE_FIRST * self._hung_seconds)
        if self.quiet_seconds(token, epochs) < bound:
            return None
        return RunEnded(
            FailureCause.HUNG, f"It hung: no epoch ended for {bound:.3g} s after epoch {epochs}."
        )

    def too_large(self, held: int) -> RunEnded | None:
        """The verdict on a slot that holds so many bytes of memory."""
        if not self._memory_mb or held <= self._memory_mb * MEGABYTE:
            return None
        words = f"It needed {held / MEGABYTE:,.0f} MB of memory; a slot may have {self._memory_mb:,} MB."
        return RunEnded(FailureCause.OUT_OF_MEMORY, words)

    def wait(self, token: str) -> None:
        """A run that waits for the database is quiet without fault."""
        self._stillness.forget(token)

    def keep(self, tokens: list[str]) -> None:
        """Forget runs that have ended."""
        self._stillness.keep(tokens)
        self._began_at = {
            token: epochs for token, epochs in self._began_at.items() if token in tokens
        }


def failure(error: BaseException) -> Ending:
    """What the trials of a run say that its slot could not end itself."""
    if isinstance(error, RunEnded):
        return Ending(
            TrialState.FAILED,
            error=str(error),
            failure_cause=error.cause,
            traceback=error.notes or None,
        )
    if isinstance(error, SlotDied):
        cause = FailureCause.OUT_OF_MEMORY if error.ran_out_of_memory else FailureCause.CRASHED
        return Ending(
            TrialState.FAILED, error=str(error), failure_cause=cause, traceback=error.notes or None
        )
    trace = "".join(traceback.format_exception(error))
    return Ending(
        TrialState.FAILED, error=str(error), failure_cause=FailureCause.ERROR, traceback=trace
    )

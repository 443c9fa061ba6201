"""Keeps one slot of a pool alive: it is started, given runs, and replaced, whatever happens."""

import errno
import threading
from collections.abc import Callable
from contextlib import closing
from queue import Empty, Queue

from worker.slots.errors import SlotNotStarted
from worker.slots.run import Run
from worker.slots.slot import Slot

FIRST_PAUSE_SECONDS = 0.5  # after a slot could not be started; each pause is twice the one before
MAX_PAUSE_SECONDS = 30.0
CHECK_SECONDS = 1.0  # how often an idle slot is looked at

ADVICE = {
    errno.EMFILE: "Raise the limit of open files (ulimit -n).",
    errno.ENFILE: "End programs that hold many files open.",
    errno.ENOMEM: "Free some memory.",
    errno.EAGAIN: "End some processes, or raise their limit (ulimit -u).",
    errno.ENOSPC: "Free some space on the disk.",
}
OTHER_ADVICE = "The worker's terminal may say more."

WaitingRuns = Queue[Run | None]  # None wakes a keeper up


class SlotKeeper:
    """One place of a pool, with a thread of its own.

    Only this thread starts and closes the slot. A slot that cannot be started is tried again, with
    a growing pause, until the pool is shut down; until then other keepers take the runs.
    """

    def __init__(
        self, start_slot: Callable[[], Slot], runs_per_slot: int, waiting: WaitingRuns
    ) -> None:
        self.trouble = ""  # why there is no slot here now, and what to do about it
        self._start_slot = start_slot
        self._runs_per_slot = runs_per_slot
        self._waiting = waiting
        self._slot: Slot | None = None
        self._is_at_work = False
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self._keep_slot,
            name="slot keeper",
            daemon=True,
        )
        self._thread.start()

    @property
    def is_ready(self) -> bool:
        """Whether the slot is warm, and at work or free for a run."""
        slot = self._slot
        if slot is None or not slot.is_warm or not slot.is_usable:
            return False
        return self._is_at_work or slot.runs < self._runs_per_slot

    def close(self) -> None:
        """Kill the slot and start no other."""
        with self._lock:
            self._closing.set()
            if self._slot is not None:
                self._slot.kill()
        self._waiting.put(None)

    def join(self) -> None:
        """After `close`: wait until the slot is gone."""
        self._thread.join()

    def _keep_slot(self) -> None:
        """Start one slot after the other until the pool is shut down."""
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                with closing(self._start_slot()) as slot:
                    self._install(slot)
                    slot.wait_until_warm()
                    self.trouble = ""
                    pause = FIRST_PAUSE_SECONDS
                    self._serve(slot)
            except Exception as error:  # whatever it is: a keeper that ended would be a slot less
                self.trouble = describe_failure(error)
                self._closing.wait(pause)
                pause = min(2 * pause, MAX_PAUSE_SECONDS)
            finally:
                self._slot = None

    def _install(self, slot: Slot) -> None:
        with self._lock:
            self._slot = slot
            if self._closing.is_set():
                slot.kill()

    def _serve(self, slot: Slot) -> None:
        """Give the slot one run after the other, until it died or has done its number of runs."""
        while self._may_run(slot):
            try:
                run = self._waiting.get(timeout=CHECK_SECONDS)
            except Empty:
                continue
            if run is None:
                continue
            if not self._may_run(slot):
                self._waiting.put(run)
                return
            self._is_at_work = True
            try:
                run.execute(slot)
            finally:
                self._is_at_work = False

    def _may_run(self, slot: Slot) -> bool:
        if self._closing.is_set() or slot.runs >= self._runs_per_slot:
            return False
        return slot.is_usable


def describe_failure(error: Exception) -> str:
    """Why a slot could not be started, and what to do about it."""
    if isinstance(error, OSError) and error.strerror:
        advice = ADVICE.get(error.errno or 0, OTHER_ADVICE)
        return f"{error.strerror}. {advice}"
    reason = str(error).rstrip(". ")
    if not isinstance(error, SlotNotStarted):
        reason = f"{type(error).__name__}: {reason}"
    return f"{reason}. {OTHER_ADVICE}"

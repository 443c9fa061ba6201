"""A pool of slots behind the interface of concurrent.futures.

A slot is spawned, loads the engine once, runs a number of trials and is then replaced, because
memory may grow by some megabytes a trial. A slot that dies raises SlotDied for its run, and a new
slot takes its place.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from queue import SimpleQueue
from typing import Any

from worker.slots.errors import RunKilled
from worker.slots.slot import Slot


class _Run:
    """One submitted function. It has a slot only while it is at work."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments
        self.slot: Slot | None = None


class SlotPool(Executor):
    """A fixed number of slots; `submit` runs a function in the next idle one."""

    def __init__(
        self, count: int, runs_per_slot: int, warm_up: Callable[[], None], memory_mb: int = 0
    ) -> None:
        self._start_slot = partial(Slot, warm_up, memory_mb)
        self._runs_per_slot = runs_per_slot
        self._slots = [self._start_slot() for _ in range(count)]
        self._idle: SimpleQueue[Slot] = SimpleQueue()
        for slot in self._slots:
            self._idle.put(slot)
        self._runs: dict[Future[Any], _Run] = {}
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="slot")
        self._is_closed = False
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Run a function in a slot.

        The future raises what the function raises, SlotDied, or what `kill_run` was given.
        """
        run = _Run(function, arguments)
        future = self._threads.submit(self._execute, run)
        self._runs[future] = run
        future.add_done_callback(self._forget_run)
        return future

    def kill_run(self, future: Future[Any], reason: RunKilled) -> None:
        """Kill the slot of a run that does not end by itself; its future raises the reason."""
        with self._lock:
            slot = self._slot_of(future)
            if slot is not None:
                slot.kill_run(reason)

    def has_begun(self, future: Future[Any]) -> bool:
        """Whether a run is at work; before, its slot may still be loading the engine."""
        with self._lock:
            slot = self._slot_of(future)
            if slot is None:
                return False
            return slot.is_warm

    def waiting_reason(self, future: Future[Any]) -> str:
        """Why a run cannot go on; "" while it goes on."""
        with self._lock:
            slot = self._slot_of(future)
            if slot is None:
                return ""
            return slot.waiting_reason

    def memory_bytes(self, future: Future[Any]) -> int:
        """Bytes the slot of a run holds; 0 before the run has a slot and after its end."""
        with self._lock:
            slot = self._slot_of(future)
            if slot is None:
                return 0
            return slot.memory_bytes

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Kill every slot and start no other."""
        with self._lock:
            self._is_closed = True
            for slot in self._slots:
                slot.close()
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    def _forget_run(self, future: Future[Any]) -> None:
        self._runs.pop(future, None)

    def _slot_of(self, future: Future[Any]) -> Slot | None:
        run = self._runs.get(future)
        if run is None:
            return None
        return run.slot

    def _execute(self, run: _Run) -> Any:
        slot = self._replace_if_spent(self._idle.get())
        with self._lock:
            run.slot = slot
        try:
            return slot.call(run.function, *run.arguments)
        finally:
            with self._lock:
                run.slot = None
            self._idle.put(self._replace_if_spent(slot))

    def _replace_if_spent(self, slot: Slot) -> Slot:
        """The slot itself, or a new slot where it died or has done its number of runs."""
        with self._lock:
            if self._is_closed:
                return slot
            if slot.is_usable and slot.runs < self._runs_per_slot:
                return slot
            slot.close()
            new_slot = self._start_slot()
            index = self._slots.index(slot)
            self._slots[index] = new_slot
            return new_slot

"""A pool of slots behind the interface of concurrent.futures.

A slot is spawned, loads the engine once, runs a number of trials and is then replaced, because
memory may grow by some megabytes a trial. A slot that dies raises SlotDied for its run, and a new
slot takes its place.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from queue import Queue
from typing import Any

from worker.slots.errors import RunKilled
from worker.slots.keeper import MAX_PAUSE_SECONDS, SlotKeeper, WaitingRuns
from worker.slots.run import Run
from worker.slots.slot import Slot


class SlotPool(Executor):
    """A fixed number of slots; `submit` runs a function in the next idle one."""

    def __init__(
        self, count: int, runs_per_slot: int, warm_up: Callable[[], None], memory_mb: int = 0
    ) -> None:
        self._runs: dict[Future[Any], Run] = {}
        self._waiting: WaitingRuns = Queue()
        self._keepers = []
        for number in range(1, count + 1):
            start_slot = partial(Slot, warm_up, memory_mb, number)
            keeper = SlotKeeper(start_slot, runs_per_slot, self._waiting)
            self._keepers.append(keeper)

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Run a function in a slot.

        The future raises what the function raises, SlotDied, or what `kill_run` was given. It can
        be cancelled until the run begins.
        """
        run = Run(function, arguments)
        self._runs[run.future] = run
        run.future.add_done_callback(self._forget_run)
        self._waiting.put(run)
        return run.future

    @property
    def ready_count(self) -> int:
        """How many slots are warm, at work or idle."""
        ready = [keeper for keeper in self._keepers if keeper.is_ready]
        return len(ready)

    @property
    def trouble(self) -> str:
        """Why slots are missing, and what becomes of it; "" while none is."""
        reasons = [keeper.trouble for keeper in self._keepers if keeper.trouble]
        if not reasons:
            return ""
        return (
            f"{len(reasons)} of {len(self._keepers)} slots cannot be started: {reasons[0]} "
            f"Foretune tries again, at least every {MAX_PAUSE_SECONDS:g} s."
        )

    def kill_run(self, future: Future[Any], reason: RunKilled) -> None:
        """Kill the slot of a run that does not end by itself; its future raises the reason."""
        run = self._runs.get(future)
        if run is not None:
            run.kill(reason)

    def has_begun(self, future: Future[Any]) -> bool:
        """Whether a run is at work; before, it waits for a slot."""
        run = self._runs.get(future)
        return run is not None and run.has_begun

    def waiting_reason(self, future: Future[Any]) -> str:
        """Why a run cannot go on; "" while it goes on."""
        run = self._runs.get(future)
        if run is None:
            return ""
        return run.waiting_reason

    def memory_bytes(self, future: Future[Any]) -> int:
        """Bytes the slot of a run holds; 0 before the run has a slot and after its end."""
        run = self._runs.get(future)
        if run is None:
            return 0
        return run.memory_bytes

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = True) -> None:
        """Kill every slot and start no other; runs that have not begun are cancelled."""
        for keeper in self._keepers:
            keeper.close()
        for future in tuple(self._runs):
            future.cancel()
        if wait:
            for keeper in self._keepers:
                keeper.join()

    def _forget_run(self, future: Future[Any]) -> None:
        self._runs.pop(future, None)

"""A function that was submitted to a pool of slots."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from worker.slots.errors import RunKilled
from worker.slots.slot import Slot


class Run:
    """One submitted function and its future. It has a slot only while it is at work."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.future: Future[Any] = Future()
        self._function = function
        self._arguments = arguments
        self._slot: Slot | None = None
        self._lock = threading.Lock()

    def execute(self, slot: Slot) -> None:
        """Run the function in a slot. Raises nothing: whatever is raised, the future has it."""
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self._call(slot)
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)

    def kill(self, reason: RunKilled) -> None:
        """Kill the slot the run is at work in; its future raises the reason."""
        with self._lock:
            if self._slot is not None:
                self._slot.kill_run(reason)

    @property
    def has_begun(self) -> bool:
        """Whether the function is at work in a slot."""
        return self._slot is not None

    @property
    def waiting_reason(self) -> str:
        """Why the function cannot go on; "" while it goes on."""
        slot = self._slot
        if slot is None:
            return ""
        return slot.waiting_reason

    @property
    def memory_bytes(self) -> int:
        """Bytes the slot of the run holds; 0 before the run has a slot and after its end."""
        slot = self._slot
        if slot is None:
            return 0
        return slot.memory_bytes

    def _call(self, slot: Slot) -> Any:
        self._enter(slot)
        try:
            return slot.call(self._function, *self._arguments)
        finally:
            self._enter(None)

    def _enter(self, slot: Slot | None) -> None:
        """Note where the run is at work. The lock is held while somebody kills it there."""
        with self._lock:
            self._slot = slot

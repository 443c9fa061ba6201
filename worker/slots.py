"""Slots: child processes that train, behind the interface of concurrent.futures.

A slot is spawned, loads the engine once, runs a number of trials and is then replaced, because memory may grow by
some megabytes a trial. A slot that dies raises SlotDied for the run it had, and a new one takes its place.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

PARENT_CHECK_SECONDS = 1.0
NICENESS = 5  # pages stay quick while every core trains
SPAWN = get_context("spawn")


class SlotDied(Exception):
    """The process of a slot ended in the middle of a run."""

    def __init__(self, exit_code: int | None) -> None:
        super().__init__(_how_it_died(exit_code))
        self.exit_code = exit_code


class Slot:
    """One child process, called from one thread at a time."""

    def __init__(self, warm_up: Callable[[], None]) -> None:
        self.runs = 0
        self._connection, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=_serve, args=(theirs, os.getpid(), warm_up), daemon=True)
        self._process.start()
        theirs.close()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the child and return what it returns. Raises what it raises, or SlotDied."""
        self.runs += 1
        try:
            self._connection.send((function, arguments))
            succeeded, answer = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(timeout=5)
            raise SlotDied(self._process.exitcode) from None
        if succeeded:
            return answer
        raise answer

    @property
    def is_alive(self) -> bool:
        """The child runs."""
        return self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()
        self._process.join(timeout=5)
        self._connection.close()


class SlotPool(Executor):
    """As many slots as asked for; `submit` runs a function in the next idle one."""

    def __init__(self, count: int, runs_per_slot: int, warm_up: Callable[[], None]) -> None:
        self._warm_up, self._runs_per_slot = warm_up, runs_per_slot
        self._slots = [Slot(warm_up) for _ in range(count)]
        self._idle: SimpleQueue[Slot] = SimpleQueue()
        for slot in self._slots:
            self._idle.put(slot)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="slot")
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Run a function in a slot; the future raises what it raises, or SlotDied."""
        return self._threads.submit(self._run, function, arguments)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Kill every slot and start no other."""
        with self._lock:
            self._closed = True
            for slot in self._slots:
                slot.kill()
        self._threads.shutdown(wait=wait, cancel_futures=cancel_futures)

    @property
    def pids(self) -> list[int]:
        """Process ids of the slots."""
        return [slot.pid for slot in self._slots if slot.pid is not None]

    def _run(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        slot = self._idle.get()
        try:
            return slot.call(function, *arguments)
        finally:
            self._idle.put(self._renewed(slot))

    def _renewed(self, slot: Slot) -> Slot:
        with self._lock:
            if self._closed or (slot.is_alive and slot.runs < self._runs_per_slot):
                return slot
            slot.kill()
            fresh = Slot(self._warm_up)
            self._slots[self._slots.index(slot)] = fresh
            return fresh


def _serve(connection: Connection, parent: int, warm_up: Callable[[], None]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    os.nice(NICENESS)
    warm_up()
    while True:
        try:
            function, arguments = connection.recv()
        except EOFError:
            return
        try:
            answer = (True, function(*arguments))
        except Exception as error:  # whatever it is, it ends this run alone
            answer = (False, error)
        connection.send(answer)


def _end_with(parent: int) -> None:
    """A slot whose worker was killed has nobody to work for."""
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(1)


def _how_it_died(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        hint = ": most likely the machine ran out of memory" if name == "SIGKILL" else ""
        return f"The process that trained this trial was ended by {name}{hint}."
    return f"The process that trained this trial ended with exit code {exit_code}."

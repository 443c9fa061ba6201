"""Slots: child processes that train, behind the interface of concurrent.futures.

A slot is spawned, loads the engine once, runs a number of trials and is then replaced, because memory may grow by
some megabytes a trial. A slot that dies raises SlotDied for the run it had, and a new one takes its place. `end` kills
the slot of one run, which then raises what `end` was given.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from app.domain.failure_causes import FailureCause
from worker import memory
from worker.slots.stack_dump import TELL, read_notes, write_notes_to

PARENT_CHECK_SECONDS = 1.0
NICENESS = 10  # more than the worker: a slot takes what it and the pages leave
NOTES_SECONDS = 0.5
SPAWN = get_context("spawn")
WAITS = "waits"
_to_the_worker: list[Connection] = []  # in a slot: the one it has
SIGNS = {
    "SIGSEGV": ": it crashed in native code",
    "SIGABRT": ": it gave itself up",
    "SIGFPE": ": it divided by zero",
}
KILLED_FROM_OUTSIDE = (-signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT, -signal.SIGHUP)


class SlotDied(Exception):
    """The process of a slot ended in the middle of a run. `notes`: where it was then, if it could say."""

    def __init__(
        self, exit_code: int | None, notes: str = "", ran_out_of_memory: bool = False
    ) -> None:
        super().__init__(_how_it_died(exit_code, ran_out_of_memory))
        self.exit_code, self.notes, self.ran_out_of_memory = exit_code, notes, ran_out_of_memory

    @property
    def was_killed(self) -> bool:
        """Somebody outside ended it; it did nothing wrong itself."""
        return self.exit_code in KILLED_FROM_OUTSIDE and not self.ran_out_of_memory


class RunEnded(Exception):
    """The worker ended a run that did not end by itself, and says why."""

    def __init__(self, cause: FailureCause, message: str) -> None:
        super().__init__(message)
        self.cause, self.notes = cause, ""


class Slot:
    """One child process, called from one thread at a time."""

    def __init__(self, warm_up: Callable[[], None], memory_mb: int = 0) -> None:
        self.runs, self.is_warm = 0, False
        self.waits_for = ""  # why the run it has cannot go on, in words
        self.verdict: RunEnded | None = None
        self._connection, theirs = SPAWN.Pipe()
        self._notes, note_to = SPAWN.Pipe(duplex=False)
        self._kernel_kills = memory.count_oom_kills()
        given = (theirs, note_to, os.getpid(), warm_up, memory_mb)
        self._process = SPAWN.Process(target=_serve, args=given, daemon=True)
        self._process.start()
        theirs.close()
        note_to.close()

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Run a function in the child and return what it returns. Raises what it raises, or SlotDied."""
        self.runs += 1
        try:
            self._wait_until_warm()
            self._connection.send((function, arguments))
            succeeded, answer = self._connection.recv()
            while succeeded == WAITS:
                self.waits_for = answer
                succeeded, answer = self._connection.recv()
        except (EOFError, OSError):
            raise self._obituary() from None
        finally:
            self.waits_for = ""
        if succeeded:
            return answer
        raise answer

    @property
    def is_fit(self) -> bool:
        """The child runs, and nobody has ended it."""
        return self.verdict is None and self._process.is_alive()

    @property
    def pid(self) -> int | None:
        """The child's process id."""
        return self._process.pid

    def end(self, verdict: RunEnded) -> None:
        """End the child; the run it has raises the verdict, with where it was."""
        self.verdict = verdict
        if self.pid is not None and self._process.is_alive():
            os.kill(self.pid, TELL)
            verdict.notes = read_notes(self._notes, NOTES_SECONDS)
        self._process.kill()

    def kill(self) -> None:
        """End the child at once."""
        self._process.kill()
        self._process.join(timeout=5)
        self._connection.close()

    def _wait_until_warm(self) -> None:
        if not self.is_warm:
            self._connection.recv()
            self.is_warm = True

    def _obituary(self) -> Exception:
        self._process.join(timeout=5)
        if self.verdict is not None:
            return self.verdict
        exit_code = self._process.exitcode
        kernel_did_it = (
            exit_code == -signal.SIGKILL and memory.count_oom_kills() > self._kernel_kills
        )
        return SlotDied(exit_code, read_notes(self._notes), ran_out_of_memory=kernel_did_it)


class SlotPool(Executor):
    """As many slots as asked for; `submit` runs a function in the next idle one."""

    def __init__(
        self, count: int, runs_per_slot: int, warm_up: Callable[[], None], memory_mb: int = 0
    ) -> None:
        self._make = partial(Slot, warm_up, memory_mb)
        self._runs_per_slot = runs_per_slot
        self._slots = [self._make() for _ in range(count)]
        self._at: dict[Future[Any], list[Slot]] = {}  # the slot of each run, as soon as it has one
        self._idle: SimpleQueue[Slot] = SimpleQueue()
        for slot in self._slots:
            self._idle.put(slot)
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="slot")
        self._closed = False
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **_: Any) -> Future[Any]:
        """Run a function in a slot; the future raises what it raises, SlotDied, or what `end` was given."""
        place: list[Slot] = []
        future = self._threads.submit(self._run, place, function, arguments)
        self._at[future] = place
        future.add_done_callback(lambda done: self._at.pop(done, None))
        return future

    def end(self, future: Future[Any], verdict: RunEnded) -> None:
        """Kill the slot of a run that does not end by itself; its future raises the verdict."""
        with self._lock:
            for slot in self._at.get(future, []):
                slot.end(verdict)

    def has_begun(self, future: Future[Any]) -> bool:
        """Whether a run is at work; before, its slot still loads the engine, which takes long the first time."""
        with self._lock:
            return any(slot.is_warm for slot in self._at.get(future, []))

    def waits_for(self, future: Future[Any]) -> str:
        """What a run waits for, in words; "" while it goes on."""
        with self._lock:
            return next((slot.waits_for for slot in self._at.get(future, [])), "")

    def memory(self, future: Future[Any]) -> int:
        """Bytes the slot of a run holds; 0 before it has one and after its end."""
        with self._lock:
            return sum(
                memory.resident_bytes(slot.pid)
                for slot in self._at.get(future, [])
                if slot.pid is not None
            )

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

    def _run(
        self, place: list[Slot], function: Callable[..., Any], arguments: tuple[Any, ...]
    ) -> Any:
        slot = self._renewed(self._idle.get())
        with self._lock:
            place.append(slot)
        try:
            return slot.call(function, *arguments)
        finally:
            with self._lock:
                place.clear()
            self._idle.put(self._renewed(slot))

    def _renewed(self, slot: Slot) -> Slot:
        """The slot itself, or a new one in its place when it died or has had its share of runs."""
        with self._lock:
            if self._closed or (slot.is_fit and slot.runs < self._runs_per_slot):
                return slot
            slot.kill()
            fresh = self._make()
            self._slots[self._slots.index(slot)] = fresh
            return fresh


def say_waiting(words: str) -> None:
    """Inside a slot: tell the worker what this run waits for; "" when it goes on. In the thread that runs it."""
    for connection in _to_the_worker:
        connection.send((WAITS, words))


def _serve(
    connection: Connection,
    notes: Connection,
    parent: int,
    warm_up: Callable[[], None],
    memory_mb: int,
) -> None:
    write_notes_to(notes)
    memory.prefer_for_oom_kill()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    os.nice(NICENESS)
    warm_up()
    memory.limit(memory_mb)
    connection.send("warm")
    _to_the_worker.append(connection)
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


def _how_it_died(exit_code: int | None, ran_out_of_memory: bool) -> str:
    if ran_out_of_memory:
        return "The machine ran out of memory, and its kernel ended the process that trained this trial."
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        return f"The process that trained this trial was ended by {name}{SIGNS.get(name, '')}."
    return f"The process that trained this trial ended with exit code {exit_code}."

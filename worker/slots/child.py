"""The child process of a slot: loads the engine once, then runs what its worker sends."""

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

from app import memory, outcomes
from app.memory import MEGABYTE
from worker.slots.messages import NotWarm, Waiting, Warm
from worker.slots.stack_dump import write_dumps_to

PARENT_CHECK_SECONDS = 1.0
SLOT_NICENESS = 10  # more than the worker's: slots take what the worker and the server leave

_worker: Connection | None = None  # in a slot that is warm: the pipe to its worker
_number: int | None = None  # in a slot: its place in the pool


@dataclass(frozen=True)
class ChildSetup:
    """What a slot's process is started with.

    `memory_mb`: how much it may allocate; 0: no limit. `number`: its place in the pool, from 1.
    """

    connection: Connection
    dump_pipe: Connection
    parent_pid: int
    warm_up: Callable[[], None]
    memory_mb: int
    number: int


def serve(setup: ChildSetup) -> None:
    """Answer calls until the worker closes its end of the pipe."""
    try:
        _prepare_process(setup)
        setup.warm_up()
        if setup.memory_mb:
            memory.limit(setup.memory_mb * MEGABYTE)
    except Exception as error:  # whatever it is, the worker says it and tries again later
        reason = f"{type(error).__name__}: {error}"
        setup.connection.send(NotWarm(reason))
        return
    setup.connection.send(Warm())
    global _worker, _number
    _worker = setup.connection
    _number = setup.number
    while True:
        try:
            call = setup.connection.recv()
        except EOFError:
            return
        outcome = outcomes.run(call.function, *call.arguments)
        setup.connection.send(outcome)


def slot_number() -> int | None:
    """In a run: which slot of its worker this is; a slot that replaces one has its number."""
    return _number


def report_waiting(reason: str) -> None:
    """In a run: tell the worker why the run cannot go on; "" when it goes on again.

    Does nothing outside of a slot. Call it in the thread that runs the training.
    """
    if _worker is not None:
        message = Waiting(reason)
        _worker.send(message)


def _prepare_process(setup: ChildSetup) -> None:
    write_dumps_to(setup.dump_pipe)
    memory.prefer_for_oom_kill()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the worker to answer
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    watch = threading.Thread(
        target=_exit_with_parent,
        args=(setup.parent_pid,),
        daemon=True,
    )
    watch.start()
    os.nice(SLOT_NICENESS)


def _exit_with_parent(parent_pid: int) -> None:
    """End this process when its worker is gone, even by kill -9."""
    while os.getppid() == parent_pid:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(1)

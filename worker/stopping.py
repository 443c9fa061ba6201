"""SIGTERM and Ctrl-C end the worker soon, whatever it waits for."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable

# Until the worker is ended the hard way; `foretune up` waits a little longer than this.
SECONDS_TO_LEAVE = 6.0
OVERDUE = (
    f"it could not stop within {SECONDS_TO_LEAVE:g} s, so it is ended now;"
    " its leases will expire by themselves."
)


def stop_on_signals(stopping: threading.Event, say: Callable[[str], None]) -> None:
    """Set the event at the first signal; end the process where that is not enough.

    Python runs a signal's handler only between two of its own instructions, and a wait for a
    locked database is a single one of 20 s. So a thread of its own reads what the signal writes.
    """
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, _wake_reader)
    thread = threading.Thread(
        target=_wait_for_signal,
        args=(reader, stopping, say),
        name="signals",
        daemon=True,
    )
    thread.start()


def _wake_reader(*_: object) -> None:
    """Nothing: what `set_wakeup_fd` has written already is enough."""


def _wait_for_signal(reader: int, stopping: threading.Event, say: Callable[[str], None]) -> None:
    os.read(reader, 1)
    stopping.set()
    time.sleep(SECONDS_TO_LEAVE)
    say(OVERDUE)
    for child in multiprocessing.active_children():
        child.kill()
    os._exit(1)

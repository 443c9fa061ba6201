"""Ends a computation that takes too long."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(Exception):
    """A computation was ended by its time limit."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"It was ended after {seconds:g} s, which is what one baseline may take.")


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TookTooLong inside the block after so many seconds of computing in this process.

    Time in which a busy machine does something else does not count. Only the main thread of a
    process can be interrupted, which is where slots work; in another thread there is no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(seconds)

    earlier_handler = signal.signal(signal.SIGPROF, interrupt)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, earlier_handler)

"""What the slot tests send into a slot."""

import faulthandler
import os
import signal
from pathlib import Path

from worker.slots.child import report_waiting


def nothing() -> None:
    """Warm nothing up."""


def need_file(file: Path) -> None:
    """Warm up, but only where there is a file."""
    if not file.exists():
        raise RuntimeError(f"{file.name} is missing")


def need_to_be_first(file: Path) -> None:
    """Warm up, but only once."""
    file.touch(exist_ok=False)


def exit_early() -> None:
    os._exit(3)


def add(left: int, right: int) -> int:
    return left + right


def fail() -> None:
    raise ValueError("failed on purpose")


def kill_self(number: int) -> None:
    os.kill(os.getpid(), number)


def wait_forever() -> None:
    signal.pause()


def wait_for_file(file: Path, reason: str) -> None:
    report_waiting(reason)
    while not file.exists():
        os.sched_yield()
    report_waiting("")


def crash() -> None:
    faulthandler._sigsegv()


def eat_memory(megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def touch_and_wait_forever(file: Path) -> None:
    file.touch()
    while True:
        signal.pause()

"""What the slot tests send into a slot."""

import os
import signal


def nothing() -> None:
    """Warm nothing up."""


def add(left: int, right: int) -> int:
    return left + right


def fail() -> None:
    raise ValueError("failed on purpose")


def kill_self(number: int) -> None:
    os.kill(os.getpid(), number)


def wait_forever() -> None:
    signal.pause()

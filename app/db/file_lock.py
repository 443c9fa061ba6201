"""A lock that one process at a time holds. It ends with that process, however it ends."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path

POLL_SECONDS = 0.02
READABLE_BY_ALL = 0o644  # an empty file: another user's process must see whether it is locked


@contextmanager
def hold_lock(file: Path, max_seconds: float) -> Iterator[None]:
    """Hold the lock of this file, which exists for as long.

    Raises TimeoutError when another process has held it for `max_seconds`.
    """
    descriptor = _wait_for_lock(file, max_seconds)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)  # before others can have the lock: else it could be theirs
        os.close(descriptor)


def is_locked(file: Path) -> bool:
    """Whether a living process holds the lock of this file."""
    try:
        descriptor = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        flock(descriptor, LOCK_SH | LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(descriptor)


def _wait_for_lock(file: Path, max_seconds: float) -> int:
    """Returns the open file whose lock this process holds."""
    deadline = time.monotonic() + max_seconds
    while True:
        descriptor = _try_to_lock(file)
        if descriptor is not None:
            return descriptor
        if time.monotonic() >= deadline:
            raise TimeoutError(f"another process holds {file}")
        time.sleep(POLL_SECONDS)


def _try_to_lock(file: Path) -> int | None:
    """The open file if it could be locked and is still the one under its name."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CREAT, READABLE_BY_ALL)
    try:
        flock(descriptor, LOCK_EX | LOCK_NB)
        if os.path.samestat(os.fstat(descriptor), os.stat(file)):
            return descriptor
    except (BlockingIOError, FileNotFoundError):  # held, or removed by whoever held it
        pass
    os.close(descriptor)
    return None

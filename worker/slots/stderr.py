"""Standard error, silenced."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing on standard error, not even from C++: TensorFlow logs lines nobody can act on."""
    saved_stderr = os.dup(STDERR)
    null_device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null_device, STDERR)
    try:
        yield
    finally:
        os.dup2(saved_stderr, STDERR)
        os.close(saved_stderr)
        os.close(null_device)

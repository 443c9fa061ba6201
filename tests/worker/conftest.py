"""What tests of the worker have in common."""

import pytest

from worker.engines.native.precompile import compile_apart


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Compile nothing in a process that compares numbers; of several such processes one waits for the other."""
    compile_apart()

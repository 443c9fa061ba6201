"""What tests of the worker have in common."""

import pytest

from worker.engines.native.precompile import compile_once


@pytest.fixture(scope="session", autouse=True)
def native_code() -> None:
    """Compile native code before any test compares numbers, in one process for all of them."""
    compile_once()

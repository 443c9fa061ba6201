"""What tests of the worker have in common."""

from collections.abc import Iterator

import pytest

from tests.warm_python import WarmPython
from worker.bundles import bundle
from worker.engines.native.precompile import compile_once


@pytest.fixture(scope="session", autouse=True)
def native_code() -> None:
    """Compile native code before any test compares numbers, in one process for all of them."""
    compile_once()


@pytest.fixture(scope="session")
def loaded_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WarmPython]:
    """A Python outside this process that has loaded Keras, for all tests that ask for one."""
    with WarmPython(tmp_path_factory.mktemp("warm")) as python:
        yield python


@pytest.fixture
def warm_python(loaded_python: WarmPython, monkeypatch: pytest.MonkeyPatch) -> WarmPython:
    """Runs bundles, and is what checks them before they are handed over."""
    monkeypatch.setattr(bundle, "subprocess", loaded_python)
    return loaded_python

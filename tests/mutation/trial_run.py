"""Runs tests on a module with a fault, in a process of its own that ends with them."""

import gc
import os
import resource
import signal
import sys
import time
import traceback
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from tests.mutation.modules import ROOT

POLL_SECONDS = 0.05
FAILED = 1  # pytest's exit codes
BROKEN = (2, 3, 4)  # the module cannot be imported
UNABLE = 99  # pytest could not be run at all
SECONDS_TO_START = 30.0  # of CPU, beside the tests themselves
MAX_FACTOR = 5.0  # how much longer than without a fault tests may take
WALL_CLOCK_FACTOR = 20.0  # a machine may be busy


@dataclass(frozen=True)
class TrialRun:
    """How the tests ended. `noticed`: with a failure, or not within their time."""

    noticed: bool
    cpu_seconds: float
    output: str


def run_tests(
    tests: list[str], path: str = "", code: CodeType | None = None, cpu_limit: float = 300.0
) -> TrialRun:
    """Run tests until one fails, in a copy of this process; `code` takes the place of `path`.

    The copy has not imported our code yet, but the libraries: see `load_libraries`.
    """
    output = Path(os.environ.get("TMPDIR", "/tmp")) / f"mutant-{os.getpid()}.txt"
    cpu_before = _cpu_seconds_of_children()
    gc.freeze()
    child = os.fork()
    if child == 0:
        _run_in_child(tests, path, code, cpu_limit, output)
    status = _wait(child, WALL_CLOCK_FACTOR * cpu_limit)
    text = output.read_text(errors="replace")
    exit_code = os.waitstatus_to_exitcode(status)
    if exit_code not in (0, FAILED, *BROKEN) and exit_code >= 0:
        raise RuntimeError(f"pytest ended with {exit_code}: {text[-2000:]}")
    seconds = _cpu_seconds_of_children() - cpu_before
    return TrialRun(exit_code != 0, seconds, text)


def load_libraries() -> None:
    """Import what tests need beside our code, once for all runs."""
    import fastapi.testclient  # noqa: F401
    import hypothesis  # noqa: F401
    import numba  # noqa: F401
    import pandas  # noqa: F401
    import plotly  # noqa: F401
    import scipy.stats  # noqa: F401
    import sqlalchemy.orm  # noqa: F401


def cpu_limit_for(seconds: float) -> float:
    """What tests may take with a fault that take so many seconds without."""
    return SECONDS_TO_START + MAX_FACTOR * seconds


def _run_in_child(
    tests: list[str], path: str, code: CodeType | None, cpu_limit: float, output: Path
) -> None:
    try:
        os.setpgid(0, 0)
        seconds = int(cpu_limit) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        with output.open("wb") as file:
            os.dup2(file.fileno(), sys.stdout.fileno())
            os.dup2(file.fileno(), sys.stderr.fileno())
        if code is not None:
            _replace_code(str(ROOT / path), code)
        import pytest

        options = [
            "-x",
            "-q",
            "-W",
            "ignore:Module already imported",
            "-p",
            "no:cacheprovider",
            "-n",
            "0",
            "-m",
            "not slow",
        ]
        os.chdir(ROOT)
        exit_code = int(pytest.main([*options, *tests]))
    except BaseException:
        traceback.print_exc()
        exit_code = UNABLE
    sys.stdout.flush()
    os._exit(exit_code)


def _replace_code(path: str, code: CodeType) -> None:
    """Whoever imports the module of this file gets this code."""
    get_code = SourceFileLoader.get_code

    def get_mutated_code(loader: SourceFileLoader, name: str) -> CodeType | None:
        if loader.path == path:
            return code
        return get_code(loader, name)

    SourceFileLoader.get_code = get_mutated_code  # type: ignore[method-assign]


def _wait(child: int, seconds: float) -> int:
    """The status of a child that has ended, or was killed with all it has started."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status
        time.sleep(POLL_SECONDS)
    os.killpg(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status


def _cpu_seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime

"""Processes: what the server and the worker are given, and what each does to itself."""

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from app.config import Settings

PR_SET_PDEATHSIG = 1  # from Linux's prctl.h
M_ARENA_MAX = -8  # from glibc's malloc.h
AUTOGROUP = Path("/proc/self/autogroup")
TOKEN_VARIABLE = "FORETUNE_TOKEN"
TRIM_SECONDS = 60.0


def settings_environment(settings: Settings) -> Mapping[str, str]:
    """The FORETUNE_* variables that give another process the same settings."""
    variables = {}
    values = settings.model_dump()
    for name, value in values.items():
        if isinstance(value, list):
            value = ",".join(value)
        variable = f"FORETUNE_{name.upper()}"
        variables[variable] = str(value)
    return variables


def server_environment(settings: Settings) -> dict[str, str]:
    """All variables for a server with these settings."""
    return os.environ | settings_environment(settings)


def worker_environment(settings: Settings) -> dict[str, str]:
    """All variables for a worker with these settings: without the access token.

    A worker lets nobody in, and the code of custom models can read its variables.
    """
    return _without_token(server_environment(settings))


def run_without_token() -> None:
    """Start this program once more without the access token, if it has one in its environment.

    To delete the variable is not enough: /proc shows the variables a process was started with.
    """
    environment = _without_token(os.environ)
    if environment == os.environ:
        return
    # Python finds its virtual environment by argv[0], so that must be the whole path.
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, command, environment)


def _without_token(environment: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in environment.items():
        if name.upper() != TOKEN_VARIABLE:  # settings may be written in small letters
            kept[name] = value
    return kept


def use_one_heap() -> None:
    """Let all threads share one heap of glibc's; call it before they start.

    With a heap for each thread, a server of many threads grows for hours although it holds nothing:
    measured 1.9 kB a response, and none with one heap.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


def trim_heap_regularly() -> None:
    """Give memory that is free inside of the heap back to the system, once a minute, in a thread.

    glibc gives back only what is free at the heap's end. So a server keeps what it needed when most
    pages were open at once, and grew by 0.3 MB a minute for hours (measured).
    """
    if sys.platform != "linux":
        return
    malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if malloc_trim is None:
        return

    def trim_forever() -> None:
        while True:
            time.sleep(TRIM_SECONDS)
            malloc_trim(0)

    thread = threading.Thread(target=trim_forever, name="trim", daemon=True)
    thread.start()


def freeze_loaded_objects() -> None:
    """Exempt all present objects from garbage collection; call it when everything is loaded.

    A full collection visits every object while no other thread runs, and no page is answered. Over
    the 140,000 objects of a loaded server it takes 50 ms, and 100 to 180 ms (measured) while
    training takes its share of the processors.
    Not for slots: theirs grew by 24 MB in 200 trials with it, and not at all without.
    """
    gc.collect()
    gc.freeze()


def stop_on_signals() -> None:
    """Let SIGTERM end this process as Ctrl-C does, even when a shell started it in the background.

    Such a shell lets its children ignore SIGINT, and Python does not change that.
    """
    end_process = signal.default_int_handler
    signal.signal(signal.SIGINT, end_process)
    signal.signal(signal.SIGTERM, end_process)


def lower_priority(niceness: int) -> None:
    """Let other processes go first: before this one, and before its session if it leads one.

    Many Linux systems divide the processors between sessions first (autogroup, see sched(7)), and
    look at niceness only within one. A worker in a session of its own would get as much as the
    server, however nice it is. The session gets the niceness of the worker, not of its slots: at
    15, theirs, it would starve beside any other program that computes.
    """
    os.nice(niceness)
    leads_session = os.getsid(0) == os.getpid()
    if leads_session:
        with suppress(OSError):  # a system without autogroups, or without the permission
            AUTOGROUP.write_text(str(niceness))


def end_with_parent(signal_to_send: signal.Signals = signal.SIGTERM) -> None:
    """Let Linux signal this process when its parent is gone, even by kill -9; for `preexec_fn`."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal_to_send)

"""Native code is compiled by a process of its own, once on a machine; those that train load it.

A process that compiles runs other copies of the small functions than one that loads them: each copy
is optimised for its caller, and sums are reordered there. The same training would differ in the
eighth digit between the first start of a worker and all later ones, and between two slots that
compile side by side.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

SOURCES = Path(__file__).parent
CACHE = SOURCES / "__pycache__"  # where Numba keeps compiled code, if it may
ROOT = SOURCES.parents[2]


def compile_once() -> None:
    """Compile all native code unless it is compiled already; one process at a time does it.

    Where compiled code cannot be kept, this does nothing.
    """
    stamp = CACHE / f"compiled-{_fingerprint()}"
    if stamp.exists() or not _can_write_cache():
        return
    with (CACHE / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists():
            return  # another process compiled while this one waited
        _clear_cache()
        if _compile():
            stamp.touch()


def _can_write_cache() -> bool:
    """Whether compiled code can be kept. Makes the folder, which Python does not do under -B."""
    with suppress(OSError):
        CACHE.mkdir(exist_ok=True)
    return os.access(CACHE, os.W_OK)


def _clear_cache() -> None:
    """Remove what other sources were compiled to.

    Numba itself would keep a function whose callees have changed.
    """
    for pattern in ("compiled-*", "*.nbi", "*.nbc"):
        for path in CACHE.glob(pattern):
            path.unlink()


def _compile() -> bool:
    """Compile in another process; whether it succeeded.

    An error is not reported: it occurs again, and is seen, in the process that trains.
    """
    python_path = os.pathsep.join([str(ROOT), *sys.path])
    process = subprocess.run(
        [sys.executable, "-m", "worker.engines.native"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": python_path},
        capture_output=True,
        check=False,
    )
    return process.returncode == 0


def _fingerprint() -> str:
    """A hash of what decides whether compiled code is valid: sources, Numba, Python, processor."""
    versions = f"{version('numba')} {version('llvmlite')} {sys.version} {_processor_features()}"
    fingerprint = hashlib.sha256(versions.encode())
    for source in sorted(SOURCES.glob("*.py")):
        status = source.stat()
        fingerprint.update(f"{source.name} {status.st_mtime_ns} {status.st_size}".encode())
    return fingerprint.hexdigest()[:16]


def _processor_features() -> str:
    """The instruction sets of the first processor, where the system lists them."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    for line in lines:
        if line.startswith(("flags", "Features")):
            return line
    return ""

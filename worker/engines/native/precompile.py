"""Native code is compiled by a process of its own, once for each machine, and only ever loaded by those that train.

A process that compiles runs other copies of the small functions than one that loads what was kept: each copy is
optimised for the place it is called from, and sums are reordered there. The same training would differ in the eighth
digit between the first start of a worker and all later ones, and between two slots that compile side by side.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
KEPT = HERE / "__pycache__"  # where Numba keeps what it compiled, if it may
ROOT = HERE.parents[2]


def compile_apart() -> None:
    """Have everything compiled that was not yet, one process at a time. Where nothing can be kept, do nothing."""
    stamp = KEPT / f"compiled-{_fingerprint()}"
    if stamp.exists() or not _can_keep():
        return
    with (KEPT / "compiling").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not stamp.exists():
            _forget()
            if _compile():
                stamp.touch()


def _can_keep() -> bool:
    """Whether Numba may write there; the folder is made as it would make it, where Python keeps nothing (-B)."""
    with suppress(OSError):
        KEPT.mkdir(exist_ok=True)
    return os.access(KEPT, os.W_OK)


def _forget() -> None:
    """Remove what was compiled from other sources: Numba would keep the copies of a small function that has changed."""
    for pattern in ("compiled-*", "*.nbi", "*.nbc"):
        for earlier in KEPT.glob(pattern):
            earlier.unlink()


def _compile() -> bool:
    """What goes wrong here goes wrong again, and is seen, in the process that trains."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
    command = [sys.executable, "-m", "worker.engines.native"]
    return (
        subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, check=False
        ).returncode
        == 0
    )


def _fingerprint() -> str:
    """Of all that decides whether what was compiled is still good: sources, Numba, Python, processor."""
    found = hashlib.sha256(
        f"{version('numba')} {version('llvmlite')} {sys.version} {_processor()}".encode()
    )
    for source in sorted(HERE.glob("*.py")):
        facts = source.stat()
        found.update(f"{source.name} {facts.st_mtime_ns} {facts.st_size}".encode())
    return found.hexdigest()[:16]


def _processor() -> str:
    """What the first processor can do, where the system says so."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return ""
    return next((line for line in lines if line.startswith(("flags", "Features"))), "")

"""Memory of a process on Linux: how much it holds or may hold, and the kernel's kills for it."""

import os
import resource
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1_000_000
OOM_SCORE_OF_CHILDREN = 500  # of 1000: the kernel ends them before the worker or the server
OOM_COUNTER_FILES = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))


def resident_bytes(pid: int) -> int:
    """Bytes of memory a process holds; 0 when the process is gone."""
    try:
        return _read_pages(pid, 1) * PAGE_BYTES
    except (OSError, IndexError):
        return 0


def count_oom_kills() -> int:
    """How many processes the kernel ended because memory ran out, as far as it says so."""
    return sum(_read_oom_kills(path) for path in OOM_COUNTER_FILES)


def limit(more_bytes: int) -> None:
    """Let this process allocate so many bytes more than it holds now, if it may have as many.

    Allocations beyond the limit raise MemoryError. Raises OSError or ValueError where a system
    knows no such limit.
    """
    data_bytes = _read_pages(os.getpid(), 5) * PAGE_BYTES
    _, hard_limit = resource.getrlimit(resource.RLIMIT_DATA)
    soft_limit = data_bytes + more_bytes
    if hard_limit != resource.RLIM_INFINITY:
        soft_limit = min(soft_limit, hard_limit)
    resource.setrlimit(resource.RLIMIT_DATA, (soft_limit, hard_limit))


def prefer_for_oom_kill() -> None:
    """Ask the kernel to end this process before others when memory runs out."""
    try:
        Path("/proc/self/oom_score_adj").write_text(str(OOM_SCORE_OF_CHILDREN))
    except OSError:  # not permitted here, so the kernel decides on its own
        return


def _read_pages(pid: int, column: int) -> int:
    """One column of /proc/<pid>/statm (proc(5)): 1 is resident memory, 5 is data and stack."""
    statm = Path(f"/proc/{pid}/statm").read_text()
    return int(statm.split()[column])


def _read_oom_kills(path: Path) -> int:
    """The sum of the `oom_kill` counters in a file of names and numbers."""
    try:
        text = path.read_text()
    except OSError:
        return 0
    kills = 0
    for line in text.splitlines():
        match line.split():
            case ["oom_kill", count]:
                kills += int(count)
    return kills

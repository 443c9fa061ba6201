"""The memory of a process on Linux: how much it has, how much it may have, and whether the kernel ended some."""

import os
import resource
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")
MEGABYTE = 1_000_000
PREFERRED = 500  # of 1000: the kernel ends slots first, not the worker or the server
KERNEL_COUNTERS = (Path("/proc/vmstat"), Path("/sys/fs/cgroup/memory.events"))


def resident(pid: int) -> int:
    """Bytes a process holds in memory; 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except (OSError, IndexError):
        return 0


def kills_by_the_kernel() -> int:
    """How many processes the kernel has ended for want of memory, as far as it says so."""
    return sum(_oom_kills(path) for path in KERNEL_COUNTERS)


def limit(megabytes: int) -> None:
    """Let this process hold so many megabytes more than it does now; beyond, allocations fail. 0: no limit."""
    if megabytes:
        held = int(Path("/proc/self/statm").read_text().split()[5]) * PAGE
        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (held + megabytes * MEGABYTE, hard))


def go_first() -> None:
    """Ask the kernel to end this process before others when the machine runs out of memory."""
    try:
        Path("/proc/self/oom_score_adj").write_text(str(PREFERRED))
    except OSError:  # not permitted here: then the kernel chooses as it likes
        return


def _oom_kills(path: Path) -> int:
    try:
        rows = [line.split() for line in path.read_text().splitlines()]
    except OSError:
        return 0
    return sum(int(row[1]) for row in rows if len(row) == 2 and row[0] == "oom_kill")

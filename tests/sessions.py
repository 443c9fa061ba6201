"""Whether this kernel divides its processors between sessions first (autogroup, see sched(7))."""

from pathlib import Path

import pytest

SWITCH = Path("/proc/sys/kernel/sched_autogroup_enabled")

shared_between_sessions = pytest.mark.skipif(
    not SWITCH.exists() or SWITCH.read_text().strip() != "1",
    reason="this kernel does not divide its processors between sessions",
)

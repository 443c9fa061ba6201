"""A clock for whole processes, databases included, that is wrong or jumps.

SQLite asks the clock of the process it runs in, PostgreSQL that of its server.
"""

import shutil
import struct
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
NO_COMPILER = "there is no C compiler here (Debian: apt-get install gcc libc6-dev)"
NANOSECONDS = 1_000_000_000


def find_compiler() -> str | None:
    """The C compiler of this machine, if it has one."""
    return shutil.which("cc") or shutil.which("gcc")


class FakeClock:
    """The clock of every process with this `environment`: right, until it is set wrong.

    Monotonic clocks, which measure how long something takes, go on as they are.
    """

    def __init__(self, folder: Path, seconds: float = 0.0) -> None:
        self._file = folder / "clock"
        self._library = folder / "fake_clock.so"
        compiler = find_compiler()
        assert compiler is not None, NO_COMPILER
        if not self._library.exists():
            command = [compiler, "-O2", "-shared", "-fPIC", SOURCE, "-o", self._library]
            subprocess.run(command, check=True)
        self._file.touch()
        self.set(seconds)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that put a process, and its children, on this clock."""
        return {"LD_PRELOAD": str(self._library), "FORETUNE_FAKE_CLOCK": str(self._file)}

    def set(self, seconds: float) -> None:
        """Let it be so many seconds ahead of the right time, or behind it, from now on."""
        shift = struct.pack("=q", int(seconds * NANOSECONDS))
        with self._file.open("r+b") as file:
            file.write(shift)

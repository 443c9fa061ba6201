"""`python -m tests.benchmarks.leaking up`: the product, but its server leaks LEAK_MB_A_MINUTE.

A soak test that does not notice it proves nothing.
"""

import os
import sys
import threading
import time

from app.__main__ import main
from app.commands import running
from app.config import Settings
from app.processes import server_environment, worker_environment
from app.supervision import Processes

LEAK_VARIABLE = "LEAK_MB_A_MINUTE"
LEAKS_A_MINUTE = 60


def start_server_and_worker(processes: Processes, settings: Settings) -> None:
    """As the product does, but with the server of this module."""
    server = ["tests.benchmarks.leaking", "serve"]
    processes.start("server", server, server_environment(settings))
    processes.start("worker", ["worker"], worker_environment(settings))


def leak_forever() -> None:
    """Keep a little more memory every second."""
    megabytes = float(os.environ[LEAK_VARIABLE])
    size = int(megabytes * 1e6 / LEAKS_A_MINUTE)
    hoard = []
    while True:
        hoard.append(os.urandom(size))
        time.sleep(60 / LEAKS_A_MINUTE)


if __name__ == "__main__":
    running.start_server_and_worker = start_server_and_worker
    if "serve" in sys.argv:
        threading.Thread(target=leak_forever, daemon=True).start()
    main()

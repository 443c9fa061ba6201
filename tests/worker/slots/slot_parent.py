"""A worker to be killed: prints the process id of its slot and waits."""

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from tests.worker.slots.slot_functions import nothing
from worker.slots.pool import SlotPool

if __name__ == "__main__":
    pool = SlotPool(1, runs_per_slot=5, warm_up=nothing)
    print(pool.submit(os.getpid).result(), flush=True)
    signal.pause()

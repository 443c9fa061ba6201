"""`python -m worker`: train what the queue holds until told to stop."""

import os
import signal
import sys
from contextlib import suppress

# strategies ask with small matrices: more threads only take cores from the slots
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import UpgradeError, bring_up_to_date, place
from app.processes import give_way, keep_what_is_loaded, use_one_heap
from worker.loop import Loop
from worker.runs.tasks import warm_up
from worker.slots.pool import SlotPool

NICENESS = 5  # pages stay quick while every core trains


def say(message: str) -> None:
    """One line for whoever watches the terminal."""
    with suppress(OSError):  # it may go to a file on a disk that is full
        print(f"worker: {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Start the slots and the loop; Ctrl-C and SIGTERM end both and put running trials back to queued."""
    use_one_heap()
    settings = Settings()
    try:
        changed = bring_up_to_date(settings)
    except UpgradeError as error:
        say(str(error))
        sys.exit(1)
    if changed:
        say(changed)
    give_way(NICENESS)
    pool = SlotPool(settings.slot_count, settings.trials_per_slot, warm_up, settings.slot_memory_mb)
    loop = Loop(settings, Database(settings.url), pool, say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: loop.stopping.set())
    keep_what_is_loaded()
    say(f"ready with {settings.slot_count} slots on {place(settings.url)}")
    loop.run()
    say("stopped")


if __name__ == "__main__":
    main()

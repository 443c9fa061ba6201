"""`python -m worker`: train what the queue holds until told to stop."""

import os
import sys
from contextlib import suppress

# Strategies work on small matrices: more threads would only take cores from the slots.
os.environ |= {"TF_CPP_MIN_LOG_LEVEL": "3", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import UpgradeError, describe_location, upgrade_database
from app.domain.texts import shorten
from app.processes import (
    freeze_loaded_objects,
    lower_priority,
    run_without_token,
    use_one_heap,
)
from worker.gpus import one_slot_a_gpu
from worker.loop import Loop
from worker.runs.tasks import warm_up
from worker.slots.pool import SlotPool
from worker.stopping import stop_on_signals

WORKER_NICENESS = 5  # pages stay quick while every core trains


def say(message: str) -> None:
    """One line for whoever watches the terminal."""
    with suppress(OSError):  # standard error may be a file on a full disk
        print(f"worker: {shorten(message)}", file=sys.stderr, flush=True)


def main() -> None:
    """Start the slots and the loop.

    Ctrl-C and SIGTERM end both; trials that run are then queued again.
    """
    run_without_token()
    use_one_heap()
    settings = Settings()
    _upgrade_database(settings)
    lower_priority(WORKER_NICENESS)
    slots = one_slot_a_gpu(settings.slots, say)
    settings = settings.model_copy(update={"slots": slots})
    pool = SlotPool(settings.slot_count, settings.trials_per_slot, warm_up, settings.slot_memory_mb)
    loop = Loop(settings, Database(settings.url), pool, say)
    stop_on_signals(loop.stopping, say)
    freeze_loaded_objects()
    say(f"ready with {settings.slot_count} slots on {describe_location(settings.url)}")
    loop.run()
    say("stopped")


def _upgrade_database(settings: Settings) -> None:
    try:
        summary = upgrade_database(settings)
    except UpgradeError as error:
        say(str(error))
        sys.exit(1)
    if summary:
        say(summary)


if __name__ == "__main__":
    main()

"""Faults inside slots: networks of certain sizes misbehave, and checkpoints are taken often."""

import faulthandler
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, event

from tests.clock import set_clock_off
from worker.runs import tasks

CHECKPOINT_SECONDS = 0.3
FAULTY_EPOCH = 2

# Numbers of units, and what a network of that size does.
RAISES = 11
NOT_A_NUMBER = 12
HUNGRY = 13
CRASHES = 14
HANGS = 15
TOO_LARGE = 16

LARGE_MODEL_BYTES = 3_000_000
HOARD_BLOCKS = 100
HOARD_BLOCK_BYTES = 20_000_000


def shift_clock() -> None:
    """Set the clock of this process off by FORETUNE_CLOCK_OFFSET seconds."""
    set_clock_off(float(os.environ.get("FORETUNE_CLOCK_OFFSET", "0")))


def break_database() -> None:
    """While the file FORETUNE_SWITCH exists, run the pragma in it on every connection.

    The pragma makes SQLite itself refuse every write of this process.
    """
    switch = os.environ.get("FORETUNE_SWITCH")
    if switch:
        event.listen(
            Engine, "checkout", lambda connection, *_: run_pragma(connection, Path(switch))
        )


def run_pragma(connection, switch: Path) -> None:
    for default in ("query_only=OFF", "max_page_count=1073741823"):
        connection.execute(f"PRAGMA {default}")
    if switch.exists():
        connection.execute(f"PRAGMA {switch.read_text()}")


def warm_up() -> None:
    """Load the engine as usual, then break it. Runs in the slot."""
    tasks.warm_up()
    shift_clock()
    break_database()
    from worker import training
    from worker.runs import epoch_loop, runner

    class BrokenTraining(training.Training):
        """A training that misbehaves in its second epoch if its network has a faulty size."""

        def __init__(self, config, data, seed) -> None:
            super().__init__(config, data, seed)
            self.units = config.recurrent_layers[0].units

        def run_epoch(self):
            result = super().run_epoch()
            if result.number == FAULTY_EPOCH and self.units in FAULTS:
                return FAULTS[self.units](result)
            return result

        def pack_model(self, weights):
            if self.units == TOO_LARGE:
                return bytes(LARGE_MODEL_BYTES)
            return super().pack_model(weights)

    runner.Training = BrokenTraining
    epoch_loop.CHECKPOINT_SECONDS = CHECKPOINT_SECONDS


def raises(_result):
    raise ValueError("raised on purpose")


def not_a_number(result):
    return replace(result, train_loss=float("nan"))


def hungry(result):
    hoard = []
    while len(hoard) < HOARD_BLOCKS:
        hoard.append(bytearray(b"x" * HOARD_BLOCK_BYTES))
    return result


def crashes(_result):
    faulthandler._sigsegv()


def hangs(_result):
    while True:
        time.sleep(60)


FAULTS: dict[int, Callable] = {
    RAISES: raises,
    NOT_A_NUMBER: not_a_number,
    HUNGRY: hungry,
    CRASHES: crashes,
    HANGS: hangs,
}

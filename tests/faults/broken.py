"""What a test breaks inside slots: networks with a certain number of units misbehave, and checkpoints come often."""

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
RAISES, NOT_A_NUMBER, HUNGRY, CRASHES, HANGS, TOO_LARGE = 11, 12, 13, 14, 15, 16


def shift_clock() -> None:
    """Set the clock of this process off by as many seconds as the test says."""
    set_clock_off(float(os.environ.get("FORETUNE_CLOCK_OFFSET", "0")))


def break_database() -> None:
    """Let SQLite itself refuse every write of this process while a file names the pragma that makes it do so."""
    switch = os.environ.get("FORETUNE_SWITCH")
    if switch:
        event.listen(Engine, "checkout", lambda connection, *_: obey(connection, Path(switch)))


def obey(connection, switch: Path) -> None:
    for pragma in ("query_only=OFF", "max_page_count=1073741823"):
        connection.execute(f"PRAGMA {pragma}")
    if switch.exists():
        connection.execute(f"PRAGMA {switch.read_text()}")


def warm_up() -> None:
    """Load the engine as ever, then break it. Runs in the slot."""
    tasks.warm_up()
    shift_clock()
    break_database()
    from worker import training
    from worker.runs import epoch_loop, runner

    class Broken(training.Training):
        """A training that does harm in its second epoch, if its network is of a harmful size."""

        def __init__(self, config, prepared, seed) -> None:
            super().__init__(config, prepared, seed)
            self.units = config.recurrent_layers[0].units

        def run_epoch(self):
            result = super().run_epoch()
            return (
                FAULTS.get(self.units, lambda found: found)(result)
                if result.number == 2
                else result
            )

        def pack_model(self, weights):
            return bytes(3_000_000) if self.units == TOO_LARGE else super().pack_model(weights)

    runner.Training = Broken
    epoch_loop.CHECKPOINT_SECONDS = CHECKPOINT_SECONDS


def raises(_result):
    raise ValueError("raised on purpose")


def not_a_number(result):
    return replace(result, train_loss=float("nan"))


def hungry(result):
    hoard = []
    while len(hoard) < 100:
        hoard.append(bytearray(b"x" * 20_000_000))
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

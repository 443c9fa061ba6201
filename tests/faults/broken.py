"""Faults inside slots: networks of certain sizes misbehave, and checkpoints are taken often."""

import faulthandler
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, event

from app.domain.runs import Claim
from tests.faults.mutants import MUTANTS_IN_SLOTS, mutate
from tests.faults.witness import write_epoch
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


def break_database() -> None:
    """While the file FORETUNE_SWITCH exists, run the pragma in it on every connection.

    The pragma makes SQLite itself refuse every write of this process.
    """
    switch = os.environ.get("FORETUNE_SWITCH")
    if switch:
        event.listen(
            Engine, "checkout", lambda connection, *_: run_pragma(connection, Path(switch))
        )


def restore_priority() -> None:
    """Let a slot have its share of a machine that is busy with other tests; root alone may."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, 0)


def run_pragma(connection, switch: Path) -> None:
    for default in ("query_only=OFF", "max_page_count=1073741823"):
        connection.execute(f"PRAGMA {default}")
    if switch.exists():
        connection.execute(f"PRAGMA {switch.read_text()}")


def warm_up() -> None:
    """Load the engine as usual, then break it, and let it write to a witness file.

    Runs in the slot.
    """
    tasks.warm_up()
    restore_priority()
    break_database()
    mutate(MUTANTS_IN_SLOTS)
    from worker import training
    from worker.runs import epoch_loop, runner

    real_run = runner.run
    current_claim: list[Claim] = []

    def run(url: str, claim: Claim, data: Path, output_limit_mb: int) -> None:
        current_claim[:] = [claim]
        real_run(url, claim, data, output_limit_mb)

    class BrokenTraining(training.Training):
        """A training that misbehaves in its second epoch if its network has a faulty size."""

        def __init__(self, config, data, seed) -> None:
            super().__init__(config, data, seed)
            self.units = config.recurrent_layers[0].units

        def run_epoch(self):
            result = super().run_epoch()
            witness_epoch(current_claim[0], result)
            if result.number == FAULTY_EPOCH and self.units in FAULTS:
                return FAULTS[self.units](result)
            return result

        def pack_model(self, weights):
            if self.units == TOO_LARGE:
                return bytes(LARGE_MODEL_BYTES)
            return super().pack_model(weights)

    runner.run = run
    runner.Training = BrokenTraining
    epoch_loop.CHECKPOINT_SECONDS = CHECKPOINT_SECONDS


def witness_epoch(claim: Claim, result) -> None:
    """Write to the file FORETUNE_WITNESS, if it is named, that an epoch has been trained."""
    path = os.environ.get("FORETUNE_WITNESS")
    if path:
        write_epoch(path, claim.training_id, claim.token, result.number, result.seconds)


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

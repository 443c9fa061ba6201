"""A worker that wakes up after its lease writes nothing."""

import signal
import time
from contextlib import closing

import psutil
import pytest
from sqlalchemy import select

from app.db.driver import sqlite3
from app.db.models import Epoch, Experiment, LogLine, Trial, Worker
from app.domain.terms import ExperimentState, TrialState
from tests import factories
from tests.faults.processes import Process, end_afterwards, registered_name, wait_until

pytestmark = pytest.mark.slow
SHORT_LEASE = {"slots": 1, "lease_seconds": 2.0, "heartbeat_seconds": 0.4}
SPACE = {**factories.TINY, "units_1": 24, "epochs": 300, "patience": 0}


def test_a_worker_frozen_in_an_epoch_wakes_up_when_another_has_finished_and_writes_nothing(
    settings, database
):
    with database.write() as session:
        factories.dataset(session, rows=800)
        factories.experiment(session, max_trials=1, space=SPACE)
    frozen = Process("tests.faults.worker", settings, **SHORT_LEASE)
    processes = [frozen]
    with end_afterwards(processes):
        wait_until(lambda: has_trained(database, epochs=20), "an epoch")
        freeze_between_writes(database, frozen)
        assert only_trial(database).state == TrialState.RUNNING
        assert only_trial(database).worker_id == registered_name(database, frozen)
        other = Process("tests.faults.worker", settings, **SHORT_LEASE)
        processes.append(other)
        wait_until(
            lambda: only_trial(database).state == TrialState.COMPLETED,
            "the end of the trial, by the other",
        )
        freeze_between_writes(database, other)  # from now on only the first one can write
        assert only_trial(database).worker_id == registered_name(database, other)
        rows_before = read_rows(database)
        seen_before = last_seen(database, frozen)

        frozen.send_all(signal.SIGCONT)

        wait_until(
            lambda: last_seen(database, frozen) > seen_before, "a heartbeat of the woken worker"
        )
        wait_until(lambda: is_idle(database, frozen), "the slot of the woken worker to be idle")
        assert read_rows(database) == rows_before
    with database.read() as session:
        messages = session.scalars(select(LogLine.message)).all()
        assert "The worker fell silent: back in the queue" in messages
        assert session.query(Epoch).count() == 300
        assert session.query(Experiment).one().state == ExperimentState.COMPLETED


def only_trial(database) -> Trial | None:
    with database.read() as session:
        return session.query(Trial).first()


def has_trained(database, epochs: int) -> bool:
    """Whether the trial exists and has trained more than `epochs` epochs."""
    trial = only_trial(database)
    return trial is not None and trial.epochs_trained > epochs


def read_rows(database) -> tuple[object, ...]:
    """All that a run writes, as it is now."""
    with database.read() as session:
        trials = session.execute(select(Trial.__table__)).all()
        epochs = session.execute(select(Epoch.__table__)).all()
        lines = session.execute(select(LogLine.id, LogLine.message)).all()
    return trials, epochs, lines


def freeze_between_writes(database, process: Process) -> None:
    """Send SIGSTOP. If it comes in the middle of a write, wake the process up and try again.

    A process frozen in a write would keep SQLite's write lock while it is frozen.
    """

    def is_frozen_outside_a_write() -> bool:
        process.send_all(signal.SIGSTOP)
        if can_write(database):
            return True
        process.send_all(signal.SIGCONT)
        return False

    wait_until(is_frozen_outside_a_write, "a moment between two writes")


def can_write(database) -> bool:
    """Whether SQLite's write lock is free."""
    file = database.engine.url.database
    with closing(sqlite3.connect(file, timeout=0.3, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def last_seen(database, process: Process):
    with database.read() as session:
        return session.query(Worker.seen_at).filter(Worker.pid == process.pid).scalar()


def is_idle(database, process: Process) -> bool:
    """Whether the slots of a worker use no CPU for half a second: they wait for it."""
    slots = [psutil.Process(pid) for pid in process.slots()]
    before = [cpu_seconds(slot) for slot in slots]
    for _ in range(10):
        last_seen(database, process)
        time.sleep(0.05)
    return [cpu_seconds(slot) for slot in slots] == before


def cpu_seconds(process: psutil.Process) -> float:
    """User and system time of a process."""
    return sum(process.cpu_times()[:2])

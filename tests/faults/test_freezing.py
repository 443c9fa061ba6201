"""A worker that was frozen past its lease and wakes up writes nothing; clocks that jump change nothing."""

import signal
import sqlite3
import time
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import select

from app.db.models import Epoch, Experiment, LogLine, Trial, Worker
from app.domain.terms import ExperimentState, TrialState
from app.queue import workers
from tests import factories
from tests.faults.processes import Process, ended, until, worker_of

pytestmark = pytest.mark.slow
QUICK = {"slots": 1, "lease_seconds": 2.0, "heartbeat_seconds": 0.4}
SPACE = {**factories.TINY, "units_1": 24, "epochs": 300, "patience": 0}


def everything(database) -> tuple[object, ...]:
    """All that runs write, as it is now."""
    with database.read() as session:
        rows = session.execute(select(Trial.__table__)).all()
        epochs = session.execute(select(Epoch.__table__)).all()
        return (rows, epochs, session.execute(select(LogLine.id, LogLine.message)).all())


def test_a_worker_frozen_in_an_epoch_wakes_up_when_another_has_finished_and_writes_nothing(
    settings, database
):
    with database.write() as session:
        factories.dataset(session, rows=800)
        factories.experiment(session, max_trials=1, space=SPACE)
    frozen = Process("tests.faults.worker", settings, **QUICK)
    processes = [frozen]
    with ended(processes):

        def trial() -> Trial | None:
            with database.read() as session:
                return session.query(Trial).first()

        until(lambda: (found := trial()) and found.epochs_trained > 20, "an epoch")
        freeze_between_writes(database, frozen)
        assert trial().state == TrialState.RUNNING
        assert trial().worker_id == worker_of(database, frozen)
        processes.append(other := Process("tests.faults.worker", settings, **QUICK))
        until(lambda: trial().state == TrialState.COMPLETED, "the end of the trial, by the other")
        freeze_between_writes(
            database, other
        )  # so that all that is written from now on is the first one's
        assert trial().worker_id == worker_of(database, other)
        before = everything(database)
        seen = last_seen(database, frozen)
        frozen.send_all(signal.SIGCONT)
        until(lambda: last_seen(database, frozen) > seen, "a beat of the woken worker")
        until(lambda: is_idle(database, frozen), "the slot of the woken worker to be idle")
        assert everything(database) == before
    with database.read() as session:
        messages = session.scalars(select(LogLine.message)).all()
        assert "The worker fell silent: back in the queue" in messages
        assert session.query(Epoch).count() == 300
        assert session.query(Experiment).one().state == ExperimentState.COMPLETED


def test_a_worker_whose_clock_is_an_hour_off_loses_nothing_and_takes_nothing(settings, database):
    with database.write() as session:
        space = {**factories.TINY, "epochs": 600, "units_1": {"choice": [2, 3, 4, 5, 6, 7]}}
        factories.experiment(session, max_trials=6, space=space, time_budget_seconds=1800)
    processes = [
        Process("tests.faults.worker", settings, slots=1),
        Process("tests.faults.worker", settings, slots=1, clock_offset=3600),
        Process("tests.faults.worker", settings, slots=1, clock_offset=-3600),
    ]
    with ended(processes):

        def is_over() -> bool:
            with database.read() as session:
                return session.query(Experiment).one().state not in (
                    ExperimentState.QUEUED,
                    ExperimentState.RUNNING,
                )

        until(is_over, "the end of the search")
        with database.read() as session:
            here = workers.alive(session, 30.0)
            assert {worker.pid for worker in here} == {process.pid for process in processes}
            experiment = session.query(Experiment).one()
            assert (experiment.state, experiment.reason) == (
                ExperimentState.COMPLETED,
                "All 6 trials have ended.",
            )
            trials = session.query(Trial).all()
            assert [(trial.state, trial.attempts, trial.epochs_trained) for trial in trials] == [
                (TrialState.COMPLETED, 1, 600)
            ] * 6
            started = sorted(trial.started_at for trial in trials)
            assert started[-1] - started[0] < timedelta(minutes=50), "a worker's clock was stored"


def freeze_between_writes(database, process: Process) -> None:
    """SIGSTOP it; once more if it stood in the middle of a write, whose lock it would keep as long as it is frozen."""

    def is_frozen_outside_a_write() -> bool:
        process.send_all(signal.SIGSTOP)
        connection = sqlite3.connect(
            database.engine.url.database, timeout=0.3, isolation_level=None
        )
        try:
            connection.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError:
            process.send_all(signal.SIGCONT)
            return False
        finally:
            connection.close()

    until(is_frozen_outside_a_write, "a moment between two writes")


def last_seen(database, process: Process):
    with database.read() as session:
        return session.query(Worker.seen_at).filter(Worker.pid == process.pid).scalar()


def is_idle(database, process: Process) -> bool:
    """Its slot has nothing to do: it waits for its worker, asleep."""
    slots = [psutil.Process(pid) for pid in process.slots()]
    before = [sum(slot.cpu_times()[:2]) for slot in slots]
    for _ in range(10):
        last_seen(database, process)
        time.sleep(0.05)
    return [sum(slot.cpu_times()[:2]) for slot in slots] == before

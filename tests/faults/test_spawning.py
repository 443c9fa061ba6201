"""A worker whose slots cannot be spawned for a while says so, loses nothing and ends when asked."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import psutil
import pytest
from fastapi.testclient import TestClient

from app.db.models import Trial
from app.domain.terms import TrialState
from app.main import create_app
from tests import factories
from tests.faults.processes import Process, end_afterwards, wait_until

pytestmark = pytest.mark.slow
TRIALS = 3
FEW_FILES = 8  # fewer than a worker holds open
SECONDS_TO_END = 20.0  # a worker takes 6 at most, but a busy machine may be slow
TROUBLE = "1 of 1 slots cannot be started: Too many open files. Raise the limit of open files"


@pytest.fixture
def worker(settings, database, tmp_path) -> Iterator[Process]:
    """A worker with one slot, which is replaced after each trial."""
    space = {**factories.TINY, "units_1": {"choice": [2, 3, 4]}}
    with database.write() as session:
        factories.experiment(session, max_trials=TRIALS, strategy="grid", space=space)
    worker = Process("worker", settings, tmp_path, slots=1, trials_per_slot=1)
    with end_afterwards([worker]):
        yield worker


@contextmanager
def few_descriptors(worker: Process) -> Iterator[None]:
    """The worker, and what it starts, can open no further file."""
    soft_limit, hard_limit = resource.prlimit(worker.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (FEW_FILES, hard_limit))
    try:
        yield
    finally:
        if worker.is_running:
            resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, (soft_limit, hard_limit))


def count_completed(database) -> int:
    with database.read() as session:
        return session.query(Trial).filter_by(state=TrialState.COMPLETED).count()


def states(database) -> set[TrialState]:
    with database.read() as session:
        return {trial.state for trial in session.query(Trial)}


def test_a_moment_without_descriptors_while_a_slot_is_replaced_holds_a_worker_up_and_no_more(
    settings, database, worker
):
    client = TestClient(create_app(settings), base_url="http://localhost")
    wait_until(lambda: count_completed(database) >= 1, "a trial")

    with few_descriptors(worker):
        wait_until(lambda: TROUBLE in unescape(client.get("/experiments/1").text), "the banner")
        is_any_running = TrialState.RUNNING in states(database)
        log = worker.read_log()

    assert TROUBLE in log
    assert not is_any_running
    wait_until(lambda: count_completed(database) == TRIALS, f"the end: {worker.read_log()}")
    wait_until(lambda: TROUBLE not in unescape(client.get("/experiments/1").text), "no banner")
    with database.read() as session:
        assert [trial.attempts for trial in session.query(Trial)] == [1] * TRIALS


def test_a_worker_that_cannot_spawn_ends_when_it_is_asked_to(database, worker):
    wait_until(lambda: count_completed(database) >= 1, "a trial")

    with few_descriptors(worker):
        wait_until(lambda: TROUBLE in worker.read_log(), "the message on the terminal")
        psutil.Process(worker.pid).terminate()
        wait_until(lambda: not worker.is_running, "its end", SECONDS_TO_END)

    assert TrialState.RUNNING not in states(database)

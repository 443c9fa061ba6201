"""Clocks that are an hour off, or jump by an hour in the middle of a search, change nothing.

No two clocks are compared: leases are counters. What is compared as a time is the database's, which
is the clock of its server, or with SQLite that of the one machine that may open the file.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.config import Settings
from app.db.engine import Database
from app.db.models import Epoch, Experiment, LogLine, Trial
from app.domain.terms import ExperimentState, TrialState
from app.queue import budget, workers
from app.queue.clock import clock
from app.services import trials
from tests import factories
from tests.faults.fake_clock import NO_COMPILER, FakeClock, find_compiler
from tests.faults.processes import Process, end_afterwards, wait_until
from tests.faults.test_database_server import get_page
from tests.ports import free_port
from tests.postgresql import server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_compiler() is None, reason=NO_COMPILER),
]
HOUR = 3600.0
SOON = 600.0  # seconds: longer than a test takes, far shorter than the clocks are off
TRIALS = 6
EPOCHS = 200
SPACE = {
    **factories.TINY,
    "learning_rate": {"loguniform": [0.001, 0.02]},
    "units_1": {"choice": [2, 3, 4, 5, 6, 7]},
    "epochs": EPOCHS,
    "patience": 0,
}
PRINT_CLOCKS = """
import sqlite3, time
started_at = time.monotonic()
time.sleep(0.1)
row = sqlite3.connect(":memory:").execute("SELECT strftime('%s', 'now')").fetchone()
print(time.time(), row[0], time.monotonic() - started_at)
"""


@pytest.fixture
def clock_folder():
    """A folder that the user of a database server may read, too."""
    folder = Path(tempfile.mkdtemp(prefix="foretune-clock-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def fake_clock(clock_folder):
    """A clock that is right until it is set."""
    return FakeClock(clock_folder)


@pytest.fixture
def make_clock(clock_folder):
    """Makes further clocks, so many seconds off."""

    def make(seconds):
        folder = clock_folder / f"off by {seconds:g}"
        folder.mkdir()
        return FakeClock(folder, seconds)

    return make


@pytest.fixture
def database_server(request, fake_clock):
    """A PostgreSQL server that lives by the fake clock."""
    request.getfixturevalue("postgresql")  # skips where it is not installed
    with server(fake_clock.environment) as running:
        yield running


@pytest.fixture
def search_on_postgresql(tmp_path, database_server):
    """Settings and database of a search that nobody works on yet."""
    with database_server.fresh() as url:
        settings = Settings(data=tmp_path, database_url=url)
        database = Database(url)
        start_search(database)
        yield settings, database
        database.close()


@pytest.fixture
def search_on_sqlite(settings, database):
    """Settings and database of a search that nobody works on yet."""
    start_search(database)
    return settings, database


def test_a_fake_clock_shifts_the_time_and_nothing_else(fake_clock):
    fake_clock.set(HOUR)
    environment = {**os.environ, **fake_clock.environment}

    output = subprocess.check_output([sys.executable, "-c", PRINT_CLOCKS], env=environment)

    by_python, by_sqlite, waited = (float(word) for word in output.split())
    assert by_python - HOUR == pytest.approx(time.time(), abs=60)
    assert by_sqlite == pytest.approx(by_python, abs=60)
    assert 0.1 <= waited < 60


def test_workers_whose_clocks_are_an_hour_off_keep_their_leases_on_sqlite(
    search_on_sqlite, make_clock
):
    settings, database = search_on_sqlite
    processes = [
        Process("tests.faults.worker", settings, slots=1, clock=make_clock(HOUR)),
        Process("tests.faults.worker", settings, slots=1, clock=make_clock(-HOUR)),
    ]

    with end_afterwards(processes):
        wait_until(lambda: is_over(database), "the end of the search")

    assert_nothing_was_lost(database)


def test_workers_whose_clocks_are_an_hour_off_store_the_times_of_their_database(
    search_on_postgresql, make_clock
):
    settings, database = search_on_postgresql
    processes = [
        Process("tests.faults.worker", settings, slots=1, clock=make_clock(HOUR)),
        Process("tests.faults.worker", settings, slots=1, clock=make_clock(-HOUR)),
    ]

    with end_afterwards(processes):
        wait_until(lambda: is_over(database), "the end of the search")

        with database.read() as session:
            alive = {worker.pid for worker in workers.alive(session, 30.0)}
    assert alive == {process.pid for process in processes}
    assert_nothing_was_lost(database)
    assert_times_are_in_order(database)
    assert_durations_are_right(database, jumps=0)
    assert 0 < seconds_used(database) < SOON


def test_a_clock_that_jumps_changes_nothing_on_sqlite(search_on_sqlite, fake_clock):
    settings, database = search_on_sqlite

    run_with_jumps(settings, database, fake_clock, clock_of_processes=fake_clock)

    assert_jumps_changed_nothing(database)


def test_a_database_server_whose_clock_jumps_changes_nothing(search_on_postgresql, fake_clock):
    settings, database = search_on_postgresql

    run_with_jumps(settings, database, fake_clock, clock_of_processes=None)

    assert_jumps_changed_nothing(database)


def assert_jumps_changed_nothing(database):
    """Every trial is whole; only the durations of those that ran during a jump may be wrong."""
    assert_nothing_was_lost(database)
    assert_durations_are_right(database, jumps=2)
    assert 0 < seconds_used(database) < SOON


def run_with_jumps(settings, database, fake_clock, clock_of_processes):
    """Run the search; the clock jumps ahead by an hour and, later, back again."""
    port = free_port()
    pages = Process(f"app serve --port {port}", settings, clock=clock_of_processes)
    workers_of_search = [
        Process("tests.faults.worker", settings, slots=1, clock=clock_of_processes)
        for _ in range(2)
    ]
    with end_afterwards([pages, *workers_of_search]):
        for seconds, ended in ((HOUR, 1), (0.0, 3)):
            wait_until(lambda ended=ended: is_in_a_trial(database, ended), "a running trial")
            assert not is_over(database)
            fake_clock.set(seconds)
            wait_until(lambda: get_page(port)[0] == 200, "the search's page")
        wait_until(lambda: is_over(database), "the end of the search")


def start_search(database):
    with database.write() as session:
        factories.experiment(session, space=SPACE, max_trials=TRIALS, time_budget_seconds=HOUR / 2)


def is_over(database):
    with database.read() as session:
        return session.scalars(select(Experiment.finished_at)).one() is not None


def is_in_a_trial(database, ended):
    """Whether so many trials have ended, and one is in the middle of its epochs; or all is over."""
    if is_over(database):
        return True
    with database.read() as session:
        rows = session.query(Trial).all()
    running = [trial for trial in rows if trial.state == TrialState.RUNNING]
    completed = [trial for trial in rows if trial.state == TrialState.COMPLETED]
    return len(completed) >= ended and any(trial.epochs_trained > 10 for trial in running)


def seconds_used(database):
    """What the search used of its time budget."""
    with database.read() as session:
        return budget.seconds_used(session.query(Experiment).one())


def assert_nothing_was_lost(database):
    """Every trial was claimed once and trained to its end, whatever the clocks said."""
    with database.read() as session:
        experiment = session.query(Experiment).one()
        rows = session.query(Trial).all()
        messages = session.scalars(select(LogLine.message)).all()
    assert experiment.state == ExperimentState.COMPLETED
    assert experiment.reason == f"All {TRIALS} trials have ended."
    assert sorted(trial.number for trial in rows) == list(range(1, TRIALS + 1))
    assert {trial.state for trial in rows} == {TrialState.COMPLETED}
    assert {trial.attempts for trial in rows} == {1}
    assert {trial.epochs_trained for trial in rows} == {EPOCHS}
    assert not [message for message in messages if "silent" in message]


def assert_times_are_in_order(database):
    """Every trial was made, begun, trained and ended in this order, and all of it just now."""
    with database.read() as session:
        now = clock(session)
        for trial in session.query(Trial):
            recorded = select(Epoch.recorded_at).where(Epoch.training_id == trial.training_id)
            epochs = session.scalars(recorded.order_by(Epoch.number)).all()
            times = [trial.created_at, trial.started_at, *epochs, trial.finished_at, now]
            assert times == sorted(times)
            assert times[-1] - times[0] < timedelta(seconds=SOON)


def assert_durations_are_right(database, jumps):
    """A trial lasts as long as its epochs or longer, except where a jump came in its middle.

    Two trials run at once, so that a jump is in the middle of two at most.
    """
    wrong = 0
    with database.read() as session:
        now = clock(session)
        for trial in session.query(Trial):
            seconds = select(Epoch.seconds).where(Epoch.training_id == trial.training_id)
            trained = sum(session.scalars(seconds))
            lasted = trials.duration(trial, now)
            wrong += not trained <= lasted < trained + SOON
    assert wrong <= 2 * jumps

"""A search waits while its disk is full or its database locked, read-only or gone."""

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.config import Settings
from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, LogLine, Trial, Worker
from app.db.upgrade import upgrade_database
from app.domain.terms import TrialState
from app.main import create_app
from app.queue import artifacts, claims
from tests import factories
from tests.faults.processes import Process, end_afterwards, wait_until
from worker.runs import bundling, runner

pytestmark = pytest.mark.slow
EPOCHS = 300
SPACE = {**factories.TINY, "units_1": {"choice": [4, 6, 8]}, "epochs": EPOCHS, "patience": 0}
SHORT_LEASE = {"slots": 2, "lease_seconds": 2.0, "heartbeat_seconds": 0.4, "hung_seconds": 2.0}
LOCKS = (1.5, 3.0, 1.5)  # leases long; each comes at another moment of the workers' rounds
LONGER_THAN_LEASE = 3.0  # seconds; also longer than hung_seconds
USABLE_AGAIN = "The trouble is over: work goes on."
BANNER = "Nothing can be stored now."


class Search:
    """A search of three trials in the middle of training, with a real worker and its pages."""

    def __init__(self, settings: Settings, logs: Path, **changes: object) -> None:
        upgrade_database(settings)
        self.file = settings.data / "foretune.db"
        self.database = Database(settings.url)
        with self.database.write() as session:
            factories.dataset(session, rows=700)
            factories.experiment(session, max_trials=3, strategy="grid", space=SPACE)
        self.client = TestClient(create_app(settings), base_url="http://localhost")
        self.worker = Process("tests.faults.worker", settings, logs, **SHORT_LEASE, **changes)

    def epochs(self) -> list[int]:
        """The numbers of all stored epochs, training by training."""
        with self.database.read() as session:
            rows = session.query(Epoch).order_by(Epoch.training_id, Epoch.number)
            return [row.number for row in rows]

    def has_ended(self) -> bool:
        """Whether the search has ended."""
        with self.database.read() as session:
            return session.query(Experiment).one().finished_at is not None

    def trouble(self) -> str | None:
        """What the worker waits for, by its last heartbeat."""
        with self.database.read() as session:
            return session.query(Worker.trouble).scalar()

    def logs(self, message: str) -> bool:
        """Whether the worker has written this to its terminal."""
        return message in self.worker.read_log()

    def page(self) -> str:
        """The text of the experiment's page."""
        return unescape(self.client.get("/experiments/1").text)

    def assert_waits(self, message: str) -> None:
        """Terminal and page give the reason, for longer than a lease and than a run may hang."""
        wait_until(lambda: self.logs(message), "the message on the terminal")
        wait_until(lambda: message in self.page(), "the message on the page")
        deadline = time.monotonic() + LONGER_THAN_LEASE
        wait_until(lambda: time.monotonic() > deadline or BANNER not in self.page(), "the time")
        assert time.monotonic() > deadline, "the banner went away"

    def assert_ends_well(self) -> None:
        """Each trial was begun once, has each epoch once and is completed; the banner is gone."""
        wait_until(self.has_ended, f"the end of the search: {self.worker.read_log()}")
        assert is_undamaged(self.file)
        assert self.logs(USABLE_AGAIN)
        assert self.epochs() == [*range(1, EPOCHS + 1)] * 3
        with self.database.read() as session:
            trials = session.query(Trial).all()
        for trial in trials:
            assert trial.state == TrialState.COMPLETED
            assert trial.attempts == 1
            assert trial.error is None
        wait_until(lambda: not self.trouble(), "a heartbeat")
        wait_until(lambda: BANNER not in self.page(), "a page without a banner")


def is_undamaged(file: Path) -> bool:
    """Whether SQLite's integrity check finds nothing."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 16 MB. Skips the test where this process may not mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount; the test with a page limit covers it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill_disk(file: Path) -> None:
    """Write a file that takes all the space there is, to the last byte."""
    with file.open("wb", buffering=0) as filler:
        for size in (65536, 512, 1):
            try:
                while filler.write(bytes(size)):
                    pass
            except OSError:
                continue


@contextmanager
def full_temporary_folder(folder: Path) -> Iterator[Path]:
    """Put temporary files of this process on a disk without space."""
    with small_disk(folder) as disk:
        fill_disk(disk / "filler")
        folder_before = tempfile.tempdir
        tempfile.tempdir = str(disk)
        try:
            yield disk
        finally:
            tempfile.tempdir = folder_before


def test_a_search_waits_while_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        search = Search(Settings(data=disk), tmp_path)
        with end_afterwards([search.worker]), closing(search.database):
            wait_until(lambda: len(search.epochs()) > 20, "epochs")

            fill_disk(disk / "filler")

            search.assert_waits(
                f"The disk that holds {disk / 'foretune.db'} is full: free some space on it"
            )
            assert len(search.epochs()) < 3 * EPOCHS
            assert is_undamaged(search.file)

            (disk / "filler").unlink()

            search.assert_ends_well()


@pytest.mark.parametrize(
    ("pragma", "message"),
    [("max_page_count=1", "cannot grow: its disk or its limit"), ("query_only=ON", "is read-only")],
)
def test_a_search_waits_while_nothing_can_be_written_and_goes_on_afterwards(
    tmp_path, pragma, message
):
    switch = tmp_path / "switch"
    search = Search(Settings(data=tmp_path / "data"), tmp_path, switch=switch)
    with end_afterwards([search.worker]), closing(search.database):
        wait_until(lambda: len(search.epochs()) > 20, "epochs")

        switch.write_text(pragma)

        wait_until(lambda: search.logs(message), "the message on the terminal")
        deadline = time.monotonic() + LONGER_THAN_LEASE
        wait_until(lambda: time.monotonic() > deadline, "longer than a lease")
        assert len(search.epochs()) < 3 * EPOCHS
        assert is_undamaged(search.file)

        switch.unlink()

        search.assert_ends_well()


def test_a_search_waits_while_its_file_is_gone_and_goes_on_with_what_was_saved(tmp_path):
    search = Search(Settings(data=tmp_path / "data"), tmp_path)
    gone = f"The database {search.file} is gone: put it back, or a backup in its place."
    with end_afterwards([search.worker]), closing(search.database):
        wait_until(lambda: len(search.epochs()) > 20, "epochs")

        search.file.unlink()

        search.assert_waits(gone)
        assert not search.file.exists()
        (rescued,) = search.file.parent.glob("foretune-rescued-*.db")
        assert is_undamaged(rescued)

        rescued.rename(search.file)
        wait_until(lambda: search.logs(USABLE_AGAIN), "the message on the terminal")
        moved = search.file.rename(tmp_path / "away.db")

        wait_until(lambda: search.worker.read_log().count(gone) == 2, "the message a second time")
        search.assert_waits(gone)

        moved.rename(search.file)

        search.assert_ends_well()


@pytest.mark.each_database
def test_two_workers_keep_their_trials_while_another_program_locks_the_database(
    settings, database, tmp_path
):
    with database.write() as session:
        factories.dataset(session, rows=700)
        space = {**SPACE, "units_1": {"choice": [4, 6]}, "epochs": 10_000}
        factories.experiment(session, max_trials=2, strategy="grid", space=space)
    one_slot = {**SHORT_LEASE, "slots": 1}
    processes = [Process("tests.faults.worker", settings, tmp_path, **one_slot) for _ in range(2)]

    with end_afterwards(processes):
        wait_until(lambda: has_trained(database, trials=2), "epochs of both")
        for leases in LOCKS:
            lock(database, leases * one_slot["lease_seconds"])
            time.sleep(LONGER_THAN_LEASE)
        epochs = epochs_trained(database)
        wait_until(lambda: min(epochs_trained(database)) > max(epochs), "further epochs")
        with database.read() as session:
            trials = session.query(Trial).all()
            messages = session.query(LogLine.message).all()

    assert [trial.state for trial in trials] == [TrialState.RUNNING] * 2
    assert [trial.attempts for trial in trials] == [1, 1]
    assert len({trial.worker_id for trial in trials}) == 2
    assert len(messages) == 2, "one claim of each trial, and nothing else"


def epochs_trained(database: Database) -> list[int]:
    """How far each trial has come."""
    with database.read() as session:
        return [trial.epochs_trained for trial in session.query(Trial)]


def has_trained(database: Database, trials: int) -> bool:
    """Whether there are so many trials, each a few epochs old."""
    epochs = epochs_trained(database)
    return len(epochs) == trials and min(epochs) > 5


def lock(database: Database, seconds: float) -> None:
    """Hold the lock of all writers, as another program may do."""
    with database.write() as session:
        session.connection()
        time.sleep(seconds)


def test_a_search_whose_file_is_replaced_by_an_older_one_trains_again_what_that_lacks(tmp_path):
    search = Search(Settings(data=tmp_path / "data"), tmp_path)
    older = tmp_path / "older.db"
    with end_afterwards([search.worker]), closing(search.database):
        wait_until(lambda: len(search.epochs()) > 20, "epochs")
        copy_database(search.file, older)
        stored = len(search.epochs())
        wait_until(lambda: len(search.epochs()) > stored + 20, "further epochs")

        older.replace(search.file)

        wait_until(search.has_ended, "the end of the search")
        assert search.epochs() == [*range(1, EPOCHS + 1)] * 3
        assert is_undamaged(search.file)
        with search.database.read() as session:
            assert {trial.state for trial in session.query(Trial)} == {TrialState.COMPLETED}
            assert max(trial.attempts for trial in session.query(Trial)) > 1


def copy_database(file: Path, copy: Path) -> None:
    """Copy a database that is in use."""
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


def test_an_upload_for_which_there_is_no_temporary_room_is_refused_with_the_reason(
    client, database, tmp_path
):
    content = factories.random_walk_csv(60_000)
    assert len(content) > 1_500_000, "small ones need no file"
    upload = {"file": ("walk.csv", content)}

    with full_temporary_folder(tmp_path / "disk") as disk:
        refused = client.post("/datasets", files=upload)
    accepted = client.post("/datasets", files=upload, follow_redirects=False)

    assert refused.status_code == 503
    reason = f"There is no room for temporary files in {disk}: free some there, then try again."
    assert reason in refused.text
    assert accepted.status_code == 303


def test_a_bundle_for_which_there_is_no_temporary_room_says_so_and_can_be_asked_for_again(
    settings, database, tmp_path
):
    with database.write() as session:
        experiment = factories.experiment(session, max_trials=1)
        factories.trial(session, experiment)
        experiment_id = experiment.id
    with database.write() as session:
        claim = claims.claim(session, "test")
    runner.run(settings.url, claim, settings.data)

    with full_temporary_folder(tmp_path / "disk") as disk:
        failed = make_bundle(settings, database, experiment_id)
    made = make_bundle(settings, database, experiment_id)

    reason = f"There is no room for temporary files in {disk}: free some there, then ask again."
    assert failed.problem == reason
    assert made.problem is None
    assert made.size is not None
    runner.database_at.cache_clear()


def make_bundle(settings: Settings, database: Database, experiment_id: int) -> Artifact:
    """Ask for the bundle of the best trial and make it, as a worker does."""
    with database.write() as session:
        experiment = session.get(Experiment, experiment_id)
        trial = artifacts.best_model(session, experiment).trial
        artifacts.request_bundle(session, trial)
        bundle_claim = artifacts.claim_bundle(session)
    bundling.make_bundle(settings.url, bundle_claim.row_id, bundle_claim.token, settings.data)
    with database.read() as session:
        return artifacts.find_bundle(session, trial.id)

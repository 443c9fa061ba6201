"""A disk that is full, a database that is read-only or gone while a search runs: it waits, says so, and goes on."""

import sqlite3
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
from app.db.engine import Database
from app.db.models import Artifact, Epoch, Experiment, Trial, Worker
from app.db.upgrade import upgrade_database
from app.domain.terms import TrialState
from app.main import create_app
from app.queue import artifacts, claims
from tests import factories
from tests.faults.processes import Process, ended, until
from worker.runs import bundling, runner

pytestmark = pytest.mark.slow
EPOCHS = 400
SPACE = {**factories.TINY, "units_1": {"choice": [4, 6, 8]}, "epochs": EPOCHS, "patience": 0}
QUICK = {"slots": 2, "lease_seconds": 2.0, "heartbeat_seconds": 0.4, "hung_seconds": 2.0}
AGAIN = "The database can be used again: work goes on."
LONGER = 3.0  # seconds: than a lease, and than a run may be quiet


class Search:
    """A search of three trials in the middle of its trainings, with a real worker, and a server to look at."""

    def __init__(self, settings: Settings, logs: Path, **changes: object) -> None:
        upgrade_database(settings)
        self.file = settings.data / "foretune.db"
        self.database = Database(settings.url)
        with self.database.write() as session:
            factories.dataset(session, rows=700)
            factories.experiment(session, max_trials=3, strategy="grid", space=SPACE)
        self.client = TestClient(create_app(settings), base_url="http://localhost")
        self.worker = Process("tests.faults.worker", settings, logs, **QUICK, **changes)

    def epochs(self) -> list[int]:
        """The numbers of all epochs stored, training by training."""
        with self.database.read() as session:
            return [
                row.number for row in session.query(Epoch).order_by(Epoch.training_id, Epoch.number)
            ]

    def is_over(self) -> bool:
        """The search has ended."""
        with self.database.read() as session:
            return session.query(Experiment).one().finished_at is not None

    def trouble(self) -> str | None:
        """What the worker says with its beat that it waits for, as it is now: one session sees one moment."""
        with self.database.read() as session:
            return session.query(Worker.trouble).scalar()

    def says(self, words: str) -> bool:
        """What the worker's terminal shows."""
        return words in self.worker.log.read_text()

    def page(self) -> str:
        """What a person sees who looks at the experiment."""
        return unescape(self.client.get("/experiments/1").text)

    def waits(self, words: str) -> None:
        """The terminal and the page say why, for longer than a lease and than a run may be quiet."""
        until(lambda: self.says(words), "words on the terminal")
        until(lambda: words in self.page(), "words on the page")
        deadline = time.monotonic() + LONGER
        until(
            lambda: time.monotonic() > deadline or "Nothing can be stored now." not in self.page(),
            "the time",
        )
        assert time.monotonic() > deadline, "the banner went away"

    def ends_well(self) -> None:
        """Every trial ends as if nothing had been: begun once, each epoch once, nothing damaged, no banner."""
        until(self.is_over, f"the end of the search: {self.worker.log.read_text()}")
        assert undamaged(self.file)
        assert self.says(AGAIN)
        assert self.epochs() == [*range(1, EPOCHS + 1)] * 3
        with self.database.read() as session:
            trials = session.query(Trial).all()
            assert {(trial.state, trial.attempts, trial.error) for trial in trials} == {
                (TrialState.COMPLETED, 1, None)
            }
        until(lambda: not self.trouble(), "a beat")
        until(lambda: "Nothing can be stored now." not in self.page(), "a page without a banner")


def undamaged(file: Path) -> bool:
    """PRAGMA integrity_check."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 16 MB, where this process may mount one."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16m", "none", folder], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("may not mount; the page limit below stands for it")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(file: Path) -> None:
    """Take all the room there is."""
    with file.open("wb", buffering=0) as filler:
        for size in (65536, 512, 1):
            try:
                while filler.write(bytes(size)):
                    pass
            except OSError:
                continue


def test_a_search_waits_while_the_disk_is_full_and_goes_on_when_there_is_room(tmp_path):
    with small_disk(tmp_path / "disk") as disk:
        search = Search(Settings(data=disk), tmp_path)
        with ended([search.worker]), closing(search.database):
            until(lambda: len(search.epochs()) > 20, "epochs")
            fill(disk / "filler")
            search.waits(
                f"The disk that holds {disk / 'foretune.db'} is full: free some space on it"
            )
            assert len(search.epochs()) < 3 * EPOCHS
            assert undamaged(search.file)
            (disk / "filler").unlink()
            search.ends_well()


@pytest.mark.parametrize(
    ("pragma", "words"),
    [("max_page_count=1", "cannot grow: its disk or its limit"), ("query_only=ON", "is read-only")],
)
def test_a_search_waits_while_nothing_can_be_written_and_goes_on_afterwards(
    tmp_path, pragma, words
):
    switch = tmp_path / "switch"
    search = Search(Settings(data=tmp_path / "data"), tmp_path, switch=switch)
    with ended([search.worker]), closing(search.database):
        until(lambda: len(search.epochs()) > 20, "epochs")
        switch.write_text(pragma)
        until(lambda: search.says(words), "words on the terminal")
        deadline = time.monotonic() + LONGER
        until(lambda: time.monotonic() > deadline, "longer than a lease")
        assert len(search.epochs()) < 3 * EPOCHS
        assert undamaged(search.file)
        switch.unlink()
        search.ends_well()


def test_a_search_waits_while_its_file_is_gone_and_goes_on_with_what_was_saved(tmp_path):
    search = Search(Settings(data=tmp_path / "data"), tmp_path)
    gone = f"The database {search.file} is gone: put it back, or a backup in its place."
    with ended([search.worker]), closing(search.database):
        until(lambda: len(search.epochs()) > 20, "epochs")
        search.file.unlink()
        search.waits(gone)
        assert not search.file.exists()
        (saved,) = search.file.parent.glob("foretune-rescued-*.db")
        assert undamaged(saved)
        saved.rename(search.file)
        until(lambda: search.says(AGAIN), "words on the terminal")
        away = search.file.rename(tmp_path / "away.db")
        until(lambda: search.worker.log.read_text().count(gone) == 2, "the words once more")
        search.waits(gone)
        away.rename(search.file)
        search.ends_well()


def test_a_search_whose_file_is_replaced_by_an_older_one_trains_again_what_that_lacks(tmp_path):
    search = Search(Settings(data=tmp_path / "data"), tmp_path)
    older = tmp_path / "older.db"
    with ended([search.worker]), closing(search.database):
        until(lambda: len(search.epochs()) > 20, "epochs")
        with closing(sqlite3.connect(search.file)) as here, closing(sqlite3.connect(older)) as copy:
            here.backup(copy)
        stored = len(search.epochs())
        until(lambda: len(search.epochs()) > stored + 20, "further epochs")
        older.replace(search.file)
        until(search.is_over, "the end of the search")
        assert search.epochs() == [*range(1, EPOCHS + 1)] * 3
        assert undamaged(search.file)
        with search.database.read() as session:
            assert {trial.state for trial in session.query(Trial)} == {TrialState.COMPLETED}
            assert max(trial.attempts for trial in session.query(Trial)) > 1


@contextmanager
def full_temporary_folder(folder: Path) -> Iterator[Path]:
    """Temporary files of this process go to a disk without room."""
    with small_disk(folder) as disk:
        fill(disk / "filler")
        before, tempfile.tempdir = tempfile.tempdir, str(disk)
        try:
            yield disk
        finally:
            tempfile.tempdir = before


def test_an_upload_for_which_there_is_no_temporary_room_is_refused_in_words(
    client, database, tmp_path
):
    lines = factories.random_walk_csv(60_000)
    assert len(lines) > 1_500_000, "small ones need no file"
    with full_temporary_folder(tmp_path / "disk") as disk:
        answer = client.post("/datasets", files={"file": ("walk.csv", lines)})
        assert answer.status_code == 503
        assert (
            f"There is no room for temporary files in {disk}: free some there, then try again."
            in answer.text
        )
    assert (
        client.post(
            "/datasets", files={"file": ("walk.csv", lines)}, follow_redirects=False
        ).status_code
        == 303
    )


def test_a_bundle_for_which_there_is_no_temporary_room_says_so_and_can_be_asked_for_again(
    settings, database, tmp_path
):
    with database.write() as session:
        made = factories.experiment(session, max_trials=1).id
        factories.trial(session, session.get(Experiment, made))
    with database.write() as session:
        claim = claims.claim(session, "test")
    runner.run(settings.url, claim)

    def bundle() -> Artifact:
        with database.write() as session:
            trial = artifacts.best_model(session, session.get(Experiment, made)).trial
            artifacts.request_bundle(session, trial)
            wish = artifacts.claim_bundle(session)
        bundling.make_bundle(settings.url, wish.artifact_id, wish.token)
        with database.read() as session:
            return artifacts.find_bundle(session, trial.id)

    with full_temporary_folder(tmp_path / "disk") as disk:
        assert (
            bundle().problem
            == f"There is no room for temporary files in {disk}: free some there, then ask again."
        )
    found = bundle()
    assert (found.problem, found.size is not None) == (None, True)
    runner.database_at.cache_clear()

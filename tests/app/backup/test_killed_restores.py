"""Restores that are killed, and several at once, in processes of their own."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select, text

from app.backup.copying import backup
from app.config import Settings
from app.db.driver import sqlite3
from app.db.engine import Database
from app.db.models import Experiment, Training
from app.db.restore_lock import RestoreLock
from tests import factories
from tests.app.commands.processes import ROOT

pytestmark = pytest.mark.slow
RESTORE = """
import sys
from pathlib import Path
from app.backup.restoring import restore
from app.config import Settings
print("ready", flush=True)
sys.stdin.readline()
restore(Settings(), Path(sys.argv[1]), force=True)
"""
N_KILLS = 8
DAMAGED_HEADER = b"\xff" * 100


def start_restore(settings: Settings, file: Path) -> subprocess.Popen[str]:
    """A process that is about to restore a file; `begin` lets it."""
    process = subprocess.Popen(
        [sys.executable, "-c", RESTORE, str(file)],
        cwd=ROOT,
        env={**os.environ, "FORETUNE_DATA": str(settings.data), "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def end(process: subprocess.Popen[str]) -> int:
    process.communicate(timeout=120)
    return process.returncode


def replace_all(settings: Settings, content: bytes) -> None:
    """Leave nothing in the data folder but a database of this content."""
    for path in settings.data.iterdir():
        path.unlink()
    (settings.data / "foretune.db").write_bytes(content)


def time_restore(settings: Settings, backup_file: Path, content: bytes) -> float:
    """How long a restore takes that nobody ends."""
    replace_all(settings, content)
    process = start_restore(settings, backup_file)
    began_at = time.monotonic()
    begin(process)
    assert end(process) == 0
    return time.monotonic() - began_at


def examine(settings: Settings, old_content: bytes) -> str:
    """Which database is there now, whole, and nobody is kept from writing into it."""
    file = settings.data / "foretune.db"
    assert not RestoreLock(file).is_held()
    if file.read_bytes() == old_content and old_content.startswith(DAMAGED_HEADER):
        return "old"
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    with closing(Database(settings.url)) as database, database.write() as session:
        names = set(session.scalars(select(Experiment.name)))
        fingerprints = session.scalars(select(Training.fingerprint).order_by(Training.fingerprint))
        [name] = names
        assert [*fingerprints] == [f"{name} {number}" for number in range(4)]
        session.add(Training(fingerprint="written afterwards"))
    return name


def fill(database: Database, name: str) -> None:
    """Name the search, and fill the database to 12 MB."""
    with database.write() as session:
        session.execute(text("UPDATE experiments SET name = :name"), {"name": name})
        session.query(Training).delete()
        for number in range(4):
            checkpoint = os.urandom(3_000_000)
            session.add(Training(fingerprint=f"{name} {number}", checkpoint=checkpoint))


@pytest.mark.parametrize("is_damaged", [False, True])
def test_a_restore_that_is_killed_leaves_the_old_or_the_new_database_and_no_lock(
    settings, database, tmp_path, is_damaged
):
    with database.write() as session:
        factories.experiment(session)
    fill(database, "new")
    backup(settings, tmp_path / "new.db")
    fill(database, "old")
    database.close()
    old_content = (settings.data / "foretune.db").read_bytes()
    if is_damaged:
        old_content = DAMAGED_HEADER + old_content[100:]
    seconds = time_restore(settings, tmp_path / "new.db", old_content)
    outcomes = []

    for number in range(N_KILLS):
        replace_all(settings, old_content)
        process = start_restore(settings, tmp_path / "new.db")
        begin(process)
        time.sleep(seconds * (number + 0.5) / N_KILLS)
        process.send_signal(signal.SIGKILL)
        end(process)

        outcomes.append(examine(settings, old_content))

    replace_all(settings, old_content)
    process = start_restore(settings, tmp_path / "new.db")
    begin(process)
    assert end(process) == 0, "what was left disturbs no later restore"
    assert examine(settings, old_content) == "new"
    assert "old" in outcomes


def test_restores_that_run_at_once_overwrite_no_copy_that_was_kept(settings, database, tmp_path):
    with database.write() as session:
        factories.experiment(session)
    copies = []
    for name in ("first", "second", "third"):
        with database.write() as session:
            session.execute(text("UPDATE experiments SET name = :name"), {"name": name})
        backup(settings, tmp_path / f"{name}.db")
        copies.append(tmp_path / f"{name}.db")
    with database.write() as session:
        session.execute(text("UPDATE experiments SET name = 'present'"))
    processes = [start_restore(settings, copy) for copy in copies]

    for process in processes:
        begin(process)
    exit_codes = [end(process) for process in processes]

    assert exit_codes == [0, 0, 0]
    names = []
    files = [settings.data / "foretune.db", *settings.data.glob("foretune-before-*.db")]
    for file in files:
        with closing(sqlite3.connect(file)) as connection:
            names += connection.execute("SELECT name FROM experiments").fetchall()
    assert sorted(names) == [("first",), ("present",), ("second",), ("third",)]
    leftovers = {path.name for path in settings.data.iterdir()} - {path.name for path in files}
    assert leftovers <= {"foretune.db-wal", "foretune.db-shm"}

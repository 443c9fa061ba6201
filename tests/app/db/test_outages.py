"""A database that is full, read-only, locked, damaged or gone: said in words, nothing lost, used again when well."""

import shutil
import sqlite3
from html import unescape
from io import StringIO

import pytest
from rich.console import Console
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from app import demo
from app.db.engine import Database
from app.db.models import Dataset, Training
from app.db.outages import DatabaseGone, outage
from app.db.write_probe import Watch
from app.main import create_app
from tests import factories


@pytest.fixture
def file(settings, database):
    with database.write() as session:
        factories.dataset(session)
    return settings.data / "foretune.db"


def caught(work) -> Exception:
    with pytest.raises((OperationalError, DatabaseError)) as found:
        work()
    return found.value


def write(database, pragma: str = "") -> None:
    with database.write() as session:
        if pragma:
            session.connection().connection.cursor().execute(f"PRAGMA {pragma}")
        session.add(Training(fingerprint=pragma, checkpoint=bytes(3_000_000)))
        session.flush()


def test_a_full_one_is_told_from_a_read_only_and_a_locked_one(database, file):
    full = caught(lambda: write(database, "max_page_count=1"))
    assert "cannot grow" in outage(full, file)
    database.close()
    read_only = caught(lambda: write(database, "query_only=ON"))
    assert "is read-only: make the file, its folder and its disk writable" in outage(
        read_only, file
    )
    database.close()
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    locked = caught(lambda: sqlite_write(file))
    holder.close()
    assert "locked" in outage(locked, file)
    assert outage(caught(lambda: nonsense(database)), file) is None, (
        "a mistake of ours is not the database's state"
    )


def sqlite_write(file) -> None:
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        raise OperationalError(None, None, error) from error
    finally:
        other.close()


def nonsense(database) -> None:
    with database.read() as session:
        session.execute(text("SELECT nothing FROM trials"))


def test_a_file_that_is_moved_away_is_missed_saved_and_used_again_when_it_is_back(
    database, file, tmp_path
):
    elsewhere = tmp_path / "elsewhere.db"
    shutil.move(file, elsewhere)
    with pytest.raises(DatabaseGone, match="is gone: put it back, or a backup in its place"):
        write(database)
    assert not file.exists()
    saved = list(file.parent.glob("foretune-rescued-*.db"))
    assert [whole(path) for path in (*saved, elsewhere)] == [["walk"], ["walk"]]
    shutil.move(elsewhere, file)
    write(database)
    assert names(database) == ["walk"]
    assert whole(file) == ["walk"]


def test_who_did_not_notice_that_a_file_was_away_for_a_while_goes_on_with_the_same_log(
    settings, database, file, tmp_path
):
    other = Database(settings.url)
    assert names(other) == ["walk"]
    shutil.move(file, tmp_path / "elsewhere.db")
    with pytest.raises(DatabaseGone):
        write(database)
    shutil.move(tmp_path / "elsewhere.db", file)
    for number, writer in enumerate((other, database, other, database)):
        write(writer, f"cache_size={number + 1000}")
    for reader in (other, database):
        with reader.read() as session:
            assert session.query(Training).count() == 4
        reader.close()
    assert whole(file) == ["walk"]


def test_a_deleted_file_can_be_replaced_by_what_was_saved_of_it(database, file):
    file.unlink()
    with pytest.raises(DatabaseGone, match="What was in it is saved as"):
        names(database)
    (saved,) = file.parent.glob("foretune-rescued-*.db")
    assert not list(file.parent.glob("*-wal")), "what is put there must not find another file's log"
    saved.rename(file)
    assert names(database) == ["walk"]
    write(database)
    assert whole(file) == ["walk"]


def test_another_file_in_its_place_is_not_mixed_with_the_log_of_the_first(database, file, tmp_path):
    backup = tmp_path / "backup.db"
    with sqlite3.connect(backup) as copy, sqlite3.connect(file) as original:
        original.backup(copy)
    copy.close(), original.close()
    with database.write() as session:
        for number in range(200):
            session.add(Training(fingerprint=str(number), checkpoint=bytes(5_000)))
    backup.replace(file)
    with database.read() as session:
        assert session.query(Training).count() == 0
    assert whole(file) == ["walk"]
    (saved,) = file.parent.glob("foretune-rescued-*.db")
    with sqlite3.connect(saved) as connection:
        assert connection.execute("SELECT count(*) FROM trainings").fetchone() == (200,)
    connection.close()


def test_a_file_that_is_not_there_is_not_made_anew(settings):
    settings.data.mkdir()
    database = Database(settings.url)
    error = caught(lambda: names(database))
    assert "is gone" in outage(error, database.file)
    assert list(settings.data.iterdir()) == []


def names(database) -> list[str]:
    with database.read() as session:
        return [row.name for row in session.query(Dataset)]


def whole(file) -> list[str]:
    """The names of its datasets, when the file is undamaged."""
    connection = sqlite3.connect(file)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    found = [name for (name,) in connection.execute("SELECT name FROM datasets")]
    connection.close()
    return found


@pytest.mark.parametrize(
    "path", ["/experiments", "/experiments/1", "/experiments/live", "/datasets", "/nowhere"]
)
def test_pages_without_a_database_say_so_in_words(client, file, path):
    client.get("/experiments")
    file.unlink()
    answer = client.get(path)
    page = unescape(answer.text)
    assert answer.status_code == (404 if path == "/nowhere" else 503)
    assert "Nothing can be stored now." in page
    assert f"The database {file} is gone: put it back, or a backup in its place." in page
    assert "Traceback" not in page
    assert "No worker is running" not in page


def test_the_api_without_a_database_says_so_in_words(client, file):
    file.unlink()
    for path in ("/api/experiments", "/healthz"):
        answer = client.get(path)
        assert answer.status_code == 503
        assert "is gone" in answer.json()["detail"][0]["msg"]


def test_pages_of_a_database_that_cannot_be_written_have_a_banner_and_writes_are_refused_in_words(
    client, file
):
    database = client.app.state.database
    event.listen(database.engine, "checkout", make_read_only)
    page = unescape(client.get("/experiments").text)
    assert "Nothing can be stored now." in page
    assert f"The database {file} is read-only" in page
    answer = client.post("/datasets/1/delete")
    assert answer.status_code == 503
    assert "was not done: nothing was changed" in answer.text
    event.remove(database.engine, "checkout", make_read_only)
    database.close()
    client.app.state.watch = Watch(database)
    assert "Nothing can be stored now." not in client.get("/experiments").text


def make_read_only(connection, _record, _proxy) -> None:
    connection.execute("PRAGMA query_only=ON")


def test_whether_it_can_be_written_is_asked_once_in_two_seconds(database):
    moment = [0.0]
    watch = Watch(database, lambda: moment[0])
    assert watch.trouble() is None
    with database.engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA query_only=ON")
    assert watch.trouble() is None
    moment[0] = 2.0
    assert "read-only" in watch.trouble()


def test_a_write_of_somebody_else_is_no_trouble(settings, database, file):
    holder = sqlite3.connect(file, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert create_app(settings).state.watch.trouble() is None
    holder.close()


def test_the_demo_says_so_and_goes_on_watching(database, file, tmp_path):
    with database.write() as session:
        made = factories.experiment(session).id
    away = file.rename(tmp_path / "away.db")
    screen = StringIO()

    class Looks:
        """The processes of a demo, looked at three times; the database is back before the third."""

        left = 3

        def ended(self) -> str | None:
            self.left -= 1
            if self.left == 0:
                away.rename(file)
            return None if self.left >= 0 else "worker"

    demo.watch(database, made, Looks(), Console(file=screen, force_terminal=True, width=300))
    said = screen.getvalue()
    assert "is gone: put it back" in said
    assert said.rindex("training the first networks") > said.rindex("is gone")

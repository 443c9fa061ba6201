"""The database's sessions, on SQLite and on PostgreSQL."""

import threading
from contextlib import ExitStack, closing

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import engine as module
from app.db.engine import Database
from app.db.models import Training
from app.db.outages import outage

PATIENCE = 20.0
pytestmark = pytest.mark.each_database


@pytest.fixture
def other(database):
    """The same database, as another process opens it."""
    with closing(Database(database.url)) as opened:
        yield opened


def count(session):
    return session.query(Training).count()


def test_as_many_sessions_as_the_server_has_threads_read_at_once_twice(database):
    with ExitStack() as stack:
        for _ in range(80):
            assert stack.enter_context(database.read()).execute(text("SELECT 1")).scalar() == 1


def test_a_reader_sees_one_moment(database):
    with database.read() as reader:
        assert count(reader) == 0
        with database.write() as writer:
            writer.add(Training(fingerprint="a"))
        assert count(reader) == 0
    with database.read() as reader:
        assert count(reader) == 1


def test_writers_wait_for_each_other_and_see_what_the_one_before_wrote(database):
    seen, begins = [], threading.Barrier(9)

    def write():
        begins.wait(PATIENCE)
        for _ in range(5):
            with database.write() as session:
                seen.append(
                    count(session)
                )  # decided on what was read: only right if nobody writes in between
                session.add(Training(fingerprint=f"after {seen[-1]}"))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    begins.wait(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)
    assert seen == list(range(40))


def test_what_raises_is_rolled_back_and_lets_the_next_one_write(database):
    def write_and_raise():
        with database.write() as session:
            session.add(Training(fingerprint="a"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_raise()
    with database.write() as session:
        assert count(session) == 0


@pytest.mark.each_database("postgresql")
def test_a_writer_that_is_frozen_in_the_middle_is_cut_off_and_changes_nothing(
    database, other, monkeypatch
):
    quickly = module.ALONE.replace("'15s'", "'200ms'")

    def write_frozen():
        with database.write() as frozen:
            with monkeypatch.context() as patch:
                patch.setattr(module, "ALONE", quickly)
                frozen.add(Training(fingerprint="a"))
                frozen.flush()
            with other.write() as session:  # waits until the server has cut off the first one
                assert count(session) == 0
                session.add(Training(fingerprint="b"))

    with pytest.raises(DBAPIError, match="idle-in-transaction") as caught:
        write_frozen()
    assert "server cannot be used" in outage(caught.value, None)  # whoever wrote tries again
    with other.read() as session:
        assert [row.fingerprint for row in session.query(Training)] == ["b"]


@pytest.mark.each_database("postgresql")
def test_a_server_that_was_away_is_found_again(database, other):
    with database.read() as session:
        count(session)
    with other.read() as session:
        ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        session.execute(text(f"{ending} AND pid <> pg_backend_pid()"))
    with database.read() as session:
        assert count(session) == 0


def test_a_server_opens_its_connections_when_it_starts_and_keeps_them(database):
    database.open_all()
    pool = database.engine.pool
    assert pool.checkedin() == module.POOL["pool_size"]
    with database.read() as one, database.read() as other:
        one.execute(text("SELECT 1"))
        other.execute(text("SELECT 1"))
        assert pool.checkedin() == module.POOL["pool_size"] - 2
    assert pool.checkedin() == module.POOL["pool_size"]

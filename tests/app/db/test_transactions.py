"""One writer at a time, and readers see one moment, on SQLite and on PostgreSQL."""

import threading
from contextlib import closing

import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.db import transactions
from app.db.engine import Database
from app.db.models import Training
from app.db.outages import describe_outage

TIMEOUT_SECONDS = 20.0
pytestmark = pytest.mark.each_database


@pytest.fixture
def other(database):
    """The same database, as another process opens it."""
    with closing(Database(database.url)) as opened:
        yield opened


def count_trainings(session: Session) -> int:
    return session.query(Training).count()


def test_a_reader_sees_one_moment(database):
    with database.read() as reader:
        assert count_trainings(reader) == 0
        with database.write() as writer:
            writer.add(Training(fingerprint="a"))
        assert count_trainings(reader) == 0
    with database.read() as reader:
        assert count_trainings(reader) == 1


def test_writers_wait_for_each_other_and_see_what_the_one_before_wrote(database):
    counts = []
    start = threading.Barrier(9)

    def write_five_times():
        start.wait(TIMEOUT_SECONDS)
        for _ in range(5):
            with database.write() as session:
                # What is written depends on what was read: right only if nobody writes in between.
                counts.append(count_trainings(session))
                session.add(Training(fingerprint=f"after {counts[-1]}"))

    threads = [threading.Thread(target=write_five_times) for _ in range(8)]
    for thread in threads:
        thread.start()
    start.wait(TIMEOUT_SECONDS)
    for thread in threads:
        thread.join(TIMEOUT_SECONDS)

    assert counts == list(range(40))


def test_a_transaction_that_raises_is_rolled_back_and_lets_the_next_one_write(database):
    def write_and_raise():
        with database.write() as session:
            session.add(Training(fingerprint="a"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_raise()

    with database.write() as session:
        assert count_trainings(session) == 0


@pytest.mark.each_database("postgresql")
def test_a_writer_that_is_frozen_in_the_middle_is_cut_off_and_changes_nothing(
    database, other, monkeypatch
):
    cut_off_quickly = transactions.TAKE_WRITE_LOCK.replace("'15s'", "'200ms'")

    def write_frozen():
        with database.write() as frozen:
            with monkeypatch.context() as patch:
                patch.setattr(transactions, "TAKE_WRITE_LOCK", cut_off_quickly)
                frozen.add(Training(fingerprint="a"))
                frozen.flush()
            with other.write() as session:  # waits until the server has cut off the first one
                assert count_trainings(session) == 0
                session.add(Training(fingerprint="b"))

    with pytest.raises(DBAPIError, match="idle-in-transaction") as caught:
        write_frozen()

    assert "server cannot be used" in describe_outage(caught.value, None)  # so it tries again
    with other.read() as session:
        assert [training.fingerprint for training in session.query(Training)] == ["b"]

"""The connections of the database, on SQLite and on PostgreSQL."""

from contextlib import ExitStack, closing

import pytest
from sqlalchemy import text

from app.db.engine import POOL_OPTIONS, Database

pytestmark = pytest.mark.each_database


def test_as_many_sessions_as_the_server_has_threads_read_at_once_twice(database):
    with ExitStack() as stack:
        for _ in range(80):
            session = stack.enter_context(database.read())
            assert session.execute(text("SELECT 1")).scalar() == 1


@pytest.mark.each_database("postgresql")
def test_a_server_that_was_away_is_found_again(database):
    with database.read() as session:
        session.execute(text("SELECT 1"))
    with closing(Database(database.url)) as other, other.read() as session:
        end_sessions = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        session.execute(text(end_sessions))

    with database.read() as session:
        assert session.execute(text("SELECT count(*) FROM trainings")).scalar() == 0


def test_a_server_opens_its_connections_when_it_starts_and_keeps_them(database):
    pool_size = POOL_OPTIONS["pool_size"]

    database.open_connections()

    pool = database.engine.pool
    assert pool.checkedin() == pool_size
    with database.read() as first, database.read() as second:
        first.execute(text("SELECT 1"))
        second.execute(text("SELECT 1"))
        assert pool.checkedin() == pool_size - 2
    assert pool.checkedin() == pool_size

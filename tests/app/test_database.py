"""The database's sessions."""

from contextlib import ExitStack

from sqlalchemy import text


def test_as_many_sessions_as_the_server_has_threads_read_at_once_twice(database):
    with ExitStack() as stack:
        for _ in range(80):
            assert stack.enter_context(database.read()).execute(text("SELECT 1")).scalar() == 1

"""All times that are compared or subtracted are the database's, whatever a process's clock says."""

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.db.models import Experiment
from app.db.types import DatabaseTime
from app.queue.clock import clock
from tests import factories
from tests.clock import now

ROOT = Path(__file__).parents[3]
HOUR = 3600.0
SOON = 60.0  # seconds: far longer than a test takes, far shorter than the clocks are off
LOCAL_CLOCKS = {"now", "utcnow", "today", "time"}
MAY_READ_THE_LOCAL_CLOCK = {
    "app/backup/replacing.py",  # the name of a file
    "app/web/access_guard.py",  # the time of a line in the log
    "app/db/file_identity.py",  # compared with the time of a file on the same machine
}
SOURCES = sorted(
    path
    for room in ("app", "worker")
    for path in (ROOT / room).rglob("*.py")
    if str(path.relative_to(ROOT)) not in MAY_READ_THE_LOCAL_CLOCK
)


def local_times(path: Path) -> list[int]:
    """The lines of a module that read the local clock as a time; monotonic clocks are none."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in LOCAL_CLOCKS
        and getattr(node.value, "id", "") in ("datetime", "date", "time")
    ]


def test_nothing_reads_the_local_clock():
    lines = {str(path.relative_to(ROOT)): local_times(path) for path in SOURCES}

    assert lines
    assert {path: found for path, found in lines.items() if found} == {}


@pytest.mark.parametrize("statement", ["datetime.now(UTC)", "time.time()", "f(default=time.time)"])
def test_a_local_clock_is_noticed(tmp_path, statement):
    path = tmp_path / "module.py"
    path.write_text(statement)

    assert local_times(path) == [1]


def test_the_time_by_the_database_is_in_utc_and_goes_on(database):
    with database.read() as session:
        first = clock(session)
        second = clock(session)

    assert first.utcoffset() == timedelta(0)
    assert first <= second
    assert abs((now() - first).total_seconds()) < SOON


def test_a_stored_time_compares_with_the_clock(database):
    with database.write() as session:
        made = factories.experiment(session)
        before = clock(session)
        session.execute(update(Experiment).values(started_at=DatabaseTime()))
        after = clock(session)

        started_at = session.scalars(select(Experiment.started_at)).one()
        is_between = Experiment.started_at.between(before, after)
        assert before <= started_at <= after
        assert session.scalars(select(Experiment.id).where(is_between)).all() == [made.id]

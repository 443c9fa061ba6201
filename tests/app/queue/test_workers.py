"""Which workers there are, and which of them count."""

from datetime import timedelta

from app.db.models import Worker
from app.queue import workers
from app.queue.clock import clock

LEASE_SECONDS = 30.0


def add_worker(session, worker_id, slots=1, silent_seconds=0.0, started_before=0.0):
    now = clock(session)
    worker = Worker(
        id=worker_id,
        hostname="host",
        pid=1,
        slots=slots,
        started_at=now - timedelta(seconds=started_before),
        seen_at=now - timedelta(seconds=silent_seconds),
    )
    session.add(worker)
    session.flush()
    return worker


def test_workers_heard_of_within_a_lease_are_alive_the_oldest_first(database):
    with database.write() as session:
        add_worker(session, "newer", started_before=10)
        add_worker(session, "older", started_before=99, silent_seconds=20)
        add_worker(session, "silent", silent_seconds=LEASE_SECONDS + 10)
        add_worker(session, "stopped")
        workers.leave(session, "stopped")

        alive = workers.alive(session, LEASE_SECONDS)

        assert [worker.id for worker in alive] == ["older", "newer"]


def test_only_the_worker_that_leaves_has_stopped(database):
    with database.write() as session:
        left = add_worker(session, "left")
        other = add_worker(session, "other")

        workers.leave(session, "left")

        session.expire_all()
        assert left.stopped_at is not None
        assert other.stopped_at is None


def test_a_beat_shows_that_a_worker_is_there_and_why_it_waits(database):
    with database.write() as session:
        worker = add_worker(session, "worker", silent_seconds=1000)
        other = add_worker(session, "other", silent_seconds=1000)

        is_registered = workers.beat(session, "worker", "The disk is full.")

        session.expire_all()
        assert is_registered is True
        assert worker.trouble == "The disk is full."
        assert clock(session) - worker.seen_at < timedelta(seconds=500)
        assert other.trouble is None
        assert clock(session) - other.seen_at > timedelta(seconds=500)


def test_a_beat_without_trouble_ends_the_trouble(database):
    with database.write() as session:
        worker = add_worker(session, "worker")
        workers.beat(session, "worker", "The disk is full.")

        workers.beat(session, "worker")

        session.expire_all()
        assert worker.trouble is None


def test_a_worker_that_the_database_does_not_know_is_told_so(database):
    with database.write() as session:
        assert workers.beat(session, "unknown") is False


def test_the_slots_of_all_workers_that_were_heard_of_lately_count(database):
    with database.write() as session:
        assert workers.slots_alive(session) == 0
        add_worker(session, "two", slots=2, silent_seconds=50)
        add_worker(session, "three", slots=3)
        add_worker(session, "silent", slots=7, silent_seconds=workers.MAX_SILENT_SECONDS + 20)

        assert workers.slots_alive(session) == 5


def test_a_worker_silent_for_a_week_is_forgotten_when_another_registers(database):
    day = timedelta(days=1).total_seconds()
    with database.write() as session:
        add_worker(session, "six days", silent_seconds=6 * day)
        add_worker(session, "eight days", silent_seconds=8 * day)

        workers.register(session, "new", hostname="here", pid=2, slots=1, heartbeat_seconds=5)

        names = {name for (name,) in session.query(Worker.id)}
        assert names == {"new", "six days"}

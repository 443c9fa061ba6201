"""Which worker processes there are, and when each was last heard of, by the database's clock."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db.models import Worker
from app.queue.clock import clock

FORGET_AFTER = timedelta(days=7)
REMEMBER_STOPPED_FOR = timedelta(minutes=10)
MAX_SILENT_SECONDS = 60.0  # a worker silent for longer does not count in estimates of time


def register(
    session: Session,
    worker_id: str,
    *,
    hostname: str,
    pid: int,
    slots: int,
    heartbeat_seconds: float,
) -> None:
    """Store that a worker has started, and delete those not heard of for a week."""
    now = clock(session)
    session.execute(delete(Worker).where(Worker.seen_at < now - FORGET_AFTER))
    worker = Worker(
        id=worker_id,
        hostname=hostname[:255],
        pid=pid,
        slots=slots,
        heartbeat_seconds=heartbeat_seconds,
        started_at=now,
        seen_at=now,
    )
    session.add(worker)


def beat(session: Session, worker_id: str, trouble: str = "") -> bool:
    """Store that a worker is still there, and why it waits.

    Returns False where the worker is not registered, as in a restored database.
    """
    seen = (
        update(Worker)
        .where(Worker.id == worker_id)
        .values(seen_at=clock(session), trouble=trouble or None)
        .returning(Worker.id)
    )
    return session.scalar(seen) is not None


def report_untrusted(session: Session, worker_id: str, experiment_ids: Sequence[int]) -> None:
    """Store which experiments a worker leaves alone: their programs are not trusted there."""
    change = update(Worker).where(Worker.id == worker_id)
    session.execute(change.values(untrusted=list(experiment_ids)))


def leave(session: Session, worker_id: str) -> None:
    """Store that a worker has stopped."""
    now = clock(session)
    change = update(Worker).where(Worker.id == worker_id)
    change = change.values(stopped_at=now)
    session.execute(change)


def store_death(session: Session, hostname: str, pid: int, reason: str) -> None:
    """Store that a worker process is gone without having said so, and why."""
    now = clock(session)
    is_process = (Worker.hostname == hostname[:255], Worker.pid == pid, Worker.stopped_at.is_(None))
    change = update(Worker).where(*is_process).values(stopped_at=now, trouble=reason)
    if session.execute(change.returning(Worker.id)).first() is None:  # it died while it started
        session.add(
            Worker(
                id=f"{hostname[:40]}-{pid}-died",
                hostname=hostname[:255],
                pid=pid,
                slots=0,
                stopped_at=now,
                trouble=reason,
            )
        )


def last_stopped(session: Session) -> list[Worker]:
    """The worker that stopped last, at most ten minutes ago."""
    query = select(Worker).where(Worker.stopped_at >= clock(session) - REMEMBER_STOPPED_FOR)
    return list(session.scalars(query.order_by(Worker.stopped_at.desc()).limit(1)))


def alive(session: Session, lease_seconds: float) -> list[Worker]:
    """Workers heard of within one lease, oldest first."""
    lease = timedelta(seconds=lease_seconds)
    since = clock(session) - lease
    query = (
        select(Worker)
        .where(
            Worker.stopped_at.is_(None),
            Worker.seen_at >= since,
        )
        .order_by(Worker.started_at)
    )
    return list(session.scalars(query))


def slots_alive(session: Session) -> int:
    """How many trainings can run at once, in all workers together."""
    slots = 0
    for worker in alive(session, MAX_SILENT_SECONDS):
        slots += worker.slots
    return slots

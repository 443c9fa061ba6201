"""Which worker processes there are, by what they last said. Times are the database's: it is asked by all of them."""

from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.db.models import Worker
from app.queue.clock import clock

FORGET_AFTER = timedelta(days=7)
SILENT_SECONDS = (
    60.0  # a worker that says nothing for so long counts for nothing when time is estimated
)


def register(session: Session, worker_id: str, *, hostname: str, pid: int, slots: int) -> None:
    """Say that a worker has started, and forget those long gone."""
    moment = clock(session)
    session.execute(delete(Worker).where(Worker.seen_at < moment - FORGET_AFTER))
    session.add(
        Worker(
            id=worker_id,
            hostname=hostname[:255],
            pid=pid,
            slots=slots,
            started_at=moment,
            seen_at=moment,
        )
    )


def beat(session: Session, worker_id: str, trouble: str = "") -> bool:
    """Say that a worker is still there, and why it waits; False when nobody knows it, as in a restored database."""
    found = (
        update(Worker)
        .where(Worker.id == worker_id)
        .values(seen_at=clock(session), trouble=trouble or None)
    )
    return session.scalar(found.returning(Worker.id)) is not None


def leave(session: Session, worker_id: str) -> None:
    """Say that a worker has stopped."""
    session.execute(update(Worker).where(Worker.id == worker_id).values(stopped_at=clock(session)))


def alive(session: Session, lease_seconds: float) -> list[Worker]:
    """Workers heard of within one lease, oldest first."""
    since = clock(session) - timedelta(seconds=lease_seconds)
    query = (
        select(Worker)
        .where(Worker.stopped_at.is_(None), Worker.seen_at >= since)
        .order_by(Worker.started_at)
    )
    return list(session.scalars(query))


def slots_alive(session: Session) -> int:
    """How many trainings run at once, all workers taken together."""
    return sum(worker.slots for worker in alive(session, SILENT_SECONDS))

"""One-time keys: a request that is sent twice takes effect once.

A form carries a key of its own, and a program may send one. The key is stored in the transaction
that does what was asked for, with what that led to; whoever sends the same request with the same
key again is led there. Writers take turns, so requests at the same moment are no exception.
"""

from datetime import timedelta
from hashlib import sha256

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.db.models import RequestKey
from app.queue.clock import clock

KEPT_FOR = timedelta(days=1)
MAX_KEYS = 10_000


def make_digest(*parts: str | bytes) -> str:
    """A digest of a key and of all that was sent with it: what differs is another request."""
    digest = sha256()
    for part in parts:
        content = part
        if isinstance(content, str):
            content = content.encode("utf-8", "surrogatepass")
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.hexdigest()


def find_result(session: Session, digest: str | None) -> str | None:
    """What a request led to when it was sent before; None where it is new, or has no key."""
    if digest is None:
        return None
    query = select(RequestKey.result).where(RequestKey.digest == digest)
    return session.scalar(query)


def store_result(session: Session, digest: str | None, result: str) -> None:
    """Remember what a request led to, with what it does."""
    if digest is None:
        return
    _delete_old_keys(session)
    session.add(RequestKey(digest=digest, result=result))
    session.flush()


def is_first(session: Session, digest: str | None, result: str) -> bool:
    """Whether a request is sent for the first time; its result is remembered then."""
    if find_result(session, digest) is not None:
        return False
    store_result(session, digest, result)
    return True


def _delete_old_keys(session: Session) -> None:
    """Delete keys after a day, and the oldest where there are too many."""
    oldest_time = clock(session) - KEPT_FOR
    newest_id = session.scalar(select(func.max(RequestKey.id))) or 0
    is_old = RequestKey.created_at < oldest_time
    is_too_many = RequestKey.id <= newest_id - MAX_KEYS + 1
    session.execute(delete(RequestKey).where(is_old | is_too_many))

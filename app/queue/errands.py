"""What bundles, deliveries and boards share: rows that are requested, then claimed under a lease.

Leases of all three are renewed, observed and released by app.queue.claims.
"""

from dataclasses import dataclass
from secrets import token_hex

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.db.models import Artifact, Board, Delivery
from app.queue.transitions import NOT_SYNCHRONIZED

ErrandTable = type[Artifact] | type[Board] | type[Delivery]
ERRAND_TABLES: tuple[ErrandTable, ...] = (Artifact, Board, Delivery)


@dataclass(frozen=True)
class ErrandClaim:
    """A claimed row, the token of its lease, and the experiment that it belongs to alone."""

    row_id: int
    token: str
    experiment_id: int | None = None


@dataclass(frozen=True)
class ErrandQueue:
    """The rows of one table that are requested and that nobody works on, the lowest key first."""

    table: ErrandTable
    key: InstrumentedAttribute[int]
    is_requested: tuple[ColumnElement[bool], ...]

    def has_requests(self, session: Session) -> bool:
        """Whether there is a row to take."""
        return self._find_first(session) is not None

    def claim(self, session: Session) -> ErrandClaim | None:
        """Take the next row under a lease; None when there is none, or another was first."""
        row_id = self._find_first(session)
        if row_id is None:
            return None
        token = token_hex(16)
        claimed = (
            update(self.table)
            .where(self.key == row_id, *self.is_requested)
            .values(lease_token=token, lease_beats=0)
            .returning(self.key)
        )
        if session.scalar(claimed, execution_options=NOT_SYNCHRONIZED) is None:
            return None
        return ErrandClaim(row_id, token)

    def end(self, session: Session, token: str, **values: object) -> None:
        """Change the row of a lease, if it still holds, and give it up."""
        change = update(self.table).where(self.table.lease_token == token)
        session.execute(
            change.values(lease_token=None, **values), execution_options=NOT_SYNCHRONIZED
        )

    def _find_first(self, session: Session) -> int | None:
        first = select(self.key).where(*self.is_requested).order_by(self.key).limit(1)
        return session.scalar(first)

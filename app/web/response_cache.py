"""What several open pages ask for within a moment is made once."""

from collections.abc import Callable
from typing import Generic, TypeVar

from app.cache import Cache
from app.db.engine import Database

SHARED_SECONDS = 0.5  # every open page asks once a second
MAX_SHARED_RESPONSES = 200

Value = TypeVar("Value")


class ResponseCache(Generic[Value]):
    """Parts of responses, shared for half a second, at most until this server writes.

    A write of this server ends them all: whoever presses Stop sees the search stopped. What workers
    write is seen half a second later.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._cache: Cache[str, Value] = Cache(
            max_items=MAX_SHARED_RESPONSES,
            max_age_seconds=SHARED_SECONDS,
        )

    def get_or_make(self, address: str, make: Callable[[], Value]) -> Value:
        """Return what was made for this address a moment ago, or make it now."""
        return self._cache.get_or_make(
            address,
            make,
            version=self._database.write_count,
        )

    def __len__(self) -> int:
        return len(self._cache)

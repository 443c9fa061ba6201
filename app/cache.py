"""Values that are made once for all who ask for them, and kept for a limited time.

Foretune caches in two ways only: `functools.lru_cache` for the results of pure functions, and this
class for what comes from the database or from a file.
"""

import time
from collections.abc import Callable, Hashable, Mapping
from math import inf
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Item = TypeVar("Item", bound=Hashable)


class Cache(Generic[Key, Value]):
    """A bounded cache for several threads: the oldest entry leaves first.

    One thread makes a value, and the others that ask for it meanwhile wait and share it. Only one
    value is made at a time, so that quick requests share the interpreter with one slow one at most.
    So making a value must not wait for what another caller may hold, such as the write lock.

    max_items: how many values are kept.
    max_age_seconds: how long a value is handed out, counted from the moment its making began. Older
    ones are forgotten when the next is made. By default it is kept until newer ones push it out.
    """

    def __init__(
        self,
        max_items: int,
        max_age_seconds: float = inf,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_items = max_items
        self._max_age_seconds = max_age_seconds
        self._clock = clock
        self._entries: dict[Key, _Entry[Value]] = {}
        self._entries_lock = Lock()
        self._making_lock = Lock()
        self._version = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get_or_make(self, key: Key, make: Callable[[], Value], version: int = 0) -> Value:
        """Return the cached value, or make it now.

        A version that differs from the last caller's empties the cache: all of it was made from
        older data. Where `make` raises, nothing is kept.
        """
        asked_at = self._clock()
        entry = self._entry_for(key, version)
        with entry.lock:
            age = asked_at - entry.made_at
            if age >= self._max_age_seconds:
                with self._making_lock:
                    made_at = self._clock()
                    entry.values = [make()]
                    entry.made_at = made_at
            return entry.values[0]

    def find_or_make_many(
        self,
        keys: Mapping[Item, Key],
        make: Callable[[list[Item]], Mapping[Item, Value]],
    ) -> dict[Item, Value]:
        """The values of items by their keys; those that are not cached are made at once.

        `make` may leave items out, which then have no value.
        """
        values = {}
        new_items = []
        for item, key in keys.items():
            value = self.find(key)
            if value is None:
                new_items.append(item)
            else:
                values[item] = value
        if new_items:
            for item, value in make(new_items).items():
                values[item] = value
                self.keep(keys[item], value)
        return values

    def find(self, key: Key) -> Value | None:
        """The cached value; None where there is none."""
        entry = self._entries.get(key)
        if entry is None or not entry.values:
            return None
        if self._clock() - entry.made_at >= self._max_age_seconds:
            return None
        return entry.values[0]

    def keep(self, key: Key, value: Value) -> None:
        """Cache a value that was made already."""
        entry = self._entry_for(key, self._version)
        with entry.lock:
            entry.values = [value]
            entry.made_at = self._clock()

    def _entry_for(self, key: Key, version: int) -> "_Entry[Value]":
        with self._entries_lock:
            if version != self._version:
                self._entries.clear()
                self._version = version
            if key not in self._entries:
                self._drop_expired()
                self._drop_oldest()
                self._entries[key] = _Entry()
            return self._entries[key]

    def _drop_expired(self) -> None:
        """Forget what is no longer handed out. What is made for the first time stays."""
        oldest_valid = self._clock() - self._max_age_seconds
        expired = []
        for key, entry in self._entries.items():
            if entry.values and entry.made_at <= oldest_valid:
                expired.append(key)
        for key in expired:
            del self._entries[key]

    def _drop_oldest(self) -> None:
        """Make room for one more entry."""
        entries = self._entries
        while len(entries) >= self._max_items:
            oldest = next(iter(entries))
            del entries[oldest]


class _Entry(Generic[Value]):
    """The last value made for one key (a list, empty before), and when its making began."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.values: list[Value] = []
        self.made_at = -inf

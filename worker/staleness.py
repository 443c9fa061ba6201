"""How long a value has not changed, by this process's own monotonic clock."""

import math
import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Sighting:
    """A value, when it was first seen, and when it was last seen."""

    value: Hashable
    first_at: float
    last_at: float


class StalenessTimer:
    """Times how long values stay the same, each under its key.

    A worker so judges another machine's heartbeat without comparing two machines' clocks.

    A key is to be looked at often. After a gap of more than `max_gap` seconds its time starts anew:
    what kept this process from looking, a locked database or a machine that slept, may also have
    kept others from changing the value.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, max_gap: float = math.inf
    ) -> None:
        self._clock = clock
        self._max_gap = max_gap
        self._sightings: dict[Hashable, _Sighting] = {}

    def seconds_unchanged(self, key: Hashable, value: Hashable) -> float:
        """Seconds since this key was first seen with this value; 0 when the value is new."""
        now = self._clock()
        first_at = now
        sighting = self._sightings.get(key)
        if sighting is not None and sighting.value == value:
            gap = now - sighting.last_at
            if gap <= self._max_gap:
                first_at = sighting.first_at
        self._sightings[key] = _Sighting(value, first_at, now)
        return now - first_at

    def restart(self, key: Hashable) -> None:
        """Start again with this key: whatever value comes next is new."""
        self._sightings.pop(key, None)

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Forget every other key."""
        forgotten = self._sightings.keys() - set(keys)
        for key in forgotten:
            del self._sightings[key]

"""How long a value has not changed, by this process's own monotonic clock."""

import time
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class _Sighting:
    """A value, and when it was first seen."""

    value: Hashable
    seen_at: float


class StalenessTimer:
    """Times how long values stay the same, each under its key.

    A worker so judges another machine's heartbeat without comparing two machines' clocks.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._sightings: dict[Hashable, _Sighting] = {}

    def seconds_unchanged(self, key: Hashable, value: Hashable) -> float:
        """Seconds since this key was first seen with this value; 0 when the value is new."""
        now = self._clock()
        sighting = self._sightings.get(key)
        if sighting is None or sighting.value != value:
            self._sightings[key] = _Sighting(value, now)
            return 0.0
        return now - sighting.seen_at

    def restart(self, key: Hashable) -> None:
        """Start again with this key: whatever value comes next is new."""
        self._sightings.pop(key, None)

    def keep_only(self, keys: Iterable[Hashable]) -> None:
        """Forget every other key."""
        forgotten = self._sightings.keys() - set(keys)
        for key in forgotten:
            del self._sightings[key]

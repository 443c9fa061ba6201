"""How long something has not changed, by this process's own clock, which nobody can set."""

import time
from collections.abc import Callable, Hashable, Iterable


class Stillness:
    """Watches values by key. Two machines' clocks are never compared: what is told apart is "changed" and "not yet"."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[Hashable, tuple[Hashable, float]] = {}

    def seconds(self, key: Hashable, value: Hashable) -> float:
        """Seconds since this key was first seen with this value; 0 when it is new."""
        moment = self._clock()
        before = self._seen.get(key)
        if before is None or before[0] != value:
            self._seen[key] = (value, moment)
            return 0.0
        return moment - before[1]

    def forget(self, key: Hashable) -> None:
        """Begin anew with this key."""
        self._seen.pop(key, None)

    def keep(self, keys: Iterable[Hashable]) -> None:
        """Forget every other key."""
        wanted = set(keys)
        self._seen = {key: seen for key, seen in self._seen.items() if key in wanted}

"""Times for tests, and clocks that are wrong."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def set_clock_off(seconds: float, replace: Callable[[object, str, object], None] = setattr) -> None:
    """Let our code in this process see a wrong clock; the database's stays right."""

    class WrongDatetime(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(seconds=seconds)

    for name, module in list(sys.modules.items()):
        if name.startswith(("app.", "worker.")) and getattr(module, "datetime", None) is datetime:
            replace(module, "datetime", WrongDatetime)

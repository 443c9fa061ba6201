"""Whether the database can be written, as far as the server knows."""

import time
from collections.abc import Callable

from app.cache import Cache
from app.db.engine import Database
from app.db.outages import describe_full_disk, is_busy

PROBE_SECONDS = 2.0  # a result is valid for so long, however many pages ask


class WriteProbe:
    """Tries a small write when a page wants to know whether that is possible."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._results: Cache[str, str | None] = Cache(
            max_items=1,
            max_age_seconds=PROBE_SECONDS,
            clock=clock,
        )

    def describe_outage(self) -> str | None:
        """Why nothing can be written; None while all is well."""
        return self._results.get_or_make(
            "probe",
            self._probe,
        )

    def _probe(self) -> str | None:
        try:
            self._database.probe_write()
        except Exception as error:
            # A busy database is well: another connection writes. Or it tries to, on a full disk.
            if not is_busy(error):
                return self._database.describe_outage(error)
        file = self._database.file
        if file is None:
            return None
        return describe_full_disk(file)

"""Log lines that somebody else can cause at any rate: the first at once, then one a minute."""

import logging
import time
from collections.abc import Callable, Iterable

SECONDS_BETWEEN_LINES = 60.0


class RepeatFilter(logging.Filter):
    """Lets a message through once a minute, and says then how often it came meanwhile.

    beginnings: how the messages begin that are limited; all others always pass. A message counts as
    the same while its template is, whatever the template's arguments are.
    """

    def __init__(
        self, beginnings: Iterable[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._beginnings = tuple(beginnings)
        self._clock = clock
        self._shown_at: dict[str, float] = {}
        self._n_hidden: dict[str, int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write this line."""
        template = str(record.msg)
        beginning = self._find_beginning(template)
        if beginning is None:
            return True
        now = self._clock()
        shown_at = self._shown_at.get(beginning)
        if shown_at is not None and now - shown_at < SECONDS_BETWEEN_LINES:
            self._n_hidden[beginning] += 1
            return False
        n_hidden = self._n_hidden.get(beginning, 0)
        self._shown_at[beginning] = now
        self._n_hidden[beginning] = 0
        if n_hidden:
            record.msg = f"{template} ({n_hidden:,} more like it since the last such line)"
        return True

    def _find_beginning(self, template: str) -> str | None:
        for beginning in self._beginnings:
            if template.startswith(beginning):
                return beginning
        return None


def limit_repeats(logger_name: str, *beginnings: str) -> None:
    """Limit the messages of a logger that begin so."""
    logger = logging.getLogger(logger_name)
    logger.addFilter(RepeatFilter(beginnings))

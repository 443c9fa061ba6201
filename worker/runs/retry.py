"""Work on a database that cannot be used for now is done later, not lost."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")
PAUSE_SECONDS = 0.5


class Patience:
    """Does something again and again until the database lets it.

    `judge` says in words why waiting may mend an error, None where it does not; `tell` passes the words on whenever
    they change, "" when the wait is over.
    """

    def __init__(
        self, judge: Callable[[Exception], str | None], tell: Callable[[str], None]
    ) -> None:
        self._judge, self._tell = judge, tell

    def __call__(self, work: Callable[[], Answer]) -> Answer:
        """What `work` returns at last. Raises what it raises, where waiting does not mend that."""
        told = ""
        while True:
            try:
                answer = work()
            except Exception as error:
                words = self._judge(error)
                if words is None:
                    raise
                if words != told:
                    self._tell(words)
                told = words
                time.sleep(PAUSE_SECONDS)
            else:
                if told:
                    self._tell("")
                return answer

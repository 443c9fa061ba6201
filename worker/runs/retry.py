"""Waiting for a database that cannot be used for now: work is done later, not lost."""

import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")

RETRY_SECONDS = 0.5


class Retry:
    """Does something again and again until the database allows it.

    `explain_outage` says why an error will pass by itself, None where it will not. `report_waiting`
    is told that reason whenever it changes, and "" when the wait is over.
    """

    def __init__(
        self,
        explain_outage: Callable[[Exception], str | None],
        report_waiting: Callable[[str], None],
    ) -> None:
        self._explain_outage = explain_outage
        self._report_waiting = report_waiting

    def __call__(self, work: Callable[[], Result]) -> Result:
        """What `work` returns in the end. Raises what it raises where waiting does not help."""
        reported_reason = ""
        while True:
            try:
                result = work()
            except Exception as error:
                reason = self._explain_outage(error)
                if reason is None:
                    raise
                if reason != reported_reason:
                    self._report_waiting(reason)
                    reported_reason = reason
                time.sleep(RETRY_SECONDS)
            else:
                if reported_reason:
                    self._report_waiting("")
                return result

"""Waiting for a database that cannot be used for now."""

import pytest

from worker.runs import retry
from worker.runs.retry import Retry


class Outage(Exception):
    """The database cannot be used for now."""


@pytest.fixture
def reported(monkeypatch):
    """What was reported while waiting, in order; waiting takes no time."""
    monkeypatch.setattr(retry, "RETRY_SECONDS", 0.0)
    return []


@pytest.fixture
def retry_outages(reported):
    """Retries after an Outage, and after no other error."""

    def explain(error: Exception) -> str | None:
        return str(error) if isinstance(error, Outage) else None

    return Retry(explain, reported.append)


def failing_with(*errors: Exception):
    """Work that raises these errors, one each time, and then succeeds."""
    left = list(errors)

    def work() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return work


def test_work_that_succeeds_reports_nothing(retry_outages, reported):
    assert retry_outages(failing_with()) == "done"

    assert reported == []


def test_a_reason_is_reported_once_and_its_end_too(retry_outages, reported):
    work = failing_with(Outage("locked"), Outage("locked"), Outage("disk full"))

    assert retry_outages(work) == "done"

    assert reported == ["locked", "disk full", ""]


def test_an_error_that_waiting_does_not_fix_is_raised(retry_outages, reported):
    with pytest.raises(ValueError, match="wrong"):
        retry_outages(failing_with(Outage("locked"), ValueError("wrong")))

    assert reported == ["locked"]

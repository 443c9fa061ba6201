"""What the tests send to slots."""

from pathlib import Path

from app.domain.runs import Claim
from worker.custom import hang_guard
from worker.runs import runner


def do_nothing() -> None:
    """No slot of these tests needs warming up."""


def run_with_little_grace(url: str, claim: Claim, data: Path) -> None:
    """Run a claim, and give up a program that hangs after a moment."""
    hang_guard.GRACE_SECONDS = 0.3
    runner.run(url, claim, data)

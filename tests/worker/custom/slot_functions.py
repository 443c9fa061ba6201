"""What the tests send to slots."""

from app.domain.runs import Claim
from worker.custom import hang_guard
from worker.runs import runner


def nothing() -> None:
    """A slot needs no warming up here."""


def run_with_little_grace(url: str, claim: Claim) -> None:
    """Run a claim; a program that hangs is given up soon."""
    hang_guard.GRACE_SECONDS = 0.3
    runner.run(url, claim)

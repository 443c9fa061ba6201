"""What slots do beside trainings, each under a lease: bundles, deliveries, boards of baselines."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.queue import artifacts, boards, deliveries
from app.queue.errands import ErrandClaim, ErrandQueue
from worker.runs import tasks


@dataclass(frozen=True)
class Errand:
    """A kind of work that is requested in a table.

    run: what a slot does, given the URL of the database, a claim's row and token, and the data
    folder. failure: how a sentence begins that says why it could not be done.
    """

    queue: ErrandQueue
    claim: Callable[[Session], ErrandClaim | None]
    run: Callable[[str, int, str, Path], None]
    fail: Callable[[Session, str, str], None]
    failure: str


def find_requested(session: Session) -> Errand | None:
    """The next errand that nobody is at; bundles come first: a person waits for them."""
    for errand in ERRANDS:
        if errand.queue.has_requests(session):
            return errand
    return None


ERRANDS = (
    Errand(
        queue=artifacts.BUNDLES,
        claim=artifacts.claim_bundle,
        run=tasks.make_bundle,
        fail=artifacts.fail_bundle,
        failure="The bundle could not be made",
    ),
    Errand(
        queue=deliveries.DELIVERIES,
        claim=deliveries.claim,
        run=tasks.deliver,
        fail=deliveries.fail,
        failure="The model could not be prepared",
    ),
    Errand(
        queue=boards.BOARDS,
        claim=boards.claim,
        run=tasks.compute_board,
        fail=boards.fail,
        failure="The baselines could not be computed",
    ),
)

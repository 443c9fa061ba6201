"""What slots do beside trainings: bundles and boards of baselines, each under a lease."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.queue import artifacts, boards
from worker.runs import tasks


@dataclass(frozen=True)
class ErrandClaim:
    """A claimed row, the token of its lease, and the experiment that it belongs to alone."""

    row_id: int
    token: str
    experiment_id: int | None = None


# A function for a slot, and its arguments.
Call = tuple[Callable[..., None], tuple[Any, ...]]


@dataclass(frozen=True)
class Errand:
    """A kind of work that is requested in a table.

    prepare: what a slot does for a claim, with the URL of the database and the data folder.
    failure: how a sentence begins that says why it could not be done.
    """

    is_requested: Callable[[Session], bool]
    claim: Callable[[Session], ErrandClaim | None]
    prepare: Callable[[ErrandClaim, str, Path], Call]
    fail: Callable[[Session, str, str], None]
    failure: str


def find_requested(session: Session) -> Errand | None:
    """The next errand that nobody is at; bundles come first: a person waits for them."""
    for errand in ERRANDS:
        if errand.is_requested(session):
            return errand
    return None


def _claim_bundle(session: Session) -> ErrandClaim | None:
    claim = artifacts.claim_bundle(session)
    if claim is None:
        return None
    return ErrandClaim(claim.artifact_id, claim.token, claim.experiment_id)


def _prepare_bundle(claim: ErrandClaim, url: str, data: Path) -> Call:
    return tasks.make_bundle, (url, claim.row_id, claim.token, data)


def _claim_board(session: Session) -> ErrandClaim | None:
    claim = boards.claim(session)
    if claim is None:
        return None
    return ErrandClaim(claim.board_id, claim.token)


def _prepare_board(claim: ErrandClaim, url: str, _data: Path) -> Call:
    return tasks.compute_board, (url, claim.row_id, claim.token)


ERRANDS = (
    Errand(
        is_requested=artifacts.is_bundle_requested,
        claim=_claim_bundle,
        prepare=_prepare_bundle,
        fail=artifacts.fail_bundle,
        failure="The bundle could not be made",
    ),
    Errand(
        is_requested=boards.is_requested,
        claim=_claim_board,
        prepare=_prepare_board,
        fail=boards.fail,
        failure="The baselines could not be computed",
    ),
)

"""The best model as a download: how far its bundle is, in a state and in words."""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.errors import Conflict
from app.queue import artifacts, workers
from app.queue.artifacts import BestModel


class BundleState(StrEnum):
    """How far the bundle of a best model is."""

    READY = "ready"  # checked, and there to be downloaded
    REQUESTED = "requested"  # a worker packs and checks it, or will
    NOT_REQUESTED = "not requested"  # nobody has asked for it, and its search goes on
    FAILED = "failed"  # it could not be packed, or its predictions were wrong


@dataclass(frozen=True)
class Download:
    """The best model of an experiment as a download."""

    trial: Trial
    state: BundleState
    words: str
    is_being_made: bool
    content: bytes | None = None


def find_download(session: Session, experiment: Experiment, lease_seconds: float) -> Download:
    """The bundle of the best model with its bytes, or how far it is. Raises NotFound."""
    best = artifacts.best_model(session, experiment)
    content = None
    if best.is_ready:
        assert best.bundle is not None
        content = artifacts.read_content(session, best.bundle)
    return _describe(session, best, lease_seconds, content)


def request_download(session: Session, experiment: Experiment, lease_seconds: float) -> Download:
    """Ask a worker for the bundle of the best model, unless it is there. Raises NotFound."""
    best = artifacts.best_model(session, experiment)
    artifacts.request_bundle(session, best.trial)
    requested = artifacts.with_bundle(session, best.trial)
    return _describe(session, requested, lease_seconds)


def require_content(download: Download) -> bytes:
    """The bytes of the bundle. Raises Conflict that says why there are none yet."""
    if download.content is None:
        raise Conflict(download.words)
    return download.content


def _describe(
    session: Session, best: BestModel, lease_seconds: float, content: bytes | None = None
) -> Download:
    state = _state_of(best)
    has_workers = bool(workers.alive(session, lease_seconds))
    return Download(
        trial=best.trial,
        state=state,
        words=_words_for(state, best, has_workers),
        is_being_made=state == BundleState.REQUESTED and has_workers,
        content=content,
    )


def _state_of(best: BestModel) -> BundleState:
    if best.bundle is None:
        return BundleState.NOT_REQUESTED
    if best.is_ready:
        return BundleState.READY
    if best.bundle.problem:
        return BundleState.FAILED
    return BundleState.REQUESTED


def _words_for(state: BundleState, best: BestModel, has_workers: bool) -> str:
    if state == BundleState.READY:
        return "The best model is packed and checked: a GET of this address downloads it."
    if state == BundleState.NOT_REQUESTED:
        return (
            "The best model is packed when its search ends. To have it sooner, send a POST to "
            "this address, or press “Download the best model” on the experiment's page."
        )
    if state == BundleState.FAILED:
        assert best.bundle is not None
        return f"The best model cannot be downloaded: {best.bundle.problem} A POST tries again."
    if has_workers:
        return "The best model is being packed and checked: try again in a few seconds."
    return (
        "A worker has to pack and check the best model, and none is running. "
        "Start one: foretune worker"
    )

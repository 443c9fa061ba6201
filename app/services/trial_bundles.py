"""The model of one trial as a download: the same zip as that of a best trial."""

from sqlalchemy.orm import Session

from app.db.models import Artifact, Trial
from app.domain.terms import TrialState
from app.errors import Conflict
from app.queue import artifacts


def find(session: Session, trial: Trial) -> Artifact | None:
    """The bundle of a trial, made or requested."""
    return artifacts.find_bundle(session, trial.id)


def request(session: Session, trial: Trial) -> Artifact:
    """Ask a worker for the bundle of a completed trial, unless it is there. Raises Conflict."""
    if trial.state != TrialState.COMPLETED or trial.objective is None:
        raise Conflict(f"This trial is {trial.state}: only a completed one can be downloaded.")
    return artifacts.request_bundle(session, trial)


def read_content(session: Session, trial: Trial) -> bytes:
    """The zip. Raises Conflict that says why there is none yet."""
    bundle = find(session, trial)
    if bundle is None:
        raise Conflict("This trial is packed when it is asked for: press Download on its page.")
    if bundle.problem:
        raise Conflict(f"This trial cannot be downloaded: {bundle.problem}")
    if bundle.size is None:
        raise Conflict("This trial is being packed and checked: try again in a few seconds.")
    return artifacts.read_content(session, bundle)

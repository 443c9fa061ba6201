"""/api/trials."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from app.domain.terms import Part
from app.routes.api.datasets import Id
from app.routes.api.schemas import EpochShape, ForecastPoint, Listing, TrialShape, refusals
from app.services import trials
from app.web.charts.numbers import iso_dates
from app.web.dependencies import ReadSession, WriteSession

router = APIRouter(prefix="/trials", tags=["trials"])


@router.get("/{trial_id}", responses=refusals(404))
def get(session: ReadSession, trial_id: Id) -> TrialShape:
    """One trial."""
    trial = trials.get(session, trial_id)
    return TrialShape.of(trial, trials.diagnoses(session, [trial]).get(trial.id))


@router.get("/{trial_id}/epochs", responses=refusals(404))
def list_epochs(session: ReadSession, trial_id: Id) -> Listing[EpochShape]:
    """The epochs of a trial, in order."""
    found = trials.epochs(session, trials.get(session, trial_id))
    return Listing(items=[EpochShape.of(row) for row in found], total=len(found))


@router.get("/{trial_id}/forecast", responses=refusals(404))
def forecast(
    session: ReadSession,
    trial_id: Id,
    part: Annotated[Literal["validation", "test"], Query()] = "test",
) -> Listing[ForecastPoint]:
    """Predicted against actual, every row of a part."""
    view = trials.forecast(session, trials.get(session, trial_id), Part(part))
    rows = zip(iso_dates(view.at), view.actual, view.predicted, view.naive, strict=True)
    items = [
        ForecastPoint(at=at, actual=float(actual), predicted=float(predicted), naive=float(naive))
        for at, actual, predicted, naive in rows
    ]
    return Listing(items=items, total=len(items))


@router.post("/{trial_id}/stop", responses=refusals(404, 409))
def stop(session: WriteSession, trial_id: Id) -> TrialShape:
    """Ask a trial to stop after its epoch."""
    trial = trials.get(session, trial_id)
    trials.stop(session, trial)
    return TrialShape.of(trial, None)


@router.post("/{trial_id}/retry", responses=refusals(404, 409))
def retry(session: WriteSession, trial_id: Id) -> TrialShape:
    """Try a failed or stopped trial again."""
    trial = trials.get(session, trial_id)
    trials.retry(session, trial)
    return TrialShape.of(trial, None)

"""/api/experiments/{id}: try failed trials again, delete, and undo that."""

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.routes.api.parameters import Id
from app.routes.api.schemas.experiments import ExperimentSchema
from app.routes.api.schemas.responses import refusals
from app.services import deletion, experiments, overviews, trials
from app.web.dependencies import CurrentDeletionTimer, WriteSession
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=ExperimentRoute)


class RetriedSchema(BaseModel):
    """What was put back into the queue."""

    queued_trials: int = Field(description="how many failed trials are queued again")


@router.post("/{experiment_id}/retry-failed", responses=refusals(404, 409))
def retry_failed(session: WriteSession, experiment_id: Id) -> RetriedSchema:
    """Put every failed trial back into the queue."""
    experiment = experiments.get(session, experiment_id)
    return RetriedSchema(queued_trials=trials.retry_failed(session, experiment))


@router.delete("/{experiment_id}", status_code=204, responses=refusals(404, 409))
def delete(session: WriteSession, deletion_timer: CurrentDeletionTimer, experiment_id: Id) -> None:
    """Delete an experiment with its trials.

    For ten seconds `POST /api/experiments/{id}/undo-delete` brings it back. While trials of it run
    the answer is 409: stop it first.
    """
    experiment = experiments.get(session, experiment_id)
    deletion.mark_experiment(session, experiment)
    deletion_timer.schedule()


@router.post("/{experiment_id}/undo-delete", responses=refusals(404))
def undo_delete(session: WriteSession, experiment_id: Id) -> ExperimentSchema:
    """Bring back an experiment that has just been deleted."""
    experiment = deletion.restore_experiment(session, experiment_id)
    session.flush()
    return ExperimentSchema.of(overviews.build(session, experiment))

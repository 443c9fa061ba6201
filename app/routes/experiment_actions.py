"""What can be done with an experiment: each action leads back to a page."""

from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import RedirectResponse

from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS, Name
from app.services import best_models, deletion, experiment_control, experiments, one_time, trials
from app.services.best_models import BundleState
from app.web.dependencies import CurrentDeletionTimer, CurrentSettings, WriteSession
from app.web.messages import lead_to
from app.web.one_time_keys import FormDigest
from app.web.unreadable import ExperimentRoute

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

MAX_MINUTES = MAX_BUDGET_SECONDS / 60


@router.post("/{experiment_id}/stop")
def stop(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Stop the search: running trials end after their epoch."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.stop(session, experiment)
    return _lead_to(experiment_id, "search-stopping")


@router.post("/{experiment_id}/resume")
def resume(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Continue a stopped search."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.resume(session, experiment)
    return _lead_to(experiment_id, "search-resumed")


@router.post("/{experiment_id}/add-trials")
def add_trials(
    session: WriteSession,
    digest: FormDigest,
    experiment_id: int,
    count: Annotated[int, Form(ge=1, le=MAX_TRIALS)],
) -> RedirectResponse:
    """Let the search continue for more trials."""
    experiment = experiments.get(session, experiment_id)
    if one_time.is_first(session, digest, str(experiment_id)):
        experiment_control.add_trials(session, experiment, count)
    return _lead_to(experiment_id, "trials-added", count)


@router.post("/{experiment_id}/add-time")
def add_time(
    session: WriteSession,
    digest: FormDigest,
    experiment_id: int,
    minutes: Annotated[float, Form(gt=0, le=MAX_MINUTES)],
) -> RedirectResponse:
    """Raise the time budget."""
    seconds = 60 * minutes
    experiment = experiments.get(session, experiment_id)
    if one_time.is_first(session, digest, str(experiment_id)):
        experiment_control.add_time(session, experiment, seconds)
    return _lead_to(experiment_id, "time-added")


@router.post("/{experiment_id}/rename")
def rename(
    session: WriteSession, experiment_id: int, name: Annotated[Name, Form()]
) -> RedirectResponse:
    """Give it another name."""
    experiment = experiments.get(session, experiment_id)
    experiments.rename(session, experiment, name)
    return _lead_to(experiment_id, "renamed")


@router.post("/{experiment_id}/retry-failed")
def retry_failed(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Try every failed trial again."""
    experiment = experiments.get(session, experiment_id)
    n_failed = trials.retry_failed(session, experiment)
    return _lead_to(experiment_id, "failed-queued", n_failed)


@router.post("/{experiment_id}/best-model")
def request_best_model(
    session: WriteSession, settings: CurrentSettings, experiment_id: int
) -> RedirectResponse:
    """Lead to the best model's download, or to the page that starts it once a worker is done."""
    experiment = experiments.get(session, experiment_id)
    download = best_models.request_download(session, experiment, settings.lease_seconds)
    page = f"/experiments/{experiment_id}"
    if download.state == BundleState.READY:
        return RedirectResponse(f"{page}/best-model", 303)
    return RedirectResponse(f"{page}#download", 303)


@router.post("/{experiment_id}/delete")
def delete(
    session: WriteSession, deletion_timer: CurrentDeletionTimer, experiment_id: int
) -> RedirectResponse:
    """Delete an experiment and its trials, for good once it can no longer be undone."""
    experiment = experiments.get(session, experiment_id)
    deletion.mark_experiment(session, experiment)
    deletion_timer.schedule()
    return lead_to("/experiments", "experiment-deleted", experiment_id)


@router.post("/{experiment_id}/undo-delete")
def undo_delete(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Bring an experiment back that has just been deleted."""
    deletion.restore_experiment(session, experiment_id)
    return _lead_to(experiment_id, "restored")


def _lead_to(experiment_id: int, message: str, number: int | None = None) -> RedirectResponse:
    return lead_to(f"/experiments/{experiment_id}", message, number)

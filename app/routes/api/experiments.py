"""/api/experiments."""

import asyncio
import time
from typing import Annotated

from fastapi import APIRouter, Body, Query, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app.db.engine import Database
from app.db.models import Experiment
from app.domain.terms import TrialState
from app.errors import Conflict
from app.queue import artifacts, reduction, workers
from app.routes.api.datasets import Id, PageNumber, PageSize
from app.routes.api.examples import EXPERIMENTS
from app.routes.api.schemas import (
    ExperimentShape,
    Listing,
    ReductionStepSchema,
    TrialShape,
    refusals,
)
from app.routes.experiments import ZIP, zip_answer
from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS, ExperimentRequest
from app.services import (
    custom_models,
    experiment_control,
    experiments,
    overviews,
    trial_listing,
    trials,
)
from app.services.trial_listing import TrialQuery
from app.web.dependencies import CurrentSettings, ReadSession, WriteSession

router = APIRouter(prefix="/experiments", tags=["experiments"])
PYTHON = "text/x-python"
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.3


@router.post("", status_code=201, responses=refusals(400, 413))
def create(
    session: WriteSession,
    settings: CurrentSettings,
    wanted: Annotated[ExperimentRequest, Body(openapi_examples=EXPERIMENTS)],
) -> ExperimentShape:
    """Start a search.

    `space` maps a hyperparameter to a fixed value or to one of `{"choice": […]}`, `{"uniform": [low, high]}`,
    `{"loguniform": [low, high]}`, `{"integer": [low, high]}`, each with an optional `"when": {"other": value}`.
    What is left out has a good default. The strategy `manual` takes `points`, one trial each.
    The strategy `auto` and the pruning `auto` choose one of the others; `choice_reason` says which and why.
    The strategy `reduction` takes `reduction_method`, `reduction_interval`, `reduction_window` and
    `reduction_threshold`, named as in Talos; its metric is the objective.
    `GET /api/experiments/{id}/reduction-steps` says what it dropped and why.
    `start_from` lists earlier experiments on the same dataset, split and objective: their finished trials teach the
    strategy as if they were its own, and none is tried again. `pasted_results` does so with CSV: columns are
    hyperparameters and `objective`. What lies outside the search space is counted in `start` and does not count.
    `custom_model` names a file in the models folder (see /api/custom-models); without a `space`
    it gets the one the file describes.
    """
    custom_model = custom_models.find(settings.data, wanted.custom_model)
    return ExperimentShape.of(
        overviews.build(session, experiments.create(session, wanted, custom_model))
    )


@router.get("", responses=refusals())
def list_all(
    session: ReadSession, page: PageNumber = 1, size: PageSize = 50
) -> Listing[ExperimentShape]:
    """All experiments, newest first."""
    found = overviews.listing(session, page, size)
    return Listing(items=[ExperimentShape.of(row) for row in found.items], total=found.total)


@router.get(
    "/{experiment_id}/hyperopt",
    response_class=Response,
    responses={
        200: {"content": {PYTHON: {}}, "description": "Python that binds `space`."},
        **refusals(404, 409),
    },
)
def hyperopt_space(session: ReadSession, experiment_id: Id) -> Response:
    """Its search space as hyperopt code."""
    return Response(experiments.hyperopt_space(session, experiment_id), media_type=PYTHON)


@router.get("/{experiment_id}", responses=refusals(404))
def get(session: ReadSession, experiment_id: Id) -> ExperimentShape:
    """One experiment."""
    return ExperimentShape.of(overviews.build(session, experiments.get(session, experiment_id)))


@router.get("/{experiment_id}/trials", responses=refusals(404))
def list_trials(
    session: ReadSession,
    experiment_id: Id,
    page: PageNumber = 1,
    size: PageSize = 50,
    sort: Annotated[
        str, Query(max_length=80, description="a column; with a minus in front, descending")
    ] = "number",
    state: TrialState | None = None,
) -> Listing[TrialShape]:
    """The trials of an experiment, sorted by number, objective, test_rmse, …, or parameters.NAME."""
    catalogue = experiments.get(session, experiment_id).catalogue
    states = (state,) if state else ()
    query = TrialQuery(
        page, size, sort.removeprefix("-"), sort.startswith("-"), states, catalogue=catalogue
    )
    found = trial_listing.listing(session, experiment_id, query)
    said = trials.diagnoses(session, found.items)
    return Listing(
        items=[TrialShape.of(row, said.get(row.id)) for row in found.items], total=found.total
    )


@router.get("/{experiment_id}/reduction-steps", responses=refusals(404))
def list_reduction_steps(session: ReadSession, experiment_id: Id) -> Listing[ReductionStepSchema]:
    """What the reduction strategy saw, step by step: what it dropped of the search space, and on which evidence."""
    steps = reduction.load_state(session, experiments.get(session, experiment_id).id).steps
    return Listing(items=[ReductionStepSchema.of(step) for step in steps], total=len(steps))


def _changed(session: Session, experiment: Experiment) -> ExperimentShape:
    """An experiment as it is after what was just done to it."""
    session.flush()
    return ExperimentShape.of(overviews.build(session, experiment))


@router.post("/{experiment_id}/stop", responses=refusals(404, 409))
def stop(session: WriteSession, experiment_id: Id) -> ExperimentShape:
    """Ask for an end: running trials stop after their epoch."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.stop(session, experiment)
    return _changed(session, experiment)


@router.post("/{experiment_id}/resume", responses=refusals(404, 409))
def resume(session: WriteSession, experiment_id: Id) -> ExperimentShape:
    """Go on with a stopped experiment."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.resume(session, experiment)
    return _changed(session, experiment)


@router.post("/{experiment_id}/add-trials", responses=refusals(400, 404, 409, 413))
def add_trials(
    session: WriteSession,
    experiment_id: Id,
    count: Annotated[int, Body(embed=True, ge=1, le=MAX_TRIALS, strict=True)],
) -> ExperimentShape:
    """Let the search go on for some more trials."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.add_trials(session, experiment, count)
    return _changed(session, experiment)


@router.post("/{experiment_id}/add-time", responses=refusals(400, 404, 409, 413))
def add_time(
    session: WriteSession,
    experiment_id: Id,
    seconds: Annotated[float, Body(embed=True, gt=0, le=MAX_BUDGET_SECONDS)],
) -> ExperimentShape:
    """Raise the time budget: what it had ended goes on from its checkpoints."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.add_time(session, experiment, seconds)
    return _changed(session, experiment)


@router.get(
    "/{experiment_id}/best-model",
    response_class=Response,
    responses={200: {"content": {ZIP: {}}, "description": "The bundle."}, **refusals(404, 409)},
)
async def best_model(request: Request, experiment_id: Id) -> Response:
    """The bundle of the best model. Waits while a worker makes and checks it."""
    database: Database = request.app.state.database
    lease = request.app.state.settings.lease_seconds
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await run_in_threadpool(_bundle, database, experiment_id, lease)
        if answer is not None:
            return answer
        if time.monotonic() > deadline:
            raise Conflict(
                "The best model is still being packed and checked. Ask again in a minute."
            )
        await asyncio.sleep(POLL_SECONDS)


def _bundle(database: Database, experiment_id: int, lease_seconds: float) -> Response | None:
    """The zip, or None while a worker is at it. Raises Conflict where waiting is of no use."""
    with database.read() as session:
        found = artifacts.best_model(session, experiments.get(session, experiment_id))
        if found.is_ready and found.bundle is not None:
            return zip_answer(
                experiment_id, found.trial.number, artifacts.read_content(session, found.bundle)
            )
        if found.bundle is not None and found.bundle.problem:
            raise Conflict(f"The best model is not handed over: {found.bundle.problem}")
        alive = bool(workers.alive(session, lease_seconds))
    if found.bundle is None:
        with database.write() as session:
            artifacts.request_bundle(session, trials.get(session, found.trial.id))
    if not alive:
        raise Conflict(
            "A worker has to pack and check the model, and none is running. Start one: foretune worker"
        )
    return None

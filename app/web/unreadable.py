"""Requests about an experiment that cannot be read: answered in words, whatever raised an error."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from app.db.engine import Database
from app.db.models import Dataset, Trial
from app.errors import Conflict, FieldProblem, Invalid, NotFound, TooLarge
from app.queue.readability import find_dataset_damage
from app.queue.unreadable import MACHINE_ERRORS
from app.services import deletion, unreadable
from app.services.rows import read_id
from app.services.unreadable import MAX_SHOWN_TRIALS, StoredTrials, UnreadableExperiment
from app.web.error_handlers import answer
from app.web.templating import render
from app.web.views.csv_lines import csv_line

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

ANSWERED_ELSEWHERE = (
    Conflict,
    Invalid,
    NotFound,
    TooLarge,
    HTTPException,
    RequestValidationError,
    *MACHINE_ERRORS,
)
EXPERIMENT_FIELDS = ("experiment_id", "experiment", "start")  # of addresses and queries
TRIAL_FIELDS = ("trial_id", "trial")


class ExperimentUnreadable(Exception):
    """A request failed because this experiment cannot be read."""

    def __init__(self, experiment: UnreadableExperiment) -> None:
        super().__init__(f"Experiment {experiment.id} cannot be read: {experiment.problem}")
        self.experiment = experiment


@dataclass(frozen=True)
class UnreadableContext:
    """The page of an experiment that cannot be read: what is stored of it, as it is."""

    experiment: UnreadableExperiment
    trials: StoredTrials


class ExperimentRoute(APIRoute):
    """A route that looks, when its handler raises an error, whether all it needs can be read."""

    def get_route_handler(self) -> Handler:
        """The handler, and what is done about its errors."""
        handle = super().get_route_handler()

        async def handle_or_explain(request: Request) -> Response:
            try:
                return await handle(request)
            except ANSWERED_ELSEWHERE:
                raise
            except Exception as error:
                explained = await run_in_threadpool(_explain, request)
                if explained is None:
                    raise
                raise explained from error

        return handle_or_explain


def install(app: FastAPI) -> None:
    """Answer requests about experiments that cannot be read."""
    app.add_exception_handler(ExperimentUnreadable, _handle)


def _explain(request: Request) -> Exception | None:
    """What a request is about that cannot be read, as an error; None where there is no such."""
    database: Database = request.app.state.database
    with database.read() as session:
        for experiment_id in _experiment_ids(session, request):
            if deletion.is_marked(session, experiment_id):
                return NotFound(f"Experiment {experiment_id} not found.")
            experiment = unreadable.find(session, experiment_id)
            if experiment is not None:
                return ExperimentUnreadable(experiment)
        dataset_id = read_id(str(_fields_of(request).get("dataset_id", "")))
        dataset = session.get(Dataset, dataset_id) if dataset_id is not None else None
        if dataset is not None:
            damage = find_dataset_damage(session, dataset)
            if damage is not None:
                return Conflict(f"Dataset {dataset_id} cannot be read: {damage}")
    return None


def _fields_of(request: Request) -> dict[str, Any]:
    return {**request.query_params, **request.path_params}


def _experiment_ids(session: Session, request: Request) -> list[int]:
    fields = _fields_of(request)
    experiment_ids = []
    for name in EXPERIMENT_FIELDS:
        experiment_id = read_id(str(fields.get(name, "")))
        if experiment_id is not None:
            experiment_ids.append(experiment_id)
    for name in TRIAL_FIELDS:
        trial_id = read_id(str(fields.get(name, "")))
        trial = session.get(Trial, trial_id) if trial_id is not None else None
        if trial is not None:
            experiment_ids.append(trial.experiment_id)
    return experiment_ids


def _handle(request: Request, error: Exception) -> Response:
    assert isinstance(error, ExperimentUnreadable)
    path = request.url.path
    experiment = error.experiment
    is_page = request.method == "GET" and not path.startswith("/api/") and "/charts/" not in path
    if not is_page:
        problem = FieldProblem((), str(error))
        return answer(request, 409, [problem])
    if path.endswith(".csv"):
        trials = _load_trials(request, experiment, None)
        lines = [csv_line(trials.columns), *map(csv_line, trials.rows)]
        disposition = f'attachment; filename="experiment-{experiment.id}-trials.csv"'
        return Response(
            "".join(lines),
            media_type="text/csv",
            headers={"Content-Disposition": disposition},
        )
    template = "experiments/unreadable.html"
    if path.endswith("/live"):
        template = "experiments/_unreadable_live.html"
    trials = _load_trials(request, experiment, MAX_SHOWN_TRIALS)
    return render(request, template, UnreadableContext(experiment, trials))


def _load_trials(
    request: Request, experiment: UnreadableExperiment, limit: int | None
) -> StoredTrials:
    database: Database = request.app.state.database
    with database.read() as session:
        return unreadable.stored_trials(session, experiment.id, limit)

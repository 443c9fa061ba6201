"""Pages of experiments: the list, one experiment live, and what can be done with it."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask
from starlette.responses import (
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from app.config import Settings
from app.db.models import Experiment
from app.domain.reduction.steps import ReductionState
from app.domain.search_space.space import describe_size
from app.domain.strategies import strategy_info
from app.domain.terms import Part, TrialState
from app.errors import Conflict, Invalid, NotFound
from app.queue import artifacts, reduction, storage
from app.queue.clock import clock
from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS, Name
from app.services import (
    experiment_control,
    experiments,
    overviews,
    summaries,
    trial_listing,
    trials,
)
from app.services.paging import Page
from app.web.charts.reduction import reduction_figure
from app.web.charts.trials import objective_figure
from app.web.dependencies import CurrentDatabase, CurrentSettings, ReadSession, WriteSession
from app.web.fragments import figure, fragment
from app.web.templating import render
from app.web.views.reduction_text import describe_reduction
from app.web.views.trial_table import (
    NUMBER_COLUMN,
    PAGE_SIZES,
    STATE_COLUMN,
    RequestedTable,
    TableRequest,
    TrialTable,
    build_table,
    cell_value,
    varied_parameters,
    write_csv,
)

router = APIRouter(prefix="/experiments")
ZIP = "application/zip"
JUDGED_PARTS = (Part.VALIDATION, Part.TEST)


@router.get("")
def list_experiments(
    request: Request, session: ReadSession, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    """All experiments, newest first."""
    return render(request, "experiments/list.html", **_list(session, page))


@router.get("/live")
def list_live(
    request: Request, session: ReadSession, page: Annotated[int, Query(ge=1, le=10**6)] = 1
) -> Response:
    """The parts of the list that change."""
    return fragment(request, "experiments/_list_live.html", lambda: _list(session, page))


@router.get("/{experiment_id}")
def show(
    request: Request,
    session: ReadSession,
    settings: CurrentSettings,
    experiment_id: int,
    asked: RequestedTable,
) -> Response:
    """One experiment."""
    found = _show(session, experiment_id, asked)
    return render(
        request, "experiments/show.html", **found, **_setup(session, found["experiment"], settings)
    )


@router.get("/{experiment_id}/live")
def live(
    request: Request, session: ReadSession, experiment_id: int, asked: RequestedTable
) -> Response:
    """The parts of an experiment's page that change."""
    return fragment(request, "experiments/_live.html", lambda: _show(session, experiment_id, asked))


@router.get("/{experiment_id}/charts/objective")
def objective_chart(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """Objective by trial."""
    return figure(request, lambda: _objective(session, experiment_id))


@router.get("/{experiment_id}/charts/reduction")
def reduction_chart(session: ReadSession, experiment_id: int) -> JSONResponse:
    """How the search space shrinks. Raises NotFound where the strategy is another one."""
    experiment = experiments.get(session, experiment_id)
    reduction_state = _reduction_state(session, experiment)
    if reduction_state is None:
        raise NotFound(f"The strategy of experiment {experiment_id} thins no space.")
    overview = overviews.build(session, experiment)
    return JSONResponse(
        reduction_figure(
            reduction_state, experiment.space.size(), overview.start.count + overview.finished
        )
    )


@router.get("/{experiment_id}/trials.csv")
def trials_csv(
    session: ReadSession, experiment_id: int, asked: RequestedTable
) -> StreamingResponse:
    """The table as it is filtered and sorted, all pages of it."""
    experiment = experiments.get(session, experiment_id)
    table = build_table(asked, experiment)
    found = session.scalars(trial_listing.matching(experiment_id, table.query)).all()
    name = f'attachment; filename="experiment-{experiment_id}-trials.csv"'
    return StreamingResponse(
        write_csv(found, table.names, clock(session)),
        media_type="text/csv",
        headers={"Content-Disposition": name},
    )


@router.post("/{experiment_id}/stop")
def stop(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Ask for an end."""
    experiment_control.stop(session, experiments.get(session, experiment_id))
    return _back(experiment_id)


@router.post("/{experiment_id}/resume")
def resume(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Go on."""
    experiment_control.resume(session, experiments.get(session, experiment_id))
    return _back(experiment_id)


@router.post("/{experiment_id}/add-trials")
def add_trials(
    session: WriteSession, experiment_id: int, count: Annotated[int, Form(ge=1, le=MAX_TRIALS)]
) -> RedirectResponse:
    """Let the search go on for some more trials."""
    experiment_control.add_trials(session, experiments.get(session, experiment_id), count)
    return _back(experiment_id)


@router.post("/{experiment_id}/add-time")
def add_time(
    session: WriteSession,
    experiment_id: int,
    minutes: Annotated[float, Form(gt=0, le=MAX_BUDGET_SECONDS / 60)],
) -> RedirectResponse:
    """Raise the time budget."""
    experiment_control.add_time(session, experiments.get(session, experiment_id), 60 * minutes)
    return _back(experiment_id)


@router.post("/{experiment_id}/rename")
def rename(
    session: WriteSession, experiment_id: int, name: Annotated[Name, Form()]
) -> RedirectResponse:
    """Call it something else."""
    experiments.rename(session, experiments.get(session, experiment_id), name)
    return _back(experiment_id)


@router.post("/{experiment_id}/retry-failed")
def retry_failed(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Try every failed trial again."""
    trials.retry_failed(session, experiments.get(session, experiment_id))
    return _back(experiment_id)


@router.post("/{experiment_id}/delete")
def delete(
    session: WriteSession, database: CurrentDatabase, experiment_id: int
) -> RedirectResponse:
    """Forget an experiment and its trials; afterwards the file shrinks."""
    experiments.delete(session, experiments.get(session, experiment_id))
    return RedirectResponse("/experiments", 303, background=BackgroundTask(database.shrink))


@router.get("/{experiment_id}/space.py")
def space_as_hyperopt(session: ReadSession, experiment_id: int) -> PlainTextResponse:
    """Its search space as hyperopt code."""
    name = f'attachment; filename="experiment-{experiment_id}-space.py"'
    code = experiments.hyperopt_space(session, experiment_id)
    return PlainTextResponse(code, headers={"Content-Disposition": name})


@router.post("/{experiment_id}/best-model")
def wish_best_model(session: WriteSession, experiment_id: int) -> RedirectResponse:
    """Ask a worker for the bundle of the best model."""
    found = artifacts.best_model(session, experiments.get(session, experiment_id))
    artifacts.request_bundle(session, found.trial)
    return _back(experiment_id)


@router.get("/{experiment_id}/best-model")
def best_model(session: ReadSession, experiment_id: int) -> Response:
    """The zip that predicts on its own."""
    found = artifacts.best_model(session, experiments.get(session, experiment_id))
    if not found.is_ready or found.bundle is None:
        problem = found.bundle.problem if found.bundle else None
        raise Conflict(
            problem or "The bundle is not ready yet: a worker has to make and check it first."
        )
    return zip_answer(
        experiment_id, found.trial.number, artifacts.read_content(session, found.bundle)
    )


def zip_answer(experiment_id: int, number: int, content: bytes) -> Response:
    """A bundle as a download."""
    name = f'attachment; filename="foretune-experiment-{experiment_id}-trial-{number}.zip"'
    return Response(content, media_type=ZIP, headers={"Content-Disposition": name})


def _objective(session: Session, experiment_id: int) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    points = trials.objective_points(session, experiment_id)
    baseline = overviews.baseline_rmse(session, experiment, Part.VALIDATION)
    return objective_figure(points, baseline, experiment.objective)


def _list(session: Session, page: int) -> dict[str, Any]:
    found = overviews.listing(session, page)
    done = all(row.experiment.finished_at for row in found.items)
    return {
        "found": found,
        "done": done,
        "page_link": lambda number: f"?page={number}",
        "now": clock(session),
    }


def _show(session: Session, experiment_id: int, asked: TableRequest) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    overview, reduction_state = (
        overviews.build(session, experiment),
        _reduction_state(session, experiment),
    )
    return {
        "overview": overview,
        "experiment": experiment,
        "verdict": summaries.verdict(overview),
        "best_model": artifacts.with_bundle(session, overview.best) if overview.best else None,
        "baselines": {
            part: overviews.baseline_scores(session, experiment, part) for part in JUDGED_PARTS
        },
        "failures": summaries.failures(session, experiment_id),
        "reduction": describe_reduction(reduction_state) if reduction_state else None,
        "trend": summaries.trend(session, overview),
        "savings": summaries.savings(session, experiment_id),
        "varied": varied_parameters(experiment),
        "chart_version": f"{sum(overview.counts.values())}-{overview.finished}",
        **_table(session, experiment, asked),
    }


def _table(session: Session, experiment: Experiment, asked: TableRequest) -> dict[str, Any]:
    table = build_table(asked, experiment)
    rows, problem = _rows(session, experiment.id, table)
    return {
        "table": table,
        "rows": rows,
        "problem": problem,
        "cell": partial(cell_value, now=clock(session)),
        "number_column": NUMBER_COLUMN,
        "state_column": STATE_COLUMN,
        "sizes": PAGE_SIZES,
        "states": list(TrialState),
        "diagnoses": trials.diagnoses(session, rows.items),
    }


def _reduction_state(session: Session, experiment: Experiment) -> ReductionState | None:
    if not strategy_info(experiment.strategy).shrinks_space:
        return None
    return reduction.load_state(session, experiment.id)


def _setup(session: Session, experiment: Experiment, settings: Settings) -> dict[str, Any]:
    """What the search was told to do, which never changes, and what it keeps: the live parts do without them."""
    space = experiment.space
    kept = storage.measure(session, experiment.id)
    return {
        "space": space,
        "space_size": describe_size(space),
        "kept": kept,
        "keep": settings.keep_checkpoints,
    }


def _rows(session: Session, experiment_id: int, table: TrialTable) -> tuple[Page[Any], str]:
    try:
        return trial_listing.listing(session, experiment_id, table.query), ""
    except Invalid as error:
        return Page([], 0, 1, table.query.size), str(error)


def _back(experiment_id: int) -> RedirectResponse:
    return RedirectResponse(f"/experiments/{experiment_id}", 303)

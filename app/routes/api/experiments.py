"""/api/experiments."""

from typing import Annotated, Literal

from fastapi import APIRouter, Body, Query
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.db.models import Experiment
from app.domain.filters.parsing import MAX_FILTER_LENGTH
from app.domain.terms import ExperimentState, TrialState
from app.queue import reduction
from app.routes.api.examples import EXPERIMENTS
from app.routes.api.parameters import Id, PageNumber, PageSize
from app.routes.api.schemas.experiments import (
    AnyExperimentSchema,
    ExperimentSchema,
    describe_any,
)
from app.routes.api.schemas.reduction import ReductionStepSchema
from app.routes.api.schemas.responses import Listing, refusals
from app.routes.api.schemas.trials import TrialSchema
from app.schemas import MAX_BUDGET_SECONDS, MAX_TRIALS, ExperimentChange, ExperimentRequest
from app.services import (
    annotations,
    custom_models,
    experiment_control,
    experiments,
    one_time,
    overviews,
    trial_listing,
)
from app.services.diagnoses import diagnose_trials
from app.services.experiment_listing import NEWEST_FIRST, SORTS, ExperimentQuery
from app.services.trial_listing import FILTER_EXAMPLE, TrialQuery
from app.services.unreadable import checked_if_needed
from app.services.validation import check_request
from app.web.dependencies import CurrentSettings, ReadSession, WriteSession
from app.web.one_time_keys import BodyDigest
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute
from app.web.views.trial_columns import HEADINGS

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=ExperimentRoute)

PYTHON = "text/x-python"

SortColumn = Annotated[
    str, Query(max_length=80, description="a column; with a minus in front, descending")
]
TrialFilterText = Annotated[
    str, Query(max_length=MAX_FILTER_LENGTH, description=f"a filter, such as {FILTER_EXAMPLE}")
]
ListSort = Annotated[
    str,
    Query(max_length=40, description=f"{', '.join(SORTS)}; with a minus in front, descending"),
]
TrialCount = Annotated[int, Body(embed=True, ge=1, le=MAX_TRIALS, strict=True)]
BudgetSeconds = Annotated[float, Body(embed=True, gt=0, le=MAX_BUDGET_SECONDS)]


@router.post("", status_code=201, responses=refusals(400, 413))
def create(
    session: WriteSession,
    settings: CurrentSettings,
    digest: BodyDigest,
    experiment_request: Annotated[ExperimentRequest, Body(openapi_examples=EXPERIMENTS)],
) -> ExperimentSchema:
    """Start a search.

    `space` maps a hyperparameter to a fixed value or to one of `{"choice": […]}`,
    `{"uniform": [low, high]}`, `{"loguniform": [low, high]}`, `{"integer": [low, high]}`, each with
    an optional `"when": {"other": value}`. What is left out has a good default.
    The strategy `manual` takes `points`, one trial each.
    The strategy `auto` and the pruning `auto` choose one of the others; `choice_reason` says which
    and why.
    The strategy `reduction` takes `reduction_method`, `reduction_interval`, `reduction_window` and
    `reduction_threshold`, named as in Talos; its metric is the objective.
    `GET /api/experiments/{id}/reduction-steps` says what it dropped and why.
    `objective` is what is minimised on the validation part: `rmse` or `mae` in the CSV's units,
    `mase`, which is the MAE divided by that of the naive forecast on the train part, or `val_loss`.
    `horizon` is how many rows it forecasts at once, 1 unless said; the objective is over them all.
    `start_from` lists earlier experiments on the same dataset, split, objective and horizon: their
    finished trials teach the strategy as if they were its own, and none is tried again.
    `pasted_results` does so with a table: columns are hyperparameters and `objective`; another
    `pasted_horizon` than `horizon` is refused. What failed or lies outside the search space is
    counted in `start` and does not count.
    `custom_model` names a file in the models folder (see /api/custom-models); without a `space`
    it gets the one the file describes.
    """
    earlier_id = one_time.find_result(session, digest)
    if earlier_id is not None:
        earlier = experiments.get(session, int(earlier_id))
        return ExperimentSchema.of(overviews.build(session, earlier))
    custom_model = custom_models.find(settings.data, experiment_request.custom_model)
    checked = check_request(session, experiment_request, custom_model)
    experiment = experiments.store(session, checked)
    one_time.store_result(session, digest, str(experiment.id))
    overview = overviews.build(session, experiment)
    answer = ExperimentSchema.of(overview)
    answer.space_notes = list(checked.space_notes)
    return answer


@router.get("", responses=refusals())
def list_all(
    session: ReadSession,
    page: PageNumber = 1,
    size: PageSize = 50,
    search: Annotated[
        str, Query(max_length=200, description="words in the name, dataset, notes or tags")
    ] = "",
    state: ExperimentState | None = None,
    tag: Annotated[str, Query(max_length=80)] = "",
    starred: bool = False,
    archived: Literal["no", "only", "all"] = "no",
    sort: ListSort = NEWEST_FIRST,
) -> Listing[AnyExperimentSchema]:
    """List the experiments, newest first unless sorted; archived ones only on request."""
    query = ExperimentQuery(
        search=search,
        state=state or "",
        tag=tag,
        starred=starred,
        archived=archived,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
    )

    def make_listing(is_checked: bool) -> Listing[AnyExperimentSchema]:
        listed = overviews.listing(session, page, size, query=query, is_checked=is_checked)
        items = [describe_any(session, overview) for overview in listed.items]
        return Listing(
            items=items,
            total=listed.total,
        )

    return checked_if_needed(make_listing)


@router.get(
    "/{experiment_id}/hyperopt",
    response_class=Response,
    responses={
        200: {"content": {PYTHON: {}}, "description": "Python that binds `space`."},
        **refusals(404, 409),
    },
)
def hyperopt_space(session: ReadSession, experiment_id: Id) -> Response:
    """Get the search space of an experiment as hyperopt code."""
    code = experiments.hyperopt_space(session, experiment_id)
    return Response(code, media_type=PYTHON)


@router.get("/{experiment_id}", responses=refusals(404))
def get(session: ReadSession, experiment_id: Id) -> AnyExperimentSchema:
    """Get an experiment."""
    experiment = experiments.get(session, experiment_id)

    def describe(is_checked: bool) -> AnyExperimentSchema:
        overview = overviews.build_any(session, experiment, is_checked=is_checked)
        return describe_any(session, overview)

    return checked_if_needed(describe)


@router.patch("/{experiment_id}", responses=refusals(400, 404, 413))
def change(
    session: WriteSession, experiment_id: Id, change_request: ExperimentChange
) -> ExperimentSchema:
    """Change the name, notes or tags of an experiment, star it or archive it.

    What is not given stays.
    """
    experiment = experiments.get(session, experiment_id)
    annotations.change_experiment(session, experiment, change_request)
    return _describe_changed(session, experiment)


@router.get("/{experiment_id}/trials", responses=refusals(404))
def list_trials(
    session: ScoredSession,
    experiment_id: Id,
    page: PageNumber = 1,
    size: PageSize = 50,
    sort: SortColumn = "number",
    state: TrialState | None = None,
    search: TrialFilterText = "",
) -> Listing[TrialSchema]:
    """List the trials of an experiment, sorted and filtered.

    `sort` is number, objective, test_rmse, test_mase and so on, or parameters.NAME. A filter is
    conditions such as `objective < 1.5`, joined by `and`, which may be left out, `or` and brackets.
    Names are those of the columns, in the CSV or on the page, and of the hyperparameters; also
    `tag` and `starred`. Any other word must be in a trial's tags, notes, state or values.
    """
    experiment = experiments.get(session, experiment_id)
    query = TrialQuery(
        page=page,
        size=size,
        sort=sort.removeprefix("-"),
        descending=sort.startswith("-"),
        states=(state,) if state else (),
        search=search,
        catalogue=experiment.catalogue,
        headings=HEADINGS,
    )
    listed = trial_listing.listing(session, experiment_id, query)
    diagnoses = diagnose_trials(session, listed.items)
    items = []
    for trial in listed.items:
        diagnosis = diagnoses.get(trial.id)
        items.append(TrialSchema.of(trial, diagnosis))
    return Listing(
        items=items,
        total=listed.total,
    )


@router.get("/{experiment_id}/reduction-steps", responses=refusals(404))
def list_reduction_steps(session: ReadSession, experiment_id: Id) -> Listing[ReductionStepSchema]:
    """List what the reduction strategy dropped, step by step, and on which evidence."""
    experiment = experiments.get(session, experiment_id)
    reduction_state = reduction.load_state(session, experiment.id)
    items = [ReductionStepSchema.of(step) for step in reduction_state.steps]
    return Listing.whole(items)


@router.post("/{experiment_id}/stop", responses=refusals(404, 409))
def stop(session: WriteSession, experiment_id: Id) -> ExperimentSchema:
    """Stop a search: running trials end after their epoch."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.stop(session, experiment)
    return _describe_changed(session, experiment)


@router.post("/{experiment_id}/resume", responses=refusals(404, 409))
def resume(session: WriteSession, experiment_id: Id) -> ExperimentSchema:
    """Continue a stopped search."""
    experiment = experiments.get(session, experiment_id)
    experiment_control.resume(session, experiment)
    return _describe_changed(session, experiment)


@router.post("/{experiment_id}/add-trials", responses=refusals(400, 404, 409, 413))
def add_trials(
    session: WriteSession, digest: BodyDigest, experiment_id: Id, count: TrialCount
) -> ExperimentSchema:
    """Let a search continue for more trials."""
    experiment = experiments.get(session, experiment_id)
    if one_time.is_first(session, digest, str(experiment_id)):
        experiment_control.add_trials(session, experiment, count)
    return _describe_changed(session, experiment)


@router.post("/{experiment_id}/add-time", responses=refusals(400, 404, 409, 413))
def add_time(
    session: WriteSession, digest: BodyDigest, experiment_id: Id, seconds: BudgetSeconds
) -> ExperimentSchema:
    """Raise the time budget of a search.

    Trials that it had ended continue from their checkpoints.
    """
    experiment = experiments.get(session, experiment_id)
    if one_time.is_first(session, digest, str(experiment_id)):
        experiment_control.add_time(session, experiment, seconds)
    return _describe_changed(session, experiment)


def _describe_changed(session: Session, experiment: Experiment) -> ExperimentSchema:
    """An experiment after a change that is not written yet."""
    session.flush()
    overview = overviews.build(session, experiment)
    return ExperimentSchema.of(overview)

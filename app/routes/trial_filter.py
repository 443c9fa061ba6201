"""What the filter's field asks while somebody types: which names there are, and what is wrong."""

from dataclasses import replace

from fastapi import APIRouter
from starlette.responses import JSONResponse

from app.domain.filters.names import ValueKind
from app.services import annotations, experiments, trial_listing
from app.services.trial_filters import make_vocabulary
from app.web.dependencies import ReadSession
from app.web.scored_sessions import ScoredSession
from app.web.unreadable import ExperimentRoute
from app.web.views.trial_columns import HEADINGS
from app.web.views.trial_filter import describe_check, describe_name
from app.web.views.trial_table import RequestedTable, build_table, varied_parameters

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

TAG = "tag"


@router.get("/{experiment_id}/filter-names")
def list_names(session: ReadSession, experiment_id: int) -> JSONResponse:
    """The names of a filter, those that the search varies first, and what each takes."""
    experiment = experiments.get(session, experiment_id)
    tags = annotations.list_trial_tags(session, experiment_id)
    vocabulary = make_vocabulary(experiment.catalogue, HEADINGS)
    varied = varied_parameters(experiment)
    names = []
    for name in sorted(vocabulary.names, key=lambda name: name.name not in varied):
        if name.name == TAG and name.kind == ValueKind.TEXT:
            name = replace(name, choices=tuple(tags))
        names.append(describe_name(name))
    return JSONResponse(names)


@router.get("/{experiment_id}/filter-check")
def check(
    session: ScoredSession, experiment_id: int, table_request: RequestedTable
) -> JSONResponse:
    """How many trials a filter finds, or what is wrong with it and where."""
    experiment = experiments.get(session, experiment_id)
    table = build_table(table_request, experiment)
    result = trial_listing.check_filter(session, experiment_id, table.query)
    return JSONResponse(describe_check(result))

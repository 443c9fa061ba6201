"""Charts of all trials of an experiment: parallel coordinates, Pareto front, curves."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.db.models import Experiment
from app.errors import Invalid
from app.services import experiments, parallel_coordinates, trial_costs, trial_curves
from app.services.trial_costs import CostMeasure
from app.services.trial_curves import CurveReport
from app.services.trial_listing import TrialQuery
from app.web.charts.curves import curves_figure
from app.web.charts.figures import Figure
from app.web.charts.parallel import parallel_document
from app.web.charts.pareto import pareto_figure
from app.web.dependencies import ReadSession
from app.web.fragments import figure, fragment
from app.web.unreadable import ExperimentRoute
from app.web.views.curves_text import describe_curves
from app.web.views.pareto_text import ParetoText, describe_costs
from app.web.views.trial_table import RequestedTable, TableRequest, build_table

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

Measure = Annotated[CostMeasure, Query(alias="x")]


@dataclass(frozen=True)
class ParetoContext:
    """The simplest good trial in words, and the front as a table."""

    text: ParetoText


@dataclass(frozen=True)
class CurvesContext:
    """Which curves are drawn, in words."""

    text: str


@router.get("/{experiment_id}/charts/parallel")
def parallel_chart(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """The lines of parallel coordinates."""
    return figure(request, lambda: _draw_parallel(session, experiment_id))


@router.get("/{experiment_id}/charts/parallel/matching")
def matching_lines(
    request: Request, session: ReadSession, experiment_id: int, table_request: RequestedTable
) -> Response:
    """Which of these lines a filter finds."""
    return figure(request, lambda: _find_matching(session, experiment_id, table_request))


@router.get("/{experiment_id}/charts/pareto")
def pareto_chart(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    measure: Measure = CostMeasure.SECONDS,
) -> Response:
    """Objective against cost."""
    return figure(request, lambda: _draw_pareto(session, experiment_id, measure))


@router.get("/{experiment_id}/pareto")
def pareto_text(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    measure: Measure = CostMeasure.SECONDS,
) -> Response:
    """The simplest good trial in words."""
    return fragment(
        request,
        "experiments/_pareto_text.html",
        lambda: _describe_pareto(session, experiment_id, measure),
    )


@router.get("/{experiment_id}/charts/curves")
def curves_chart(
    request: Request, session: ReadSession, experiment_id: int, table_request: RequestedTable
) -> Response:
    """Losses by epoch of the trials in the table."""
    return figure(
        request, lambda: curves_figure(_report_curves(session, experiment_id, table_request))
    )


@router.get("/{experiment_id}/curves")
def curves_text(
    request: Request, session: ReadSession, experiment_id: int, table_request: RequestedTable
) -> Response:
    """Which of them are drawn."""

    def make_context() -> CurvesContext:
        report = _report_curves(session, experiment_id, table_request)
        return CurvesContext(describe_curves(report))

    return fragment(request, "experiments/_curves_text.html", make_context)


def _draw_parallel(session: Session, experiment_id: int) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    lines = parallel_coordinates.load_lines(session, experiment)
    return parallel_document(lines)


def _find_matching(
    session: Session, experiment_id: int, table_request: TableRequest
) -> dict[str, Any]:
    """The numbers of trials; None where the filter cannot be read, which the table explains."""
    experiment = experiments.get(session, experiment_id)
    query = _filter_of(table_request, experiment)
    try:
        numbers, count = parallel_coordinates.find_matching(session, experiment, query)
    except Invalid:
        return {"numbers": None, "count": None}
    return {"numbers": numbers, "count": count}


def _draw_pareto(session: Session, experiment_id: int, measure: CostMeasure) -> Figure:
    experiment = experiments.get(session, experiment_id)
    report = trial_costs.report_costs(session, experiment, measure)
    return pareto_figure(report, experiment.objective)


def _describe_pareto(session: Session, experiment_id: int, measure: CostMeasure) -> ParetoContext:
    experiment = experiments.get(session, experiment_id)
    report = trial_costs.report_costs(session, experiment, measure)
    return ParetoContext(describe_costs(report, experiment.custom_model_name))


def _report_curves(
    session: Session, experiment_id: int, table_request: TableRequest
) -> CurveReport:
    """The curves of the trials that the filter finds; of all where it cannot be read."""
    experiment = experiments.get(session, experiment_id)
    query = _filter_of(table_request, experiment)
    try:
        return trial_curves.report_curves(session, experiment, query)
    except Invalid:
        return trial_curves.report_curves(session, experiment, TrialQuery())


def _filter_of(table_request: TableRequest, experiment: Experiment) -> TrialQuery:
    """Which trials the table asks for, in the order of their numbers."""
    query = build_table(table_request, experiment).query
    return replace(query, sort="number", descending=False)

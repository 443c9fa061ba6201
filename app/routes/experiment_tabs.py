"""Tabs of an experiment's page that are fetched on their own, and their charts."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from app.db.models import Experiment
from app.domain.strategies import strategy_info
from app.errors import NotFound
from app.queue import reduction
from app.services import contours, experiments, importance, overviews, timelines
from app.services.contours import Contour
from app.services.overviews import Overview
from app.web.charts.contour import View, contour_figure
from app.web.charts.figures import Figure
from app.web.charts.narrowing import narrowing_figure
from app.web.charts.reduction import reduction_figure
from app.web.charts.timeline import timeline_figure
from app.web.charts.trials import objective_title
from app.web.dependencies import ReadSession
from app.web.fragments import figure, fragment
from app.web.unreadable import ExperimentRoute
from app.web.views.contour_text import describe_contour
from app.web.views.reduction_text import ReductionText, describe_reduction
from app.web.views.timeline_text import describe_timeline

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)

Name = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class ContourContext:
    """Which two hyperparameters are drawn, and from which trials."""

    experiment: Experiment
    contour: Contour
    sentences: list[str]


@dataclass(frozen=True)
class TimelineContext:
    """How many rows the timeline has, and which trials it shows."""

    experiment: Experiment
    n_rows: int
    sentences: list[str]


@dataclass(frozen=True)
class ShrinkingContext:
    """The steps of a strategy that shrinks its space; of others, the hyperparameter `x`."""

    experiment: Experiment
    overview: Overview
    reduction: ReductionText | None
    names: tuple[str, ...]
    x: str


@router.get("/{experiment_id}/tabs/contour")
def contour_tab(
    request: Request, session: ReadSession, experiment_id: int, x: Name = "", y: Name = ""
) -> Response:
    """Two hyperparameters to choose, and what is expected over them."""

    def make_context() -> ContourContext:
        experiment = experiments.get(session, experiment_id)
        contour = contours.load_contour(session, experiment, x, y)
        return ContourContext(experiment, contour, describe_contour(contour))

    return fragment(request, "experiments/tab_contents/_contour.html", make_context)


@router.get("/{experiment_id}/charts/contour")
def contour_chart(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    x: Name = "",
    y: Name = "",
    view: View = "mean",
) -> Response:
    """The mean of what is expected over two hyperparameters, or its standard deviation."""

    def draw() -> Figure:
        experiment = experiments.get(session, experiment_id)
        contour = contours.load_contour(session, experiment, x, y)
        return contour_figure(contour, view, objective_title(experiment.objective))

    return figure(request, draw)


@router.get("/{experiment_id}/tabs/timeline")
def timeline_tab(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """When each trial ran, in which slot."""

    def make_context() -> TimelineContext:
        experiment = experiments.get(session, experiment_id)
        timeline = timelines.load_timeline(session, experiment)
        return TimelineContext(experiment, len(timeline.rows), describe_timeline(timeline))

    return fragment(request, "experiments/tab_contents/_timeline.html", make_context)


@router.get("/{experiment_id}/charts/timeline")
def timeline_chart(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """A bar for each trial, from its start to its end."""

    def draw() -> Figure:
        experiment = experiments.get(session, experiment_id)
        return timeline_figure(timelines.load_timeline(session, experiment))

    return figure(request, draw)


@router.get("/{experiment_id}/tabs/shrinking")
def shrinking_tab(
    request: Request, session: ReadSession, experiment_id: int, x: Name = ""
) -> Response:
    """How the space shrinks, or else how the values of one hyperparameter narrow."""

    def make_context() -> ShrinkingContext:
        experiment = experiments.get(session, experiment_id)
        steps = None
        names: tuple[str, ...] = ()
        if strategy_info(experiment.strategy).shrinks_space:
            steps = describe_reduction(reduction.load_state(session, experiment_id))
        else:
            report = importance.analyse(session, experiment)
            names = importance.names_by_importance(report)
        return ShrinkingContext(
            experiment=experiment,
            overview=overviews.build(session, experiment),
            reduction=steps,
            names=names,
            x=x if x in names else next(iter(names), ""),
        )

    return fragment(request, "experiments/tab_contents/_shrinking.html", make_context)


@router.get("/{experiment_id}/charts/reduction")
def reduction_chart(session: ReadSession, experiment_id: int) -> JSONResponse:
    """How the search space shrinks. Raises NotFound for other strategies."""
    experiment = experiments.get(session, experiment_id)
    if not strategy_info(experiment.strategy).shrinks_space:
        raise NotFound(f"The strategy of experiment {experiment_id} does not shrink its space.")
    overview = overviews.build(session, experiment)
    drawn = reduction_figure(
        reduction.load_state(session, experiment_id),
        size=experiment.space.size(),
        n_ended=overview.start.count + overview.finished,
    )
    return JSONResponse(drawn)


@router.get("/{experiment_id}/charts/narrowing")
def narrowing_chart(
    request: Request, session: ReadSession, experiment_id: int, x: Name
) -> Response:
    """The values of one hyperparameter by trial. Raises NotFound where it is not searched."""

    def draw() -> Figure:
        experiment = experiments.get(session, experiment_id)
        report = importance.analyse(session, experiment)
        if x not in importance.names_by_importance(report):
            raise NotFound(f"Experiment {experiment_id} does not search such a hyperparameter.")
        return narrowing_figure(report, x)

    return figure(request, draw)

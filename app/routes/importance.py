"""Pages of importance: which hyperparameters an experiment's objective depends on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.db.models import Experiment
from app.domain.importance.importance import Effect, Importance
from app.errors import NotFound
from app.services import experiments, importance, overviews
from app.web.charts.figures import Figure
from app.web.charts.importance import effect_figure
from app.web.charts.trials import objective_title
from app.web.dependencies import ReadSession
from app.web.fragments import figure, fragment
from app.web.templating import render
from app.web.unreadable import ExperimentRoute
from app.web.views.importance_text import ImportanceText, describe_importance, equally_good_text

router = APIRouter(prefix="/experiments", route_class=ExperimentRoute)


@dataclass(frozen=True)
class ImportanceContext:
    """Which hyperparameters matter; `importance` is None until enough trials have ended."""

    experiment: Experiment
    explanation: ImportanceText
    importance: Importance | None
    is_wider: bool
    chart_version: str
    equally_good_text: Callable[[Effect], str] = equally_good_text


@router.get("/{experiment_id}/importance")
def show(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """What each hyperparameter does."""
    context = _make_context(session, experiment_id)
    return render(request, "experiments/importance.html", context)


@router.get("/{experiment_id}/importance/live")
def live(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """The parts of that page that change."""
    return fragment(
        request,
        "experiments/_importance_live.html",
        lambda: _make_context(session, experiment_id),
    )


@router.get("/{experiment_id}/tabs/importance")
def tab(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """The shares of the hyperparameters, as a tab of the experiment's page."""
    return fragment(
        request,
        "experiments/tab_contents/_importance.html",
        lambda: _make_context(session, experiment_id),
    )


@router.get("/{experiment_id}/charts/importance")
def effect_chart(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    parameter: Annotated[str, Query(max_length=100)],
) -> Response:
    """Objective by one hyperparameter's value. Raises NotFound where its effect is unknown."""
    return figure(
        request,
        lambda: _draw_effect(session, experiment_id, parameter),
    )


def _make_context(session: Session, experiment_id: int) -> ImportanceContext:
    experiment = experiments.get(session, experiment_id)
    report = importance.analyse(session, experiment)
    return ImportanceContext(
        experiment=experiment,
        explanation=describe_importance(report),
        importance=report.importance,
        is_wider=importance.wider_space(report) is not None,
        chart_version=str(len(report.points)),
    )


def _draw_effect(session: Session, experiment_id: int, parameter: str) -> Figure:
    experiment = experiments.get(session, experiment_id)
    report = importance.analyse(session, experiment)
    effects_by_name: dict[str, Effect] = {}
    if report.importance is not None:
        for effect in report.importance.effects:
            effects_by_name[effect.name] = effect
    if parameter not in effects_by_name:
        raise NotFound(
            f"Experiment {experiment_id} has no effect of such a hyperparameter to show (yet)."
        )
    baseline = None
    if experiment.yardstick.info.is_error:
        baseline = overviews.baseline_error(session, experiment)
    title = objective_title(experiment.objective)
    return effect_figure(report, effects_by_name[parameter], baseline, title)

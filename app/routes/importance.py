"""Pages of importance: which hyperparameters an experiment's objective depends on."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from app.domain.terms import Objective, Part
from app.errors import NotFound
from app.services import experiments, importance, overviews
from app.web.charts.importance import effect_figure
from app.web.charts.trials import objective_title
from app.web.dependencies import ReadSession
from app.web.fragments import figure, fragment
from app.web.templating import render
from app.web.views.importance_text import describe_importance, equally_good_text

router = APIRouter(prefix="/experiments")


@router.get("/{experiment_id}/importance")
def show(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """What each hyperparameter does."""
    return render(request, "experiments/importance.html", **_show(session, experiment_id))


@router.get("/{experiment_id}/importance/live")
def live(request: Request, session: ReadSession, experiment_id: int) -> Response:
    """The parts of that page that change."""
    return fragment(
        request, "experiments/_importance_live.html", lambda: _show(session, experiment_id)
    )


@router.get("/{experiment_id}/charts/importance")
def effect_chart(
    request: Request,
    session: ReadSession,
    experiment_id: int,
    parameter: Annotated[str, Query(max_length=100)],
) -> Response:
    """Objective by one hyperparameter's value. Raises NotFound where nothing can be told of it (yet)."""
    return figure(request, lambda: _effect(session, experiment_id, parameter))


def _show(session: Session, experiment_id: int) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    telling = importance.analyse(session, experiment)
    return {
        "experiment": experiment,
        "account": describe_importance(telling),
        "found": telling.importance,
        "equally_good_text": equally_good_text,
        "is_wider": importance.wider_space(telling) is not None,
        "chart_version": f"{len(telling.points)}",
    }


def _effect(session: Session, experiment_id: int, parameter: str) -> dict[str, Any]:
    experiment = experiments.get(session, experiment_id)
    telling = importance.analyse(session, experiment)
    effects = telling.importance.effects if telling.importance else ()
    effect = next((effect for effect in effects if effect.name == parameter), None)
    if effect is None:
        raise NotFound(
            f"Nothing can be told of such a hyperparameter of experiment {experiment_id} (yet)."
        )
    is_rmse = experiment.objective == Objective.RMSE
    baseline = overviews.baseline_rmse(session, experiment, Part.VALIDATION) if is_rmse else None
    return effect_figure(telling, effect, baseline, objective_title(experiment.objective))

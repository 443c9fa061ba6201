"""/api/experiments/{id}/importance."""

from typing import Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.domain.importance.importance import Effect
from app.routes.api.parameters import Id
from app.routes.api.schemas.responses import refusals
from app.services import experiments, importance
from app.services.importance import ImportanceReport
from app.web.dependencies import ReadSession
from app.web.unreadable import ExperimentRoute
from app.web.views.importance_text import describe_importance

router = APIRouter(prefix="/experiments", tags=["experiments"], route_class=ExperimentRoute)


class EffectSchema(BaseModel):
    """What one hyperparameter does."""

    name: str
    fraction: float = Field(
        description="of the differences between trials that it accounts for alone"
    )
    is_clear: bool = Field(description="whether it makes a difference beyond chance")
    best: Any
    equally_good: list[Any] = Field(
        description="values that cannot be told to be worse than the best"
    )
    end: Literal["low", "high"] | None = Field(
        description="low or high where the best value is the last one on that side"
    )
    values: list[Any]
    expected: list[float] = Field(
        description="objective of the best trial with this value alone changed"
    )
    deviation: list[float] = Field(description="standard deviation of what is expected")

    @classmethod
    def of(cls, effect: Effect) -> "EffectSchema":
        return cls(**vars(effect))


class PairSchema(BaseModel):
    """What two hyperparameters do only together."""

    parameters: tuple[str, str]
    fraction: float


class ImportanceSchema(BaseModel):
    """Which hyperparameters the objective depends on, the most important first.

    Nothing is said before ten trials have been evaluated.
    """

    trials: int = Field(description="trials considered; 0 while nothing can be said")
    summary: str
    hints: list[str]
    effects: list[EffectSchema]
    together: list[PairSchema]
    rest: float | None = Field(
        description="the share that is chance, or takes more than two hyperparameters"
    )
    wider_space: dict[str, Any] | None = Field(
        description="the search space, further where it ended too early"
    )

    @classmethod
    def of(cls, report: ImportanceReport) -> "ImportanceSchema":
        text = describe_importance(report)
        hints = list(text.hints)
        estimate = report.importance
        if estimate is None:
            return cls(
                trials=0,
                summary=text.summary,
                hints=hints,
                effects=[],
                together=[],
                rest=None,
                wider_space=None,
            )
        pairs = []
        for left, right, fraction in estimate.pairs:
            pair = PairSchema(parameters=(left, right), fraction=fraction)
            pairs.append(pair)
        return cls(
            trials=estimate.n_trials,
            summary=text.summary,
            hints=hints,
            effects=[EffectSchema.of(effect) for effect in estimate.effects],
            together=pairs,
            rest=estimate.unexplained,
            wider_space=importance.wider_space(report),
        )


@router.get("/{experiment_id}/importance", responses=refusals(404))
def get(session: ReadSession, experiment_id: Id) -> ImportanceSchema:
    """Get which hyperparameters matter, and where the space is too narrow."""
    experiment = experiments.get(session, experiment_id)
    report = importance.analyse(session, experiment)
    return ImportanceSchema.of(report)

"""/api/experiments/{id}/importance."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from app.domain.importance.importance import Effect
from app.routes.api.datasets import Id
from app.routes.api.schemas import refusals
from app.services import experiments, importance
from app.services.importance import ImportanceReport
from app.web.dependencies import ReadSession
from app.web.views.importance_text import describe_importance

router = APIRouter(prefix="/experiments", tags=["experiments"])


class EffectShape(BaseModel):
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
    end: str | None = Field(
        description="low or high where the best value is the last one on that side"
    )
    values: list[Any]
    expected: list[float] = Field(
        description="objective of the best trial with this value alone changed"
    )
    deviation: list[float] = Field(description="standard deviation of what is expected")

    @classmethod
    def of(cls, effect: Effect) -> "EffectShape":
        """From the domain."""
        return cls(**vars(effect))


class PairShape(BaseModel):
    """What two hyperparameters do only together."""

    parameters: tuple[str, str]
    fraction: float


class ImportanceSchema(BaseModel):
    """Which hyperparameters the objective depends on, the most telling first; nothing before ten judged trials."""

    trials: int = Field(description="looked at; 0 while nothing can be told")
    summary: str
    hints: list[str]
    effects: list[EffectShape]
    together: list[PairShape]
    rest: float | None = Field(
        description="the share that is chance, or takes more than two hyperparameters"
    )
    wider_space: dict[str, Any] | None = Field(
        description="the search space, further where it ended too early"
    )

    @classmethod
    def of(cls, telling: ImportanceReport) -> "ImportanceSchema":
        """From the service."""
        said, found = describe_importance(telling), telling.importance
        return cls(
            trials=found.n_trials if found else 0,
            summary=said.summary,
            hints=list(said.hints),
            effects=[EffectShape.of(effect) for effect in found.effects] if found else [],
            together=[
                PairShape(parameters=(a, b), fraction=fraction) for a, b, fraction in found.pairs
            ]
            if found
            else [],
            rest=found.unexplained if found else None,
            wider_space=importance.wider_space(telling),
        )


@router.get("/{experiment_id}/importance", responses=refusals(404))
def get(session: ReadSession, experiment_id: Id) -> ImportanceSchema:
    """Which hyperparameters mattered, what is expected of their values, and where the space ended too early."""
    return ImportanceSchema.of(importance.analyse(session, experiments.get(session, experiment_id)))

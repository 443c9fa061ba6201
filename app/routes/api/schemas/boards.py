"""Boards of baselines in the JSON API."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from app.db.models import Baseline, Board
from app.domain.terms import EVALUATED_PARTS
from app.queue.evaluations import SCORE_NAMES
from app.routes.api.schemas.trials import MetricsSchema


class BaselineSchema(BaseModel):
    """A forecast that needs no network, and its scores."""

    id: int
    name: str
    filename: str | None = Field(description="of the CSV; null: Foretune computed it")
    metrics: dict[str, MetricsSchema]
    settings: dict[str, Any] = Field(description="what was chosen on the validation part")
    problem: str | None = Field(description="why there is no forecast")
    seconds: float | None
    created_at: datetime

    @classmethod
    def of(cls, baseline: Baseline) -> "BaselineSchema":
        metrics = {}
        for part in EVALUATED_PARTS:
            scores = {score: getattr(baseline, f"{part}_{score}") for score in SCORE_NAMES}
            metrics[part.value] = MetricsSchema(**scores)
        return cls(
            id=baseline.id,
            name=baseline.name,
            filename=baseline.filename,
            metrics=metrics,
            settings=baseline.settings,
            problem=baseline.problem,
            seconds=baseline.seconds,
            created_at=baseline.created_at,
        )


class BoardSchema(BaseModel):
    """The baselines of a dataset under one split."""

    id: int
    dataset_id: int
    season_lengths: list[float]
    is_finished: bool = Field(description="all baselines are computed, or there is a problem")
    problem: str | None
    baselines: list[BaselineSchema]

    @classmethod
    def of(cls, board: Board) -> "BoardSchema":
        return cls(
            id=board.id,
            dataset_id=board.dataset_id,
            season_lengths=board.season_lengths,
            is_finished=board.finished_at is not None,
            problem=board.problem,
            baselines=[BaselineSchema.of(baseline) for baseline in board.baselines],
        )

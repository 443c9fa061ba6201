"""Leaderboards in the JSON API."""

from pydantic import BaseModel, Field

from app.routes.api.schemas.trials import TrialSchema
from app.services.leaderboards import Group, Leaderboard


class GroupSchema(BaseModel):
    """Experiments whose errors compare: as many rows ahead, the same split."""

    key: str
    title: str
    horizon: int
    experiments: list[int]
    trials: int

    @classmethod
    def of(cls, group: Group) -> "GroupSchema":
        return cls(
            key=group.key,
            title=group.title,
            horizon=group.horizon,
            experiments=list(group.experiment_ids),
            trials=group.n_trials,
        )


class LeaderboardSchema(BaseModel):
    """One page of a dataset's evaluated trials by validation RMSE, over all its experiments."""

    group: GroupSchema | None = Field(description="what is ranked; null: nothing is evaluated yet")
    groups: list[GroupSchema]
    items: list[TrialSchema]
    total: int

    @classmethod
    def of(cls, leaderboard: Leaderboard | None) -> "LeaderboardSchema":
        if leaderboard is None:
            return cls(group=None, groups=[], items=[], total=0)
        return cls(
            group=GroupSchema.of(leaderboard.group),
            groups=[GroupSchema.of(group) for group in leaderboard.groups],
            items=[TrialSchema.of(row.trial, None) for row in leaderboard.rows.items],
            total=leaderboard.rows.total,
        )

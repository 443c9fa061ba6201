"""Named views in the JSON API."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.db.models import NamedView


class ViewSchema(BaseModel):
    """What an experiment's page shows, under a name."""

    id: int
    name: str
    query: str = Field(description="of the page's address")
    experiment_id: int | None = Field(description="null: every experiment offers it")
    created_at: datetime

    @classmethod
    def of(cls, view: NamedView) -> "ViewSchema":
        return cls(
            id=view.id,
            name=view.name,
            query=view.query,
            experiment_id=view.experiment_id,
            created_at=view.created_at,
        )

"""Datasets in the JSON API."""

from datetime import datetime

from pydantic import BaseModel, Field

from app.db.models import Dataset
from app.routes.api.schemas.attributes import read_attributes


class DatasetSchema(BaseModel):
    """One uploaded series."""

    id: int
    name: str
    filename: str
    rows: int
    date: str | None = Field(description="name of the date column")
    target: str
    features: list[str]
    first_at: datetime
    last_at: datetime
    notes: list[str]
    fingerprint: str
    created_at: datetime
    others: list[int] = Field(
        default_factory=list,
        description="ids of the datasets that an upload made of the file's other series",
    )

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetSchema":
        stored_fields = set(cls.model_fields) - {"date", "others"}
        stored = read_attributes(dataset, stored_fields)
        return cls(
            date=dataset.date_column,
            **stored,
        )

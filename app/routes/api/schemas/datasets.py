"""Datasets in the JSON API."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from app.db.models import Dataset
from app.domain.seasons import SeasonLengths
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
    known_ahead: list[str] = Field(
        description="features whose values are known for the rows to forecast"
    )
    first_at: datetime
    last_at: datetime
    notes: list[str]
    fingerprint: str
    season_lengths: list[float] | None = Field(
        description="rows in each season, the shortest first, at most two; null in a list: not "
        "looked for yet, as in a dataset of an earlier version"
    )
    created_at: datetime
    others: list[int] = Field(
        default_factory=list,
        description="ids of the datasets that an upload made of the file's other series",
    )

    @classmethod
    def of(cls, dataset: Dataset, season_lengths: SeasonLengths | None = None) -> "DatasetSchema":
        """The document of a dataset; `season_lengths`: where they are not stored."""
        stored_fields = set(cls.model_fields) - {"date", "known_ahead", "others", "season_lengths"}
        stored = read_attributes(dataset, stored_fields)
        return cls(
            date=dataset.date_column,
            known_ahead=dataset.known_ahead or [],
            season_lengths=dataset.season_lengths if season_lengths is None else season_lengths,
            **stored,
        )


class DatasetChange(BaseModel):
    """What of a dataset can be changed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    season_lengths: list[float] = Field(
        description="rows in each season: at most two lengths; [] for a series without seasons"
    )

"""What comes next, in the JSON API: the rows after the last one of a file."""

from pydantic import BaseModel, Field

from app.routes.api.schemas.attributes import read_attributes
from app.services.futures import FutureView
from app.web.views.future_text import list_rows


class FuturePointSchema(BaseModel):
    """One row to come, in the CSV's units; naive is the last value of the file.

    Limits are null where there are too few errors for a band.
    """

    at: str
    predicted: float
    naive: float
    lower_80: float | None
    upper_80: float | None
    lower_95: float | None
    upper_95: float | None


class FutureSchema(BaseModel):
    """The rows after the last one of a file, as many as the experiment forecasts."""

    items: list[FuturePointSchema]
    total: int
    source: str = Field(description="whose forecast it is")
    assumption: str = Field(description="how the dates go on")

    @classmethod
    def of(cls, view: FutureView) -> "FutureSchema":
        points = []
        for row in list_rows(view):
            values = read_attributes(row, FuturePointSchema.model_fields)
            points.append(FuturePointSchema(**values))
        return cls(items=points, total=len(points), source=view.source, assumption=view.assumption)

"""Forecasts of several rows ahead in the JSON API: errors by step, and the worst origins."""

import numpy as np
from pydantic import BaseModel, Field

from app.routes.api.schemas.responses import Listing
from app.services.several_steps import OriginErrors, StepComparison
from app.web.charts.numbers import iso_dates


class StepSchema(BaseModel):
    """The errors of the forecasts of one step ahead, in the CSV's units.

    naive_rmse: of the last known value, from the same origins. seasonal_naive_rmse: of the value
    one season before; null where the series has no season.
    """

    step: int
    rmse: float | None
    mae: float | None
    skill: float | None
    coverage_80: float | None
    coverage_95: float | None
    naive_rmse: float
    seasonal_naive_rmse: float | None

    @classmethod
    def listing(cls, comparison: StepComparison) -> Listing["StepSchema"]:
        """Every step, in order."""
        return Listing.whole([cls(**item) for item in comparison.items])


class OriginSchema(BaseModel):
    """The forecast from one origin, over all steps, in the CSV's units."""

    origin: int = Field(description="the first row that is forecast; rows count from 0")
    known_until: str = Field(description="the date of the last row that it knows")
    rmse: float
    naive_rmse: float = Field(description="of the last known value, for the same rows")
    at: list[str] = Field(description="the dates of the rows that are forecast")
    predicted: list[float]
    actual: list[float]

    @classmethod
    def of(cls, errors: OriginErrors) -> "OriginSchema":
        known_until, *at = iso_dates(np.append(errors.known_until, errors.dates))
        return cls(
            origin=errors.origin,
            known_until=known_until,
            rmse=errors.rmse,
            naive_rmse=errors.naive_rmse,
            at=at,
            predicted=errors.predicted.tolist(),
            actual=errors.actual.tolist(),
        )

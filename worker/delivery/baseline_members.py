"""The baselines that can be handed over, fitted on train and validation."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.baselines import (
    LIBRARY_BASELINES,
    mean_change,
    naive_steps,
    seasonal_naive_steps,
)
from app.domain.csv_reading.series import Series
from app.domain.horizons import origins
from app.domain.terms import Part
from app.queue.delivery_jobs import CandidateBaseline, DeliveryJob
from worker.baselines.recursions import FROM_DOCUMENT, Recursion
from worker.baselines.ridge_fit import refit_ridge
from worker.baselines.simple import forecast_ridge_model
from worker.baselines.statistical import refit
from worker.baselines.time_limit import time_limit

Floats = NDArray[np.float64]
logger = logging.getLogger(__name__)
MAX_SECONDS = 8.0  # to fit one of the library's models once more


@dataclass(frozen=True)
class FittedBaseline:
    """A baseline as a bundle stores it, and its forecasts, float64.

    test: (origins of the test part, horizon). future: (horizon,), the rows after the file's last.
    """

    name: str
    document: Mapping[str, Any]
    test: Floats
    future: Floats


def refit_baseline(
    job: DeliveryJob, baseline: CandidateBaseline, horizon: int = 1
) -> FittedBaseline:
    """The baseline with the same settings, fitted on all but the test rows."""
    values = job.series.target_values
    test_rows = job.parts[Part.TEST]
    first_rows = range(test_rows.start, len(values) + 1)  # the last one is after the file's end
    document: dict[str, Any] = {}
    if baseline.name == "naive":
        forecasts = naive_steps(values, first_rows, horizon)
    elif baseline.name == "seasonal_naive":
        document = {"season": baseline.settings["season"]}
        forecasts = seasonal_naive_steps(values, first_rows, document["season"], horizon)
    elif baseline.name == "drift":
        document = {"change": mean_change(values[: test_rows.start])}
        changes = document["change"] * np.arange(1, horizon + 1)
        forecasts = naive_steps(values, first_rows, horizon) + changes
    elif baseline.name in LIBRARY_BASELINES:
        recursion = _refit_recursion(baseline, values[: test_rows.start])
        document = _describe_recursion(recursion, job.series)
        forecasts = recursion.forecast(values[test_rows.start :], horizon)
    else:
        model = refit_ridge(baseline.settings, values, job.series.dates, range(test_rows.start))
        document = model.to_document()
        forecasts = forecast_ridge_model(model, values, job.series.dates, first_rows, horizon)
    n_origins = len(origins(test_rows, horizon))
    return FittedBaseline(baseline.name, document, forecasts[:n_origins], forecasts[-1])


def _describe_recursion(recursion: Recursion, series: Series) -> dict[str, Any]:
    """As a bundle stores it, with the last row it was fitted on."""
    last_row = recursion.next_row - 1
    return {
        "model": recursion.to_document(),
        "last_date": str(series.dates[last_row].astype("datetime64[us]")),
        "last_value": float(series.target_values[last_row]),
    }


def _refit_recursion(baseline: CandidateBaseline, values: Floats) -> Recursion:
    """Fitted on these rows; where that fails, the one fitted before goes on over the new rows."""
    try:
        with time_limit(MAX_SECONDS), np.errstate(all="ignore"):
            model = refit(baseline.name, baseline.settings, values)
        if np.isfinite(model.forecast(values[:0])).all():
            return model
    except Exception as error:  # whatever the library raises
        logger.warning("Could not fit %s once more: %s", baseline.name, error)
    earlier = FROM_DOCUMENT[baseline.name](baseline.settings["fitted"]["model"])
    return earlier.advance(values[earlier.next_row :])

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
from app.domain.horizons import origins
from app.domain.next_date import append_next_date
from app.domain.terms import Part
from app.queue.delivery_jobs import CandidateBaseline, DeliveryJob
from worker.baselines.recursions import FROM_DOCUMENT, Recursion
from worker.baselines.ridge_fit import refit_ridge
from worker.baselines.statistical import refit
from worker.baselines.time_limit import time_limit

Floats = NDArray[np.float64]
logger = logging.getLogger(__name__)
MAX_SECONDS = 8.0  # to fit one of the library's models once more


@dataclass(frozen=True)
class FittedBaseline:
    """A baseline as a bundle stores it, and its forecasts.

    test: (origins, horizon), from every origin of the test part. future: (horizon,), the rows after
    the last one.
    """

    name: str
    document: Mapping[str, Any]
    test: Floats
    future: Floats


def refit_baseline(job: DeliveryJob, baseline: CandidateBaseline) -> FittedBaseline:
    """The baseline with the same settings, fitted on all but the test rows."""
    values = job.series.target_values
    test_part = job.parts[Part.TEST]
    rows = range(test_part.start, len(values) + 1)  # the last origin is that of the rows to come
    document: dict[str, Any] = {}
    if baseline.name == "naive":
        forecasts = naive_steps(values, rows, job.horizon)
    elif baseline.name == "seasonal_naive":
        document = {"season": baseline.settings["season"]}
        forecasts = seasonal_naive_steps(values, rows, document["season"], job.horizon)
    elif baseline.name == "drift":
        document = {"change": mean_change(values[: rows.start])}
        changes = document["change"] * np.arange(1, job.horizon + 1)
        forecasts = naive_steps(values, rows, job.horizon) + changes
    elif baseline.name in LIBRARY_BASELINES:
        recursion = _refit_recursion(baseline, values[: rows.start])
        document = {
            "model": recursion.to_document(),
            "last_date": str(job.series.dates[rows.start - 1].astype("datetime64[us]")),
            "last_value": float(values[rows.start - 1]),
        }
        forecasts = recursion.forecast(values[rows.start :], job.horizon)
    else:
        model = refit_ridge(baseline.settings, values, job.series.dates, range(rows.start))
        document = model.to_document()
        forecasts = model.forecast(values, _all_dates(job), rows, job.horizon)
    n_origins = len(origins(test_part, job.horizon))
    return FittedBaseline(baseline.name, document, forecasts[:n_origins], forecasts[-1])


def _all_dates(job: DeliveryJob) -> NDArray[np.datetime64]:
    """Those of the series, and of the rows to come."""
    dates = job.series.dates
    for _ in range(job.horizon):
        dates = append_next_date(dates)
    return dates


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

"""The baselines that can be handed over, fitted on train and validation."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.baselines import LIBRARY_BASELINES, mean_change, naive, seasonal_naive
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
    """A baseline as a bundle stores it, and its forecast of the test part."""

    name: str
    document: Mapping[str, Any]
    test: Floats


def refit_baseline(job: DeliveryJob, baseline: CandidateBaseline) -> FittedBaseline:
    """The baseline with the same settings, fitted on all but the test rows."""
    values = job.series.target_values
    rows = job.parts[Part.TEST]
    document: dict[str, Any] = {}
    if baseline.name == "naive":
        test = naive(values, rows)
    elif baseline.name == "seasonal_naive":
        document = {"season": baseline.settings["season"]}
        test = seasonal_naive(values, rows, document["season"])
    elif baseline.name == "drift":
        document = {"change": mean_change(values[: rows.start])}
        test = naive(values, rows) + document["change"]
    elif baseline.name in LIBRARY_BASELINES:
        recursion = _refit_recursion(baseline, values[: rows.start])
        document = {
            "model": recursion.to_document(),
            "last_date": str(job.series.dates[rows.start - 1].astype("datetime64[us]")),
            "last_value": float(values[rows.start - 1]),
        }
        test = recursion.forecast(values[rows.start :])[:-1, 0]
    else:
        model = refit_ridge(baseline.settings, values, job.series.dates, range(rows.start))
        document = model.to_document()
        test = model.predict(values, job.series.dates, np.arange(rows.start, rows.stop))
    return FittedBaseline(baseline.name, document, test)


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

"""The baselines that can be handed over, fitted on train and validation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.baselines import mean_change, naive, seasonal_naive
from app.domain.terms import Part
from app.queue.delivery_jobs import CandidateBaseline, DeliveryJob
from worker.baselines.ridge_fit import refit_ridge

Floats = NDArray[np.float64]


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
    else:
        model = refit_ridge(baseline.settings, values, job.series.dates, range(rows.start))
        document = model.to_document()
        test = model.predict(values, job.series.dates, np.arange(rows.start, rows.stop))
    return FittedBaseline(baseline.name, document, test)

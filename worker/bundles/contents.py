"""What a bundle is made of, from what is stored of its trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.terms import Part
from app.queue.bundles import BundleSource
from worker.custom.windows import prepare_series


@dataclass(frozen=True)
class BundleContents:
    """All that goes into a bundle but its model.

    `test_rows`: the rows of the series that the test part has; `predicted`: the stored forecast of
    these rows, float64 (test rows,), in the units of the CSV.
    """

    title: str
    trial: Mapping[str, Any]  # trial.json: name, parameters, metrics, data
    windows: Mapping[str, Any]  # worker.windows.Prepared.settings
    dialect: Mapping[str, Any]  # how the dataset's CSV is read, and its columns
    series: Series
    test_rows: range
    predicted: np.ndarray

    @property
    def rows_before_forecast(self) -> int:
        """How many rows the model needs before the one it predicts."""
        return int(self.windows["rows_before"])


def contents_of(source: BundleSource) -> BundleContents:
    """The contents of a stored trial's bundle."""
    prepared = prepare_series(
        source.series,
        source.parameters,
        source.parts,
        source.custom_model,
        source.season_lengths,
    )
    return BundleContents(
        title=source.title,
        trial=source.record,
        windows=prepared.settings,
        dialect=source.dialect,
        series=source.series,
        test_rows=source.parts[Part.TEST],
        predicted=source.predicted,
    )

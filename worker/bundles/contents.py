"""What a bundle is made of, from what is stored of its trial."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.terms import Part
from app.queue.bundles import BundleSource
from worker.bundles.bands import measure_bands
from worker.bundles.members import BundleMember, NetworkMember
from worker.bundles.model_files import model_writer_for
from worker.custom.windows import prepare_series


@dataclass(frozen=True)
class BundleContents:
    """All that goes into a bundle.

    `test_rows`: the rows of the series that the test part has; `predicted`: the stored forecast of
    these rows, float64 (stored origins, horizon), in the units of the CSV. `bands`: by level in
    percent, half the width of the band around the next rows (horizon,), None where too few errors
    are known.
    """

    title: str
    record: Mapping[str, Any]  # trial.json: what is known of the trial, or of each member's
    members: tuple[BundleMember, ...]
    dialect: Mapping[str, Any]  # how the dataset's CSV is read, and its columns
    series: Series
    test_rows: range
    predicted: np.ndarray
    bands: Mapping[str, list[float | None]]

    @property
    def horizon(self) -> int:
        """How many rows are predicted from each origin."""
        return int(self.predicted.shape[1])

    @property
    def rows_before_forecast(self) -> int:
        """How many rows the members need before the one they predict."""
        return max(member.rows_before for member in self.members)

    @property
    def is_single(self) -> bool:
        """Whether it has one member, whose files need no folder of their own."""
        return len(self.members) == 1

    @property
    def has_network(self) -> bool:
        """Whether predicting needs TensorFlow."""
        return any(isinstance(member, NetworkMember) for member in self.members)

    @property
    def settings(self) -> dict[str, Any]:
        """settings.json: what predict.py needs to know."""
        members = [member.describe(is_alone=self.is_single) for member in self.members]
        return {
            "columns": list(self.series.columns),
            "target": self.series.target,
            "known_ahead": list(self.series.known_ahead) if self.has_network else [],
            "horizon": self.horizon,
            "bands": dict(self.bands),
            "members": members,
            "dialect": self.dialect,
        }


def contents_of(source: BundleSource) -> BundleContents:
    """The contents of a stored trial's bundle. Raises ForeignCode."""
    prepared = prepare_series(
        source.series,
        source.parameters,
        source.parts,
        source.custom_model,
        source.season_lengths,
        source.horizon,
    )
    inputs = prepared.inputs.shape[1]
    member = NetworkMember(
        name=f"trial {source.record['number']}",
        weight=1.0,
        windows=prepared.settings,
        write_model=model_writer_for(source, inputs),
    )
    return BundleContents(
        title=source.title,
        record=source.record,
        members=(member,),
        dialect=source.dialect,
        series=source.series,
        test_rows=source.parts[Part.TEST],
        predicted=source.predicted,
        bands=measure_bands(
            source.series.target_values,
            source.parts,
            {Part.VALIDATION: source.validation, Part.TEST: source.predicted},
        ),
    )

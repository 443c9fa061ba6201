"""The bundle of what an experiment hands over: the weighted mean of its members."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.domain.csv_reading.series import Series
from app.domain.terms import Part
from worker.bundles.bundle import make_bundle
from worker.bundles.contents import BundleContents
from worker.bundles.members import BundleMember


@dataclass(frozen=True)
class DeliverySource:
    """What the bundle of a delivery is made of, beside its members.

    predicted: the delivered forecast of the test part, float64 (stored origins, horizon), in the
    CSV's units. bands: see BundleContents.
    record: what is known of the members and the delivery, for trial.json.
    """

    title: str
    series: Series
    parts: Mapping[Part, range]
    predicted: np.ndarray
    bands: Mapping[str, list[float | None]]
    dialect: Mapping[str, Any]
    record: Mapping[str, Any]


def bundle_delivery(members: Sequence[BundleMember], source: DeliverySource) -> bytes:
    """The checked zip of a delivery. Raises BundleError."""
    contents = BundleContents(
        title=source.title,
        record=source.record,
        members=tuple(members),
        dialect=source.dialect,
        series=source.series,
        test_rows=source.parts[Part.TEST],
        predicted=source.predicted,
        bands=source.bands,
    )
    return make_bundle(contents)

"""What a bundle is made of, from what is stored of its trial."""

from collections.abc import Callable
from pathlib import Path

from app.domain.terms import Part
from app.queue.bundles import BundleSource
from worker import serialization
from worker.bundles import bundle
from worker.bundles.bundle import Contents
from worker.custom.custom_objects import definitions
from worker.custom.windows import prepare_series


def contents(source: BundleSource) -> Contents:
    """All but the model."""
    return Contents(
        title=source.title,
        trial=source.record,
        windows=prepare_series(
            source.series, source.parameters, source.parts, source.custom_model
        ).settings,
        dialect=source.dialect,
        series=source.series,
        test=source.parts[Part.TEST],
        predicted=source.predicted,
    )


def model(source: BundleSource) -> Callable[[Path], None]:
    """What writes the model to a file."""
    if source.custom_model is not None:
        return bundle.as_saved(source.model, definitions(source.custom_model))
    return bundle.built_in(
        source.parameters, len(source.series.columns), serialization.unpack_weights(source.model)
    )

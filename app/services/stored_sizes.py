"""What an experiment keeps, measured anew only when something about it has changed."""

from sqlalchemy.orm import Session

from app.cache import Cache
from app.queue import storage
from app.queue.artifacts import BestModel
from app.queue.storage import StoredBytes
from app.services.overviews import Overview

MAX_CACHED_SIZES = 100  # experiments: an open page asks every second
MAX_AGE_SECONDS = 30.0
_SIZES: Cache[tuple[object, ...], StoredBytes] = Cache(MAX_CACHED_SIZES, MAX_AGE_SECONDS)


def measure(session: Session, overview: Overview, best: BestModel | None) -> StoredBytes:
    """The sizes of models, bundles, forecasts and checkpoints of an experiment."""
    experiment = overview.experiment
    bundle = best.bundle if best else None
    key = (
        experiment.id,
        experiment.created_at,
        experiment.stored_bytes,
        overview.finished,
        len(overview.running),
        bundle.size if bundle else None,
    )
    return _SIZES.get_or_make(key, lambda: storage.measure(session, experiment.id))

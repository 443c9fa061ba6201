"""What was said of a CSV is kept with its dataset, for the next file of the same shape."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.services.csv_fields import FIELDS, Texts

MAX_SEARCHED_DATASETS = 100  # the newest ones: a correction of long ago is seldom the right one
CORRECTIONS_KEY = "corrections"  # in Dataset.dialect
SHAPE_KEY = "shape"


def describe_corrections(texts: Texts, shape: str) -> dict[str, Any]:
    """What of them is stored with a dataset's dialect; nothing where nothing was said."""
    corrections = {name: list(sent) for name, sent in texts.items() if name in FIELDS}
    if not corrections:
        return {}
    return {CORRECTIONS_KEY: corrections, SHAPE_KEY: shape}


def read_corrections(dataset: Dataset) -> dict[str, list[str]]:
    """What was said of the CSV of a dataset, as it was sent."""
    stored = _find_stored(dataset, CORRECTIONS_KEY)
    if not isinstance(stored, Mapping):
        return {}
    corrections = {}
    for name, sent in stored.items():
        if name in FIELDS and isinstance(sent, list):
            corrections[name] = [str(text) for text in sent]
    return corrections


def list_corrected(session: Session) -> dict[str, Dataset]:
    """By the shape of its CSV, the newest dataset that was corrected."""
    is_shown = Dataset.deleted_at.is_(None)
    by_age = select(Dataset).where(is_shown).order_by(Dataset.id.desc())
    newest = by_age.limit(MAX_SEARCHED_DATASETS)
    corrected: dict[str, Dataset] = {}
    for dataset in session.scalars(newest):
        shape = _find_stored(dataset, SHAPE_KEY)
        if isinstance(shape, str) and shape and read_corrections(dataset):
            corrected.setdefault(shape, dataset)
    return corrected


def _find_stored(dataset: Dataset, key: str) -> Any:
    """What is stored beside the dialect, in a row that may be damaged."""
    document: Any = dataset.dialect
    if not isinstance(document, Mapping):
        return None
    return document.get(key)

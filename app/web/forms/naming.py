"""The name of an experiment that was given none: its dataset, what it searches, and the date."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.domain.search_space.parameters import Catalogue
from app.domain.texts import join_words
from app.queue.clock import clock
from app.web.forms.experiment import MAX_EXPERIMENT_NAME_LENGTH, find_dataset

MAX_NAMED_HYPERPARAMETERS = 2
MAX_DATASET_LENGTH = 100


def suggest_name(session: Session, fields: Mapping[str, str], catalogue: Catalogue) -> str:
    """A name for the search that a form describes."""
    dataset = find_dataset(session, fields)
    title = "Search"
    if dataset is not None:
        title = dataset.name[:MAX_DATASET_LENGTH]
    today = clock(session).date()
    name = f"{title}: {_describe_space(fields, catalogue)}, {today}"
    return name[:MAX_EXPERIMENT_NAME_LENGTH]


def _describe_space(fields: Mapping[str, str], catalogue: Catalogue) -> str:
    labels = []
    for name, hyperparameter in catalogue.items():
        if fields.get(f"space.{name}.kind", "fixed") != "fixed":
            label = hyperparameter.label.partition(",")[0]
            labels.append(label[:1].lower() + label[1:])
    if not labels:
        return "one network"
    words = labels[:MAX_NAMED_HYPERPARAMETERS]
    more = len(labels) - len(words)
    if more:
        words.append(f"{more} more")
    return join_words(words)

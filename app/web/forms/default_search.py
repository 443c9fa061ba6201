"""The form filled in with the default search of a dataset."""

from app.db.models import Dataset
from app.domain.default_search import DefaultSearch
from app.web.forms.experiment import MAX_EXPERIMENT_NAME_LENGTH
from app.web.forms.fields import format_value
from app.web.forms.space_editor import space_fields


def default_name(dataset: Dataset) -> str:
    """What the default search of a dataset is called."""
    name = f"Default search of {dataset.name}"
    return name[:MAX_EXPERIMENT_NAME_LENGTH]


def describe_default_search(search: DefaultSearch) -> str:
    """How many trials in how much time."""
    minutes = format_value(search.time_budget_seconds / 60)
    return f"up to {search.max_trials} trials in {minutes} minutes of training"


def default_fields(dataset: Dataset, search: DefaultSearch) -> dict[str, str]:
    """The fields that say the default search of a dataset."""
    fields = {
        "derived_from": str(dataset.id),
        "strategy": search.strategy,
        "pruning": search.pruning,
        "max_trials": str(search.max_trials),
        "budget_minutes": format_value(search.time_budget_seconds / 60),
    }
    return space_fields(search.space) | fields

"""Which field of the form for an experiment a problem belongs to, and what that field is called."""

from app.domain.objectives import OBJECTIVES
from app.domain.search_space.parameters import Catalogue
from app.domain.terms import Delivered
from app.errors import Location
from app.web.forms.reduction import REDUCTION_LABELS
from app.web.forms.warm_start import WARM_START_LABELS

PARTS = ("train", "validation", "test")
DELIVERED_LABELS = {
    Delivered.ENSEMBLE: "the mean of the best trials and baselines",
    Delivered.SINGLE: "the single best trial, as it was trained",
}
OBJECTIVE_LABELS = {
    objective: (info.title, info.explanation) for objective, info in OBJECTIVES.items()
}
LABELS = {
    "deliver": "what is handed over",
    "budget_minutes": "time budget",
    "dataset_id": "dataset",
    "horizon": "rows ahead to forecast",
    "max_trials": "number of trials",
    **REDUCTION_LABELS,
    **WARM_START_LABELS,
}


def field_of(location: Location, catalogue: Catalogue) -> str:
    """The name of the form's field that a part of the request comes from."""
    steps = [str(step) for step in location if step != "body"]
    if not steps:
        return "name"
    first = steps[0]
    second = ""
    if len(steps) > 1:
        second = steps[1]
    if first == "space":
        return f"space.{second}.kind" if second in catalogue else "space"
    if first == "split":
        return second if second in PARTS else "train"
    if first == "time_budget_seconds":
        return "budget_minutes"
    return first


def label_of(field: str, catalogue: Catalogue) -> str:
    """What a field is called in the summary of problems."""
    if field.startswith("space."):
        name = field.split(".")[1]
        hyperparameter = catalogue[name]
        return hyperparameter.label
    label = LABELS.get(field, field)
    return label.capitalize()

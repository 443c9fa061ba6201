"""The hyperparameters that the form for an experiment shows, by group."""

from collections.abc import Sequence
from dataclasses import replace

from app.domain.search_space.parameters import Hyperparameter
from app.web.forms.draft import ExperimentDraft


def group_hyperparameters(
    draft: ExperimentDraft, targets: Sequence[str]
) -> dict[str, list[Hyperparameter]]:
    """The rows of the space editor by group, with the targets that the dataset allows."""
    groups: dict[str, list[Hyperparameter]] = {}
    chosen_target = draft.get("space.target.value")
    for hyperparameter in draft.catalogue.values():
        row = hyperparameter
        if row.name == "target":
            row = _limit_choices(row, [*targets, chosen_target])
        rows = groups.setdefault(row.group, [])
        rows.append(row)
    return groups


def _limit_choices(hyperparameter: Hyperparameter, allowed: Sequence[str]) -> Hyperparameter:
    choices = []
    for choice in hyperparameter.choices:
        if choice in allowed:
            choices.append(choice)
    return replace(hyperparameter, choices=tuple(choices))

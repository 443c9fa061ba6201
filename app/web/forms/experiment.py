"""What fills the form for a new experiment: defaults, a preset, a trial or an experiment."""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from app.db.models import Dataset, Experiment, Trial
from app.domain.horizons import MAX_HORIZON
from app.domain.presets import Preset
from app.domain.search_space.parameters import CATALOGUE, Parameters, is_active
from app.domain.strategies import strategy_info
from app.domain.targets import possible_targets
from app.errors import NotFound
from app.services import datasets, importance, warm_start
from app.services.rows_ahead import describe_rows, explain_missing_rows
from app.web.forms.fields import format_value
from app.web.forms.labels import PARTS
from app.web.forms.points import format_point
from app.web.forms.reduction import reduction_fields
from app.web.forms.space_editor import new_space_fields, space_fields
from app.web.forms.warm_start import warm_start_fields

MAX_EXPERIMENT_NAME_LENGTH = 200
MAX_LONGER_EPOCHS = 10_000
DEFAULTS = {
    "name": "",
    "custom_model": "",
    "strategy": "auto",
    "objective": "rmse",
    "pruning": "auto",
    "max_trials": "20",
    "budget_minutes": "",
    "deliver": "ensemble",
    "horizon": "1",
    "seed": "0",
    "train": "80",
    "validation": "10",
    "test": "10",
    "points": "",
    "tags": "",
    "single_trial": "",
    "derived_from": "",
}


def blank_fields() -> dict[str, str]:
    """The form with its defaults."""
    return {
        **DEFAULTS,
        **reduction_fields(),
        **warm_start_fields(),
        **new_space_fields({}),
    }


def preset_fields(preset: Preset, targets: Sequence[str]) -> dict[str, str]:
    """The fields a preset sets, for a dataset that allows these targets."""
    fields = {
        "name": preset.title,
        "strategy": preset.strategy,
        "pruning": "none",
        "max_trials": str(preset.max_trials),
    }
    return fields | space_fields(preset.space_for(targets))


def experiment_fields(experiment: Experiment) -> dict[str, str]:
    """The fields for another experiment like this one."""
    name = f"{experiment.name} (again)"
    budget_minutes = ""
    if experiment.time_budget_seconds:
        budget_minutes = format_value(experiment.time_budget_seconds / 60)
    points = [format_point(point) for point in experiment.points]
    fields = {
        "name": name[:MAX_EXPERIMENT_NAME_LENGTH],
        "dataset_id": str(experiment.dataset_id),
        "custom_model": experiment.custom_model_name or "",
        "strategy": experiment.strategy,
        "objective": experiment.objective,
        "pruning": experiment.pruning,
        "max_trials": str(experiment.max_trials),
        "budget_minutes": budget_minutes,
        "deliver": experiment.deliver,
        "horizon": str(experiment.horizon),
        "seed": str(experiment.seed),
        "points": "\n".join(points),
        "tags": " ".join(experiment.tags),
    }
    for part in PARTS:
        fraction = getattr(experiment, f"{part}_fraction")
        fields[part] = format_value(100 * fraction)
    space = space_fields(experiment.space_document, experiment.catalogue)
    return {
        **blank_fields(),
        **reduction_fields(experiment),
        **space,
        **fields,
    }


def following_fields(
    session: Session, experiment: Experiment, start_from: int | None, *, widen: bool
) -> dict[str, str]:
    """The fields for an experiment that follows another one.

    `start_from`: the id of an experiment whose trials it starts from besides the earlier ones.
    `widen`: its search space is wider where the earlier one ended too early.
    """
    fields = experiment_fields(experiment)
    if widen:
        fields |= _wider_fields(session, experiment)
    start = warm_start.summarise(session, experiment)
    earlier_ids = start.experiments
    if start_from is not None:
        earlier_ids.append(start_from)
        if strategy_info(experiment.strategy).needs_points:
            fields["strategy"] = "auto"
            fields["points"] = ""
    unique_ids = dict.fromkeys(earlier_ids)
    return fields | warm_start_fields(experiment, unique_ids)


def trial_fields(trial: Trial, *, longer: bool) -> dict[str, str]:
    """The fields for one trial with the parameters of another, or with twice its epochs."""
    experiment = trial.experiment
    parameters = dict(trial.parameters)
    variant = "variation"
    if longer:
        parameters = _train_longer(parameters, experiment)
        variant = "longer"
    space = {
        name: value
        for name, value in parameters.items()
        if is_active(name, parameters, experiment.catalogue)
    }
    name = f"{experiment.name}, trial {trial.number}, {variant}"
    fields = {
        "name": name[:MAX_EXPERIMENT_NAME_LENGTH],
        "strategy": "grid",
        "max_trials": "1",
        "points": "",
        "budget_minutes": "",
        "single_trial": "1",
    }
    return experiment_fields(experiment) | space_fields(space, experiment.catalogue) | fields


def choose_dataset(fields: dict[str, str], newest_first: Sequence[Dataset]) -> None:
    """Choose the newest dataset where none is chosen."""
    if fields.get("dataset_id"):
        return
    if newest_first:
        newest = newest_first[0]
        fields["dataset_id"] = str(newest.id)


def targets_of_dataset(session: Session, fields: Mapping[str, str]) -> tuple[str, ...]:
    """The values of `target` that the chosen dataset allows; all of them where none is chosen."""
    dataset = find_dataset(session, fields)
    if dataset is None:
        return CATALOGUE["target"].choices
    series = datasets.series(session, dataset)
    return possible_targets(series)


def describe_rows_ahead(session: Session, fields: Mapping[str, str]) -> str:
    """The time that the rows to forecast are in the chosen dataset; else which numbers may be."""
    dataset = find_dataset(session, fields)
    horizon = fields.get("horizon", "").strip()
    is_number = re.fullmatch(r"[0-9]{1,3}", horizon)
    if dataset is None or not is_number or not 1 <= int(horizon) <= MAX_HORIZON:
        return f"From 1 to {MAX_HORIZON}."
    series = datasets.series(session, dataset)
    missing = explain_missing_rows(series, int(horizon)) or ""
    return f"{describe_rows(session, dataset, int(horizon))}. {missing}".strip()


def find_dataset(session: Session, fields: Mapping[str, str]) -> Dataset | None:
    """The chosen dataset; None where there is none."""
    chosen = fields.get("dataset_id", "")
    if not re.fullmatch(r"[0-9]{1,10}", chosen):
        return None
    try:
        return datasets.get(session, int(chosen))
    except NotFound:
        return None


def _wider_fields(session: Session, experiment: Experiment) -> dict[str, str]:
    name = f"{experiment.name}, wider"
    fields = {"name": name[:MAX_EXPERIMENT_NAME_LENGTH]}
    report = importance.analyse(session, experiment)
    space = importance.wider_space(report)
    if space:
        fields |= space_fields(space, experiment.catalogue)
    return fields


def _train_longer(parameters: Parameters, experiment: Experiment) -> Parameters:
    """Twice the epochs, without early stopping unless a custom model fits itself."""
    custom_model = experiment.custom_model
    fits_itself = custom_model is not None and custom_model.fits_itself
    epochs = 2 * int(parameters["epochs"])
    longer = parameters | {"epochs": min(MAX_LONGER_EPOCHS, epochs)}
    if "patience" in parameters and not fits_itself:
        longer["patience"] = 0
    return longer

"""The form for a new experiment: blank, from a preset, a trial or another experiment; checked; sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app.config import Settings
from app.db.models import Dataset, Experiment
from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED, Chosen, choose
from app.domain.custom.catalogue import catalogue_for, custom_catalogue, custom_space
from app.domain.custom.detection import CustomModel
from app.domain.hyperopt.import_code import HyperoptError, parse_hyperopt_code
from app.domain.presets import PRESETS, Preset
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.parameters import CATALOGUE, Hyperparameter, is_active
from app.domain.search_space.space import SearchSpace, SpaceError, describe_size, preview
from app.domain.strategies import strategy_info
from app.domain.targets import possible_targets
from app.errors import FieldProblem, Invalid, NotFound
from app.schemas import ExperimentRequest, SplitRequest
from app.services import (
    custom_models,
    datasets,
    estimates,
    experiments,
    importance,
    trials,
    warm_start,
)
from app.services.validation import check
from app.web.charts.series import series_figure, split_figure
from app.web.dependencies import CurrentSettings, ReadSession, TextFields, WriteSession
from app.web.forms.experiment import (
    KINDS,
    OFFERED,
    PARTS,
    Filled,
    blank,
    experiment_fields,
    field_of,
    new_space_fields,
    read_form,
    space_fields,
)
from app.web.forms.warm_start import known_fields
from app.web.templating import duration, render

router = APIRouter(prefix="/experiments")


@router.get("/new")
def new(
    request: Request,
    session: ReadSession,
    settings: CurrentSettings,
    preset: Annotated[str, Query(max_length=40)] = "",
    dataset: Annotated[int | None, Query(ge=1)] = None,
    trial: Annotated[int | None, Query(ge=1)] = None,
    longer: bool = False,
    experiment: Annotated[int | None, Query(ge=1)] = None,
    start: Annotated[int | None, Query(ge=1)] = None,
    widen: bool = False,
    custom_model: Annotated[str, Query(max_length=60)] = "",
) -> Response:
    """The form, filled from what the query names."""
    values = blank()
    if experiment is not None:
        values = _experiment_fields(
            session, experiments.get(session, experiment), start, widen=widen
        )
    if trial is not None:
        values = _trial_fields(session, trial, longer=longer)
    if dataset is not None:
        values["dataset_id"] = str(dataset)
    _choose_dataset(values, datasets.listing(session, size=1).items)
    if preset in PRESETS:
        values |= _preset_fields(PRESETS[preset], _possible_targets(session, values))
    if custom_model:
        values |= {"name": f"Search of {custom_model}", "custom_model": custom_model}
    model, problems = _custom_model(settings, values)
    if model is not None:
        described = new_space_fields(custom_space(model), custom_catalogue(model))
        values = values | described if custom_model else described | values
    filled = Filled(values, problems, catalogue_for(model))
    return _form(request, session, filled, settings, model)


@router.post("")
def create(
    request: Request, session: WriteSession, settings: CurrentSettings, values: TextFields
) -> Response:
    """Create the experiment, or give the form back with what is wrong with it."""
    custom_model, problems = _custom_model(settings, values)
    if "read_hyperopt" in values:
        filled = _read_hyperopt(values, custom_model, problems)
        return _form(
            request, session, filled, settings, custom_model, status=422 if filled.problems else 200
        )
    wanted, wrong = read_form(values, catalogue_for(custom_model))
    problems += wrong
    asks_about_one_trial = False
    if "check" not in values and wanted is not None and not problems:
        try:
            nothing_varies = _nothing_varies(session, wanted, custom_model)
            asks_about_one_trial = (
                nothing_varies and wanted.max_trials > 1 and "one_trial" not in values
            )
            if asks_about_one_trial:
                problems = [_one_trial_question(wanted.max_trials)]
            elif nothing_varies or "one_trial" not in values:
                return _start(session, wanted, custom_model, is_one_trial=nothing_varies)
        except Invalid as error:
            problems = error.problems
    filled = Filled(blank() | values, problems, catalogue_for(custom_model), asks_about_one_trial)
    return _form(request, session, filled, settings, custom_model, status=422 if problems else 200)


def _nothing_varies(
    session: Session, wanted: ExperimentRequest, custom_model: CustomModel | None
) -> bool:
    """Whether the search space has a single combination. Raises Invalid."""
    return (
        not strategy_info(wanted.strategy).needs_points
        and check(session, wanted, custom_model).space.size() == 1
    )


def _one_trial_question(max_trials: int) -> FieldProblem:
    words = f"Nothing varies in the search space, so this is one trial, not {max_trials:,}."
    return FieldProblem(("max_trials",), f"{words} Start one trial, or vary a hyperparameter?")


def _start(
    session: Session,
    wanted: ExperimentRequest,
    custom_model: CustomModel | None,
    *,
    is_one_trial: bool,
) -> RedirectResponse:
    """Create the experiment and lead to its page. Raises Invalid."""
    if is_one_trial:
        wanted = wanted.model_copy(update={"max_trials": 1})
    experiment = experiments.create(session, wanted, custom_model)
    return RedirectResponse(f"/experiments/{experiment.id}", 303)


@router.post("/preview")
def live_preview(
    session: ReadSession, settings: CurrentSettings, values: TextFields
) -> JSONResponse:
    """The live line: how many combinations, three samples, the estimated time, and problems by field."""
    custom_model, problems = _custom_model(settings, values)
    return JSONResponse(_preview(session, values, settings.slot_count, custom_model, problems))


@router.get("/new/charts/split")
def split_chart(
    session: ReadSession, dataset: int, train: float = 80, validation: float = 10, test: float = 10
) -> JSONResponse:
    """The series with its three parts."""
    series = datasets.series(session, datasets.get(session, dataset))
    try:
        split = SplitRequest(
            train=train / 100, validation=validation / 100, test=test / 100
        ).to_split()
    except ValueError:
        return JSONResponse(series_figure(series.dates, series.target_values, series.target))
    return JSONResponse(split_figure(series.dates, series.target_values, series.target, split))


def _custom_model(
    settings: Settings, values: dict[str, str]
) -> tuple[CustomModel | None, list[FieldProblem]]:
    """The custom model a form names, or what is wrong with it."""
    try:
        return custom_models.find(settings.data, values.get("custom_model", "")), []
    except Invalid as error:
        return None, error.problems


def _read_hyperopt(
    values: dict[str, str], custom_model: CustomModel | None, problems: list[FieldProblem]
) -> Filled:
    """The form with the search space of the hyperopt code in it, or with what is wrong with the code."""
    filled = Filled(blank() | values, problems, catalogue_for(custom_model))
    if not problems:
        try:
            space = parse_hyperopt_code(values.get("hyperopt", ""), filled.catalogue)
            filled.values |= new_space_fields(space.document(), filled.catalogue)
        except HyperoptError as error:
            filled.problems.append(FieldProblem(("hyperopt",), str(error)))
    return filled


def _form(
    request: Request,
    session: Session,
    filled: Filled,
    settings: Settings,
    custom_model: CustomModel | None,
    status: int = 200,
) -> Response:
    found = datasets.listing(session, size=500).items
    _choose_dataset(filled.values, found)
    targets = _possible_targets(session, filled.values)
    groups: dict[str, list[Any]] = {}
    for row in filled.catalogue.values():
        shown_row = _offering(row, targets, filled) if row.name == "target" else row
        groups.setdefault(row.group, []).append(shown_row)
    context = {
        "filled": filled,
        "datasets": found,
        "groups": groups,
        "kinds": KINDS,
        "offered": OFFERED,
        "strategies": STRATEGIES_OFFERED,
        "methods": METHODS,
        "prunings": PRUNINGS_OFFERED,
        "presets": PRESETS,
        "parts": PARTS,
        "custom_model": custom_model,
        "custom_model_files": custom_models.files(settings.data),
        "custom_model_folder": custom_models.FOLDER,
        "preview": _preview(session, filled.values, settings.slot_count, custom_model, [])
        if found
        else None,
    }
    return render(request, "experiments/new.html", context, status=status)


def _choose_dataset(values: dict[str, str], newest: Sequence[Dataset]) -> None:
    if not values.get("dataset_id") and newest:
        values["dataset_id"] = str(newest[0].id)


def _possible_targets(session: Session, values: Mapping[str, str]) -> tuple[str, ...]:
    """The values of `target` that the chosen dataset allows; all of them where no dataset is chosen."""
    chosen = values.get("dataset_id", "")
    try:
        dataset = datasets.get(session, int(chosen) if re.fullmatch(r"[0-9]{1,10}", chosen) else 0)
    except NotFound:
        return CATALOGUE["target"].choices
    return possible_targets(datasets.series(session, dataset))


def _offering(row: Hyperparameter, choices: Sequence[str], filled: Filled) -> Hyperparameter:
    """A row of the space editor that offers these choices, and the one that is chosen already."""
    chosen = filled.get(f"space.{row.name}.value")
    return replace(
        row,
        choices=tuple(choice for choice in row.choices if choice in choices or choice == chosen),
    )


def _preset_fields(preset: Preset, targets: Sequence[str]) -> dict[str, str]:
    fields = {
        "name": preset.title,
        "strategy": preset.strategy,
        "pruning": "none",
        "max_trials": str(preset.max_trials),
    }
    return fields | space_fields(preset.space_for(targets))


def _preview(
    session: Session,
    values: dict[str, str],
    slots: int,
    custom_model: CustomModel | None,
    problems: list[FieldProblem],
) -> dict[str, Any]:
    catalogue = catalogue_for(custom_model)
    wanted, wrong = read_form({**values, "name": values.get("name") or "unnamed"}, catalogue)
    problems = problems + wrong
    found: dict[str, Any] = {
        "size": "",
        "samples": [],
        "trials": "",
        "time": "",
        "reason": "",
        "warm_start": "",
        "problems": [],
    }
    if wanted is not None and not problems:
        try:
            space = SearchSpace.parse(wanted.space, catalogue)
            found["size"] = describe_size(space)
            if strategy_info(wanted.strategy).needs_points:
                found["size"] = f"{len(wanted.points)} points"
            else:
                samples = preview(space, np.random.default_rng(wanted.seed))
                found["samples"] = [
                    ", ".join(f"{name}={_short(value)}" for name, value in row.items())
                    for row in samples
                ]
            checked = check(session, wanted, custom_model)
            trials_wanted = len(checked.points) or wanted.max_trials
            found["warm_start"] = warm_start.preview(checked.known).told("Starts from")
            found["trials"] = _fewer_trials(
                space, wanted, has_known_results=bool(checked.known.rows)
            )
            chosen = choose(wanted.strategy, wanted.pruning, space, trials_wanted)
            found["reason"] = chosen.reason
            found["time"] = (
                "" if custom_model else _time(session, space, wanted, chosen, trials_wanted, slots)
            )
        except SpaceError as error:
            problems = [
                FieldProblem(("space", problem.name), problem.message) for problem in error.problems
            ]
        except Invalid as error:
            problems = error.problems
    found["targets"] = _possible_targets(session, values)
    found["problems"] = [
        [field_of(problem.loc, catalogue), problem.message] for problem in problems
    ]
    return found


def _fewer_trials(space: SearchSpace, wanted: ExperimentRequest, *, has_known_results: bool) -> str:
    """How many trials will run, where the space has fewer combinations than trials are asked for; else ""."""
    size = space.size()
    if strategy_info(wanted.strategy).needs_points or size is None or size >= wanted.max_trials:
        return ""
    least = "at most " if has_known_results else ""
    trials_text = "1 trial" if size == 1 else f"{size:,} trials"
    return f"· {least}{trials_text} will run, not {wanted.max_trials:,}: each combination is tried once"


def _time(
    session: Session,
    space: SearchSpace,
    wanted: Any,
    chosen: Chosen,
    trials_wanted: int,
    slots: int,
) -> str:
    seconds = estimates.search_seconds(
        estimates.cost_model(session),
        space,
        datasets.get(session, wanted.dataset_id),
        wanted.split.train,
        strategy=chosen.strategy,
        trials=trials_wanted,
        slots=slots,
    )
    limit = wanted.time_budget_seconds
    return duration(min(seconds, limit) if limit else seconds)


def _trial_fields(session: Session, trial_id: int, *, longer: bool) -> dict[str, str]:
    trial = trials.get(session, trial_id)
    experiment = trial.experiment
    parameters, catalogue, custom_model = (
        dict(trial.parameters),
        experiment.catalogue,
        experiment.custom_model,
    )
    fits_itself = custom_model is not None and custom_model.shape.fits_itself
    if longer:
        parameters["epochs"] = min(10_000, 2 * int(parameters["epochs"]))
        if "patience" in parameters and not fits_itself:
            parameters["patience"] = 0
    space = {
        name: value for name, value in parameters.items() if is_active(name, parameters, catalogue)
    }
    kind = "longer" if longer else "variation"
    name = f"{experiment.name}, trial {trial.number}, {kind}"[:200]
    values = experiment_fields(experiment) | space_fields(space, catalogue)
    return values | {
        "name": name,
        "strategy": "grid",
        "max_trials": "1",
        "points": "",
        "budget_minutes": "",
    }


def _experiment_fields(
    session: Session, experiment: Experiment, start: int | None, *, widen: bool
) -> dict[str, str]:
    """Another experiment like this one; or one that starts from the trials of one, and goes on where that ended."""
    values = experiment_fields(experiment)
    if widen:
        space = importance.wider_space(importance.telling(session, experiment))
        values |= space_fields(space, experiment.catalogue) if space else {}
        values["name"] = f"{experiment.name}, wider"[:200]
    earlier = warm_start.start_of(session, experiment).experiments
    if start is None:
        return values | known_fields(experiment, earlier)
    taught = (
        {"strategy": "auto", "points": ""}
        if strategy_info(experiment.strategy).needs_points
        else {}
    )
    return values | taught | known_fields(experiment, dict.fromkeys([*earlier, start]))


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)

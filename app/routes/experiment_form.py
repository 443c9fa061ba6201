"""The form for a new experiment: blank, from a preset, a trial or another experiment; checked; sent."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse, RedirectResponse, Response

from app import charts
from app.dependencies import CurrentSettings, Reading, Texts, Writing
from app.domain.hyperparameters import CATALOGUE, is_active
from app.domain.presets import PRESETS
from app.domain.pruning import PRUNINGS
from app.domain.space import SearchSpace, SpaceError, preview, size_text
from app.domain.strategy_names import STRATEGY_NAMES
from app.experiment_form import (
    KINDS,
    OFFERED,
    PARTS,
    Filled,
    blank,
    experiment_fields,
    field_of,
    read_form,
    space_fields,
)
from app.forms import SplitRequest
from app.pages import duration, render
from app.services import datasets, estimates, experiments, trials
from app.services.checking import check
from app.services.errors import FieldProblem, Invalid

router = APIRouter(prefix="/experiments")


@router.get("/new")
def new(
    request: Request,
    session: Reading,
    settings: CurrentSettings,
    preset: Annotated[str, Query(max_length=40)] = "",
    dataset: Annotated[int | None, Query(ge=1)] = None,
    trial: Annotated[int | None, Query(ge=1)] = None,
    longer: bool = False,
    experiment: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The form, filled from what the query names."""
    values = blank()
    if experiment is not None:
        values = experiment_fields(experiments.get(session, experiment))
    if trial is not None:
        values = _trial_fields(session, trial, longer=longer)
    if preset in PRESETS:
        chosen = PRESETS[preset]
        values |= space_fields(chosen.space)
        values |= {"name": chosen.title, "strategy": chosen.strategy, "max_trials": str(chosen.max_trials)}
    if dataset is not None:
        values["dataset_id"] = str(dataset)
    return _form(request, session, Filled(values), settings.slot_count)


@router.post("")
def create(request: Request, session: Writing, settings: CurrentSettings, values: Texts) -> Response:
    """Create the experiment, or give the form back with what is wrong with it."""
    wanted, problems = read_form(values)
    if "check" not in values and wanted is not None:
        try:
            experiment = experiments.create(session, wanted)
            return RedirectResponse(f"/experiments/{experiment.id}", 303)
        except Invalid as error:
            problems = error.problems
    filled = Filled(blank() | values, problems)
    return _form(request, session, filled, settings.slot_count, status=422 if problems else 200, checked=True)


@router.post("/preview")
def live_preview(session: Reading, settings: CurrentSettings, values: Texts) -> JSONResponse:
    """The live line: how many combinations, three samples, the estimated time, and problems by field."""
    return JSONResponse(_preview(session, values, settings.slot_count))


@router.get("/new/charts/split")
def split_chart(
    session: Reading, dataset: int, train: float = 80, validation: float = 10, test: float = 10
) -> JSONResponse:
    """The series with its three parts."""
    series = datasets.series(session, datasets.get(session, dataset))
    try:
        split = SplitRequest(train=train / 100, validation=validation / 100, test=test / 100).as_split()
    except ValueError:
        return JSONResponse(charts.series_figure(series.dates, series.target_values, series.target))
    return JSONResponse(charts.split_figure(series.dates, series.target_values, series.target, split))


def _form(
    request: Request, session: Session, filled: Filled, slots: int, *, status: int = 200, checked: bool = False
) -> Response:
    found = datasets.listing(session, size=500).items
    if not filled.get("dataset_id") and found:
        filled.values["dataset_id"] = str(found[0].id)
    groups: dict[str, list[Any]] = {}
    for row in CATALOGUE.values():
        groups.setdefault(row.group, []).append(row)
    context = {
        "filled": filled,
        "datasets": found,
        "groups": groups,
        "kinds": KINDS,
        "offered": OFFERED,
        "strategies": STRATEGY_NAMES,
        "prunings": PRUNINGS,
        "presets": PRESETS,
        "parts": PARTS,
        "preview": _preview(session, filled.values, slots) if checked or found else None,
    }
    return render(request, "experiments/new.html", status, **context)


def _preview(session: Session, values: dict[str, str], slots: int) -> dict[str, Any]:
    wanted, problems = read_form({**values, "name": values.get("name") or "unnamed"})
    found: dict[str, Any] = {"size": "", "samples": [], "time": "", "problems": []}
    if wanted is not None:
        try:
            space = SearchSpace.parse(wanted.space)
            found["size"] = size_text(space)
            if wanted.strategy == "manual":
                found["size"] = f"{len(wanted.points)} points"
            else:
                samples = preview(space, np.random.default_rng(wanted.seed))
                found["samples"] = [
                    ", ".join(f"{name}={_short(value)}" for name, value in row.items()) for row in samples
                ]
            check(session, wanted)
            found["time"] = _time(session, space, wanted, slots)
        except SpaceError as error:
            problems = [FieldProblem(("space", problem.name), problem.message) for problem in error.problems]
        except Invalid as error:
            problems = error.problems
    found["problems"] = [[field_of(problem.loc), problem.message] for problem in problems]
    return found


def _time(session: Session, space: SearchSpace, wanted: Any, slots: int) -> str:
    dataset = datasets.get(session, wanted.dataset_id)
    trials_wanted = len(wanted.points) if wanted.strategy == "manual" else wanted.max_trials
    seconds = estimates.search_seconds(
        estimates.cost_model(session),
        space,
        dataset,
        wanted.split.train,
        strategy=wanted.strategy,
        trials=trials_wanted,
        slots=slots,
    )
    limit = wanted.time_budget_seconds
    return duration(min(seconds, limit) if limit else seconds)


def _trial_fields(session: Session, trial_id: int, *, longer: bool) -> dict[str, str]:
    trial = trials.get(session, trial_id)
    experiment = trial.experiment
    parameters = dict(trial.parameters)
    if longer:
        parameters |= {"epochs": min(10_000, 2 * int(parameters["epochs"])), "patience": 0}
    space = {name: value for name, value in parameters.items() if is_active(name, parameters)}
    kind = "longer" if longer else "variation"
    name = f"{experiment.name}, trial {trial.number}, {kind}"[:200]
    values = experiment_fields(experiment) | space_fields(space)
    return values | {"name": name, "strategy": "grid", "max_trials": "1", "points": "", "budget_minutes": ""}


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)

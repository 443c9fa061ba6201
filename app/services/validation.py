"""Whether an experiment can be run as it is asked for: every problem, at its field."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.domain.auto import PRUNINGS_OFFERED, STRATEGIES_OFFERED
from app.domain.csv_reading.series import Series
from app.domain.custom.catalogue import catalogue_for, custom_space, data_parameters
from app.domain.custom.detection import CustomModel
from app.domain.reduction.correlation import METHODS
from app.domain.search_space.catalogue import Catalogue
from app.domain.search_space.parameters import (
    Parameters,
    fit_problems,
    parameter_problems,
    with_defaults,
    with_new_defaults,
)
from app.domain.search_space.space import SearchSpace, SpaceError
from app.domain.strategies import strategy_info
from app.domain.targets import possible_targets
from app.domain.terms import Part
from app.errors import FieldProblem, Invalid, NotFound
from app.schemas import REDUCTION_FIELDS, ExperimentRequest
from app.services import datasets, warm_start
from app.services.warm_start import Known

LOOKED_AT = 300  # configurations of a space that are tried against the data
SMALLEST_PART = 2  # rows


@dataclass(frozen=True)
class Checked:
    """What a request that can be run comes to: its space, its completed points, and the results it starts from."""

    space: SearchSpace
    points: list[Parameters]
    known: Known


def check(
    session: Session, request: ExperimentRequest, custom_model: CustomModel | None = None
) -> Checked:
    """What a request comes to. Raises Invalid with all its problems.

    A request that names a custom model and no space gets the one its file describes.
    """
    catalogue = catalogue_for(custom_model)
    found: list[FieldProblem] = []
    series = _series(session, request, found)
    if request.strategy not in STRATEGIES_OFFERED:
        offered = ", ".join(STRATEGIES_OFFERED)
        found.append(
            FieldProblem(
                ("strategy",), f'"{request.strategy}" is no strategy. Choose one of: {offered}.'
            )
        )
    if request.pruning not in PRUNINGS_OFFERED:
        offered = ", ".join(PRUNINGS_OFFERED)
        found.append(
            FieldProblem(
                ("pruning",), f'"{request.pruning}" is no way of pruning. Choose one of: {offered}.'
            )
        )
    found += _reduction_problems(request)
    space = _space(_space_document(request, custom_model), catalogue, found)
    if space is not None and strategy_info(request.strategy).enumerates_space:
        found += [FieldProblem(("space", name), _endless(name)) for name in space.continuous]
    points = (
        _points(request, catalogue, found) if strategy_info(request.strategy).needs_points else []
    )
    known = warm_start.find(session, request, space, found) if space is not None else Known()
    if series is not None:
        found += _split_problems(request, series)
    if found or space is None or series is None:
        raise Invalid(found)
    misfits = _misfits(request, series, space, points)
    if misfits:
        raise Invalid(misfits)
    return Checked(space, points, known)


def _space_document(
    request: ExperimentRequest, custom_model: CustomModel | None
) -> Mapping[str, Any]:
    if custom_model is not None and "space" not in request.model_fields_set:
        return custom_space(custom_model)
    return request.space


def _series(
    session: Session, request: ExperimentRequest, found: list[FieldProblem]
) -> Series | None:
    try:
        dataset: Dataset = datasets.get(session, request.dataset_id)
    except NotFound as missing:
        found.append(FieldProblem(("dataset_id",), str(missing)))
        return None
    return datasets.series(session, dataset)


def _space(
    document: Mapping[str, Any], catalogue: Catalogue, found: list[FieldProblem]
) -> SearchSpace | None:
    try:
        return SearchSpace.parse(document, catalogue).with_new_defaults()
    except SpaceError as error:
        found += [
            FieldProblem(_at("space", problem.name), problem.message) for problem in error.problems
        ]
        return None


def _reduction_problems(request: ExperimentRequest) -> list[FieldProblem]:
    if not strategy_info(request.strategy).shrinks_space:
        strange = [name for name in REDUCTION_FIELDS if name in request.model_fields_set]
        return [
            FieldProblem((name,), f"{name} goes with the strategy reduction alone.")
            for name in strange
        ]
    if request.reduction_method in METHODS:
        return []
    known = ", ".join(METHODS)
    why = f'"{request.reduction_method}" is no method of reduction. Choose one of: {known}.'
    return [FieldProblem(("reduction_method",), why)]


def _endless(name: str) -> str:
    return f"A grid needs values that can be counted, and {name} has endless many: give a choice, or a step."


def _points(
    request: ExperimentRequest, catalogue: Catalogue, found: list[FieldProblem]
) -> list[Parameters]:
    if not strategy_info(request.strategy).needs_points:
        return []
    if not request.points:
        found.append(
            FieldProblem(("points",), "The manual strategy needs at least one point to try.")
        )
    fixed = {
        name: value
        for name, value in request.space.items()
        if not isinstance(value, Mapping | list)
    }
    points = []
    for number, point in enumerate(request.points):
        parameters = with_new_defaults({**fixed, **point}, catalogue)
        wrong = parameter_problems(parameters, catalogue)
        found += [
            FieldProblem(_at("points", number, problem.name), problem.message) for problem in wrong
        ]
        if not wrong:
            points.append(with_defaults(parameters, catalogue))
    return points


def _split_problems(request: ExperimentRequest, series: Series) -> list[FieldProblem]:
    parts = request.split.to_split().parts(len(series.target_values))
    return [
        FieldProblem(
            ("split", part.value),
            f"The {part.value} part has {len(rows)} rows: too few to score a forecast.",
        )
        for part, rows in parts.items()
        if len(rows) < SMALLEST_PART
    ]


def _misfits(
    request: ExperimentRequest, series: Series, space: SearchSpace, points: list[Parameters]
) -> list[FieldProblem]:
    parts = request.split.to_split().parts(len(series.target_values))
    sizes = (len(parts[Part.TRAIN]), len(parts[Part.VALIDATION]))
    logs_impossible = "log_return" not in possible_targets(series)
    found: dict[tuple[Any, ...], str] = {}
    for loc, parameters in _configurations(request, space, points):
        seen = data_parameters(parameters) if request.custom_model else parameters
        for problem in fit_problems(seen, *sizes):
            found.setdefault((*loc, problem.name), problem.message)
        if parameters.get("target") == "log_return" and logs_impossible:
            why = f'"{series.target}" has values of zero or less, which have no logarithm: choose level or difference.'
            found.setdefault((*loc, "target"), why)
    return [FieldProblem(_at(*loc), message) for loc, message in found.items()]


def _configurations(
    request: ExperimentRequest, space: SearchSpace, points: list[Parameters]
) -> list[tuple[tuple[str | int, ...], Parameters]]:
    if strategy_info(request.strategy).needs_points:
        return [(("points", number), point) for number, point in enumerate(points)]
    size = space.size()
    if size is not None and size <= LOOKED_AT:
        return [(("space",), parameters) for parameters in islice(space.grid(), LOOKED_AT)]
    generator = np.random.default_rng(0)
    return [(("space",), space.sample(generator)) for _ in range(LOOKED_AT)]


def _at(*loc: str | int) -> tuple[str | int, ...]:
    return tuple(step for step in loc if step != "")

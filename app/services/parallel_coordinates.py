"""What parallel coordinates draw: a line for each trial through the values that a search varies."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.domain.importance.objective_model import outlier_limit
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.hyperparameter import Value
from app.services import trial_listing
from app.services.importance import tried_space
from app.services.trial_columns import parameter_column
from app.services.trial_listing import TrialQuery

MAX_LINES = 5_000
MAX_BEST_LINES = 500  # of them the best ones, where there are more trials
MAX_SPACED_VALUES = 12  # a list of more numbers is drawn as a range


@dataclass(frozen=True)
class Axis:
    """One hyperparameter. `values`: its values in order where they are spaced evenly.

    Else it ranges from `low` to `high`, on a logarithmic scale where `is_log`.
    """

    name: str
    values: tuple[Value, ...] = ()
    low: float = 0.0
    high: float = 0.0
    is_log: bool = False
    is_whole: bool = False

    @property
    def is_spaced(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True)
class ParallelLines:
    """The lines, by number of the trial. `columns`: for each axis the value of each line.

    The value on a spaced axis is its index; None where the hyperparameter is not active.
    `objective_limit`: where the axis of objectives ends, before those that are far worse.
    """

    axes: tuple[Axis, ...]
    numbers: list[int]
    columns: list[list[float | None]]
    objectives: list[float]
    ranks: list[float]  # of each line among all trials, from 0, the best, to 1
    objective_limit: float
    n_trials: int


def load_lines(session: Session, experiment: Experiment) -> ParallelLines:
    """The lines of all trials with an objective, or of a selection of many."""
    chosen, objectives = _choose_trials(session, experiment)
    axes = tuple(_list_axes(experiment))
    columns = [parameter_column(experiment.catalogue[axis.name]) for axis in axes]
    query = (
        select(Trial.number, Trial.objective, *columns)
        .where(Trial.experiment_id == experiment.id, Trial.objective.is_not(None))
        .order_by(Trial.number)
    )
    if len(chosen) < len(objectives):
        query = query.where(Trial.number.in_(chosen))
    rows = [row for row in session.execute(query) if isfinite(row[1])]
    drawn_objectives = [float(row[1]) for row in rows]
    positions = []
    for index, axis in enumerate(axes, start=2):
        positions.append(_positions(axis, [row[index] for row in rows]))
    return ParallelLines(
        axes=axes,
        numbers=[row[0] for row in rows],
        columns=positions,
        objectives=drawn_objectives,
        ranks=_rank(drawn_objectives, objectives),
        objective_limit=_limit(objectives),
        n_trials=len(objectives),
    )


def find_matching(
    session: Session, experiment: Experiment, query: TrialQuery
) -> tuple[list[int], int]:
    """The numbers of the drawn trials that a filter finds, and how many it finds in all.

    Of those with an objective. Raises Invalid for a filter that cannot be read.
    """
    drawn, _ = _choose_trials(session, experiment)
    is_drawn = set(drawn)
    trials = (
        trial_listing.matching(experiment.id, query)
        .where(Trial.objective.is_not(None))
        .with_only_columns(Trial.number)
        .order_by(None)
    )
    numbers = session.scalars(trials).all()
    return sorted(number for number in numbers if number in is_drawn), len(numbers)


def _choose_trials(
    session: Session, experiment: Experiment
) -> tuple[list[int], NDArray[np.float64]]:
    """The numbers of the trials that are drawn, and the objectives of all."""
    query = select(Trial.number, Trial.objective).where(
        Trial.experiment_id == experiment.id, Trial.objective.is_not(None)
    )
    rows = [
        (number, objective)
        for number, objective in session.execute(query)
        if isfinite(objective or 0.0)
    ]
    rows.sort()
    numbers = np.array([number for number, _ in rows], np.int64)
    objectives = np.array([objective for _, objective in rows], np.float64)
    if len(rows) <= MAX_LINES:
        return numbers.tolist(), objectives
    best = np.argsort(objectives, kind="stable")[:MAX_BEST_LINES]
    evenly = np.linspace(0, len(rows) - 1, MAX_LINES - MAX_BEST_LINES).round().astype(int)
    return numbers[np.union1d(best, evenly)].tolist(), objectives


def _list_axes(experiment: Experiment) -> list[Axis]:
    """An axis for each hyperparameter that the search varies, in the catalogue's order."""
    dimensions = {dimension.name: dimension for dimension in tried_space(experiment).searched}
    return [_make_axis(dimensions[name]) for name in experiment.catalogue if name in dimensions]


def _make_axis(dimension: Dimension) -> Axis:
    row = dimension.catalogue[dimension.name]
    is_number = row.kind in ("integer", "number")
    if not dimension.is_listed:
        return Axis(
            dimension.name,
            low=float(dimension.first),
            high=float(dimension.last),
            is_log=dimension.is_log,
            is_whole=dimension.is_integer,
        )
    values = dimension.values
    if is_number:
        values = tuple(sorted(values, key=float))
    if is_number and len(values) > MAX_SPACED_VALUES:
        return Axis(
            dimension.name,
            low=float(values[0]),
            high=float(values[-1]),
            is_log=row.log and float(values[0]) > 0,
            is_whole=dimension.is_integer,
        )
    return Axis(dimension.name, values=values)


def _positions(axis: Axis, stored: Sequence[Any]) -> list[float | None]:
    """Where the stored values are on an axis; None where it has no place for one."""
    if not axis.is_spaced:
        return [None if value is None else float(value) for value in stored]
    index_of = {value: index for index, value in enumerate(axis.values)}
    return [index_of.get(value) for value in stored]


def _limit(objectives: NDArray[np.float64]) -> float:
    if not len(objectives):
        return 0.0
    return min(float(objectives.max()), outlier_limit(objectives.tolist()))


def _rank(shown: Sequence[float], objectives: NDArray[np.float64]) -> list[float]:
    """The fraction of all objectives that is better than each of these."""
    in_order = np.sort(objectives)
    ranks = np.searchsorted(in_order, shown) / max(1, len(in_order))
    return [float(rank) for rank in ranks]

"""The objective as a function of the hyperparameters, fitted to the trials of a search."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import NamedTuple, TypeGuard

import numpy as np
from numpy.typing import NDArray

from app.domain.importance.anova_gp import AnovaModel
from app.domain.search_space.parameters import Parameters
from app.domain.search_space.space import SearchSpace

MIN_EVALUATED_TRIALS = 10
MAX_MODELLED_TRIALS = 200  # of more, some are left out evenly
OUTLIER_FACTOR = 3.0  # times the distance from the best to the median, above the median
MIN_RELATIVE_DEVIATION = 1e-9  # of objectives that are not all equal
Floats = NDArray[np.float64]


class EvaluatedTrial(NamedTuple):
    """Complete parameters and their objective; None where the training diverged."""

    parameters: Parameters
    objective: float | None


class Units(NamedTuple):
    """The mean and the standard deviation of all objectives; what is fitted has 0 and 1."""

    mean: float
    deviation: float


@dataclass(frozen=True)
class ObjectiveModel:
    """What was fitted, in `units`; to how many trials; and the parameters of the best of them."""

    anova: AnovaModel
    units: Units
    n_trials: int
    best_parameters: Parameters


def fit_objective(space: SearchSpace, trials: Sequence[EvaluatedTrial]) -> ObjectiveModel | None:
    """Fit the objective.

    None for fewer than MIN_EVALUATED_TRIALS, trials that are all equal, or a space in which
    nothing is searched.
    """
    trials = thin_trials(trials)
    measured = [trial.objective for trial in trials]
    objectives = limit_outliers(measured)
    if len(trials) < MIN_EVALUATED_TRIALS:
        return None
    if not space.searched or _are_equal(objectives):
        return None
    units = Units(
        mean=float(objectives.mean()),
        deviation=float(objectives.std()),
    )
    parameters = [trial.parameters for trial in trials]
    best = int(objectives.argmin())
    standardised = (objectives - units.mean) / units.deviation
    return ObjectiveModel(
        anova=AnovaModel(space, parameters, standardised),
        units=units,
        n_trials=len(trials),
        best_parameters=parameters[best],
    )


def thin_trials(trials: Sequence[EvaluatedTrial]) -> Sequence[EvaluatedTrial]:
    """At most MAX_MODELLED_TRIALS of them: see `thin_evenly`."""
    objectives = [trial.objective for trial in trials]
    indices = thin_evenly(objectives, MAX_MODELLED_TRIALS)
    return [trials[index] for index in indices]


def thin_evenly(objectives: Sequence[float | None], limit: int) -> list[int]:
    """At most `limit` indices, evenly spaced, and that of the best objective in any case."""
    n_objectives = len(objectives)
    if n_objectives <= limit:
        return list(range(n_objectives))
    finite = {}
    for index, objective in enumerate(objectives):
        if _is_finite(objective):
            finite[index] = objective
    best = min(finite, key=lambda index: finite[index], default=0)
    last = n_objectives - 1
    evenly = np.linspace(0, last, limit - 1).round()
    indices = evenly.astype(int).tolist()
    return sorted({*indices, best})


def limit_outliers(objectives: Sequence[float | None]) -> Floats:
    """Objectives (trials,), those that are worse than the limit, or diverged, set to it."""
    finite = [objective for objective in objectives if _is_finite(objective)]
    if not finite:
        return np.zeros(len(objectives))
    limit = outlier_limit(finite)
    limited = np.full(len(objectives), limit, np.float64)
    for index, objective in enumerate(objectives):
        if _is_finite(objective):
            limited[index] = min(objective, limit)
    return limited


def outlier_limit(objectives: Sequence[float]) -> float:
    """The objective beyond which a trial counts as no worse.

    OUTLIER_FACTOR times as far above the median as the best objective is below it; the worst
    objective where half of the trials are as good as the best.
    """
    middle = float(np.median(objectives))
    best = min(objectives)
    if middle <= best:
        return max(objectives)
    distance = middle - best
    return middle + OUTLIER_FACTOR * distance


def _is_finite(objective: float | None) -> TypeGuard[float]:
    return objective is not None and isfinite(objective)


def _are_equal(objectives: Floats) -> bool:
    deviation = float(objectives.std())
    largest = float(np.abs(objectives).max())
    least_deviation = MIN_RELATIVE_DEVIATION * largest
    return deviation <= least_deviation

"""The trials of a search as the chart of their objectives needs them: by state, and its scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from app.domain.objectives import OBJECTIVES
from app.domain.terms import TrialState
from app.services.search_history import Crowd
from app.services.trials import ObjectivePoint
from app.web.charts.figures import AXIS_MARGIN, Range
from app.web.charts.levels import Level

LOG_SCALE_OBJECTIVE_RATIO = (
    4.0  # largest to smallest objective, from which a logarithmic scale shows more
)
CLOSE_UP_RATIO = 4.0  # range of all to that of usual objectives, from which a close-up helps
MIN_TRIALS_FOR_CLOSE_UP = 5  # fewer do not show what is usual
USUAL_DISTANCES = 3  # an objective is usual up to so many times the median's distance from the best
STATES_AT_EDGE = (TrialState.FAILED, TrialState.PRUNED, TrialState.STOPPED)  # without an objective
PointsByState = dict[TrialState, list[ObjectivePoint]]


@dataclass(frozen=True)
class ObjectiveNumbers:
    """Trials by state, with and without an objective, and what the scale depends on.

    `best_so_far`: pairs of a trial's number and the best objective up to it. `baseline`: that
    of the naive forecast, None where it has none; `levels`: those of the best
    other baselines. `close_up`: the range of the
    usual objectives, None where it would not show more; `above_close_up`: the trials beyond it.
    """

    with_objective: PointsByState
    without_objective: PointsByState
    best_so_far: list[tuple[int, float]]
    baseline: float | None
    levels: Sequence[Level]
    close_up: Range | None
    above_close_up: list[ObjectivePoint]
    is_log_scale: bool


def objective_numbers(
    points: Sequence[ObjectivePoint],
    baseline_error: float | None,
    objective: str,
    levels: Sequence[Level] = (),
    crowd: Crowd | None = None,
) -> ObjectiveNumbers:
    """Group the trials of a search, and find the scale that shows their objectives best.

    crowd: all trials of a search of which `points` are the latest.
    """
    with_objective: PointsByState = {}
    without_objective: PointsByState = {}
    objectives = []
    for point in points:
        if point.objective is not None and isfinite(point.objective):
            with_objective.setdefault(point.state, []).append(point)
            objectives.append(point.objective)
        elif point.state in STATES_AT_EDGE:
            without_objective.setdefault(point.state, []).append(point)
    if crowd is not None:
        objectives = crowd.objectives.tolist()
    baseline = _comparable_baseline(baseline_error, objective)
    if not OBJECTIVES[objective].is_error:
        levels = ()
    lines = [level.error for level in levels]
    if baseline is not None:
        lines.append(baseline)
    close_up = find_close_up(objectives, lines)
    return ObjectiveNumbers(
        with_objective=with_objective,
        without_objective=without_objective,
        best_so_far=_best_so_far(points),
        baseline=baseline,
        levels=levels,
        close_up=close_up,
        above_close_up=_points_above(close_up, with_objective),
        is_log_scale=_needs_log_scale(objectives),
    )


def find_close_up(objectives: Sequence[float], lines: Sequence[float]) -> Range | None:
    """Find the range of the usual objectives and the level lines, None where all can be shown.

    An objective is usual if it lies no further above the median than three times the median's
    distance from the best. A close-up helps where a few bad trials squeeze the others together.
    """
    if len(objectives) < MIN_TRIALS_FOR_CLOSE_UP:
        return None
    best = min(objectives)
    median = float(np.median(objectives))
    low = best
    high = median + USUAL_DISTANCES * (median - best)
    low = min([low, *lines])
    high = max([high, *lines])
    usual_range = high - low
    full_range = max(objectives) - low
    if usual_range <= 0 or full_range < CLOSE_UP_RATIO * usual_range:
        return None
    margin = AXIS_MARGIN * usual_range
    return low - margin, high + margin


def _comparable_baseline(baseline_error: float | None, objective: str) -> float | None:
    if not OBJECTIVES[objective].is_error:
        return None
    if baseline_error is None or not isfinite(baseline_error):
        return None
    return baseline_error


def _best_so_far(points: Sequence[ObjectivePoint]) -> list[tuple[int, float]]:
    pairs = []
    for point in points:
        if point.best_so_far is not None:
            pairs.append((point.number, point.best_so_far))
    return pairs


def _points_above(close_up: Range | None, with_objective: PointsByState) -> list[ObjectivePoint]:
    if close_up is None:
        return []
    _, high = close_up
    above = []
    for points in with_objective.values():
        for point in points:
            if point.objective is not None and point.objective > high:
                above.append(point)
    return above


def _needs_log_scale(objectives: Sequence[float]) -> bool:
    if len(objectives) < 2:
        return False
    smallest = min(objectives)
    largest = max(objectives)
    if smallest <= 0:
        return False
    return largest > LOG_SCALE_OBJECTIVE_RATIO * smallest

"""What a cell of the trial table draws beside its number: bars, differences and small curves."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite, log

from app.db.models import Trial
from app.domain.search_space.dimensions import Dimension
from app.services.loss_curves import LossCurve
from app.web.formats import number

WIDTH = 60  # of a small curve, in pixels
HEIGHT = 16
EDGE = 1.5  # that the line's thickness needs
MIN_POINTS = 2


@dataclass(frozen=True)
class Sparkline:
    """A small curve: the points of an SVG polyline, and what it shows in words."""

    points: str
    text: str


def find_bar(trial: Trial, dimension: Dimension | None) -> float | None:
    """Where a trial's value lies in the range that was searched, from 0 to 100 %.

    None for what is no number, has no range, or lies outside.
    """
    if dimension is None or not dimension.is_searched:
        return None
    parameter = trial.parameters.get(dimension.name)
    if parameter is None or isinstance(parameter, bool | str):
        return None
    if not dimension.contains(parameter):
        return None
    if not dimension.is_listed:
        return round(100 * dimension.fraction_of(parameter), 1)
    numbers = sorted(value for value in dimension.values if isinstance(value, int | float))
    if len(numbers) < len(dimension.values):
        return None
    return round(100 * numbers.index(parameter) / (len(numbers) - 1), 1)


def compare_with_best(trial: Trial, best: Trial | None) -> float | None:
    """How much worse a trial's objective is than the best one's, as a fraction of the latter.

    None where either has none, and where the best is 0.
    """
    if best is None or trial.objective is None or not best.objective:
        return None
    return (trial.objective - best.objective) / abs(best.objective)


def draw_sparklines(curves: Mapping[int, LossCurve]) -> dict[int, Sparkline]:
    """Draw each curve that has two points or more, on a logarithmic scale where there is one."""
    sparklines = {}
    for trial_id, curve in curves.items():
        if len(curve.losses) >= MIN_POINTS and all(isfinite(loss) for loss in curve.losses):
            sparklines[trial_id] = _draw(curve)
    return sparklines


def _draw(curve: LossCurve) -> Sparkline:
    heights = list(curve.losses)
    if min(heights) > 0:
        heights = [log(loss) for loss in heights]
    lowest = min(heights)
    spread = max(heights) - lowest or 1.0
    last = max(curve.n_epochs - 1, 1)
    points = []
    for epoch, height in zip(curve.numbers, heights, strict=True):
        x = EDGE + (WIDTH - 2 * EDGE) * (epoch - 1) / last
        y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * (height - lowest) / spread
        points.append(f"{x:.0f},{y:.1f}")
    start = number(curve.losses[0], 3)
    end = number(curve.losses[-1], 3)
    text = f"Validation loss from {start} to {end} in {curve.numbers[-1]} epochs"
    return Sparkline(" ".join(points), text)

"""Charts of what each hyperparameter does: a function that returns numbers, and one that draws them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from app.domain.importance.importance import Effect, outlier_limit, thin_evenly
from app.domain.search_space.dimensions import Dimension
from app.domain.search_space.parameters import Value
from app.domain.terms import TrialState
from app.services.importance import Telling, TrialPoint
from app.web.charts import figures
from app.web.charts.core import EDGE_MARKER, MARGIN, MARKERS, NAIVE
from app.web.charts.figures import Figure
from app.web.templating import value

MOST_MARKS = 500  # trials drawn in one chart
SPREAD = 0.5  # of the room between two values of a choice, over which its trials are spread
LOG_TICKS = 3  # as in static/charts.js
GOLDEN = 0.618  # by this much of the room from one trial to the next, so that neighbours do not cover each other


@dataclass(frozen=True)
class EffectNumbers:
    """Trials by value, and what is expected around the best trial; `x` are values, or places from 0 of a choice.

    `trials`: (x, objective or None where it diverged, trial). `heights`: the lowest and the highest that is drawn.
    """

    x: tuple[float, ...]
    effect: Effect
    trials: tuple[tuple[float, float | None, TrialPoint], ...]
    heights: tuple[float, float]


def effect_numbers(telling: Telling, effect: Effect, baseline: float | None) -> EffectNumbers:
    """What the chart of one hyperparameter shows."""
    dimension = telling.space.dimensions[effect.name]
    trials = [
        (_place(dimension, effect.values, point), point.objective, point)
        for point in (
            telling.points[place]
            for place in thin_evenly([one.objective for one in telling.points], MOST_MARKS)
        )
        if effect.name in telling.space.searched_values(point.parameters)
        and dimension.contains(point.parameters[effect.name])
    ]
    x = (
        [float(place) for place in range(len(effect.values))]
        if dimension.is_listed
        else map(float, effect.values)
    )
    return EffectNumbers(tuple(x), effect, tuple(trials), heights(telling, baseline))


def effect_figure(telling: Telling, effect: Effect, baseline: float | None, title: str) -> Figure:
    """Objective by one hyperparameter's value: every trial, and the best one with that value alone changed."""
    dimension, numbers = (
        telling.space.dimensions[effect.name],
        effect_numbers(telling, effect, baseline),
    )
    layout = figures.layout("", title)
    layout["showlegend"] = False
    layout["margin"] |= {"t": 8}
    del layout["xaxis"]["title"]  # it stands above the chart
    layout["yaxis"] |= {"range": list(numbers.heights), "tickformat": "~g"}
    layout["xaxis"] |= _axis(dimension, effect)
    expected = (
        _expected_at_choices(numbers) if dimension.is_listed else _expected_along_range(numbers)
    )
    data = [*expected, *_marks(numbers)]
    if baseline is not None and numbers.heights[0] <= baseline <= numbers.heights[1]:
        ends = [numbers.x[0], numbers.x[-1]]
        data.append(figures.line(ends, [baseline] * 2, NAIVE, "warm", width=1.4, dash="dash"))
    return {"data": data, "layout": layout}


def heights(telling: Telling, baseline: float | None) -> tuple[float, float]:
    """From the best objective, or what is expected below it, to the worst that counts; alike in all charts."""
    effects = telling.found.effects if telling.found else ()
    expected = [value for effect in effects for value in effect.expected]
    known = [
        point.objective
        for point in telling.points
        if point.objective is not None and isfinite(point.objective)
    ]
    known = known or expected  # all that is known may be results it started from
    low, high = min(known), min(max(known), outlier_limit(known))
    below = low - (high - low)  # what lies deeper would press all else together
    low = max(
        below,
        min([low, *expected, *([baseline] if baseline is not None and baseline >= below else [])]),
    )
    room = MARGIN * (high - low or abs(high) or 1.0)
    return low - 2 * room, high + 2 * room


def _place(dimension: Dimension, values: Sequence[Value], point: TrialPoint) -> float:
    found = point.parameters[dimension.name]
    if not dimension.is_listed:
        return float(found)
    return values.index(found) + SPREAD * ((point.number * GOLDEN) % 1 - 0.5)


def _axis(dimension: Dimension, effect: Effect) -> dict[str, Any]:
    if not dimension.is_listed:
        scale = {"type": "log", "nticks": LOG_TICKS} if dimension.is_log else {"type": "linear"}
        return {**scale, "tickformat": "~g"}
    places = list(range(len(effect.values)))
    texts = [figures.plain(value(one)) for one in effect.values]
    return {
        "tickvals": places,
        "ticktext": texts,
        "range": [-0.6, len(places) - 0.4],
        "showgrid": False,
    }


def _expected_along_range(numbers: EffectNumbers) -> list[dict[str, Any]]:
    effect = numbers.effect
    mean, deviation = np.array(effect.expected), np.array(effect.deviation)
    around = [*(mean + deviation).tolist(), *(mean - deviation)[::-1].tolist()]
    ribbon = figures.line([*numbers.x, *numbers.x[::-1]], around, "", "chart-2", width=0)
    ribbon |= {"fill": "toself", "fillcolor": "chart-2", "opacity": 0.18, "hoverinfo": "skip"}
    del ribbon["hovertemplate"]
    line = figures.line(numbers.x, effect.expected, "expected", "chart-2", width=2)
    return [
        ribbon,
        line | {"hovertemplate": "%{x:.4g}: %{y:.5g}<extra>expected of the best trial</extra>"},
    ]


def _expected_at_choices(numbers: EffectNumbers) -> list[dict[str, Any]]:
    marker = {
        "color": "chart-2",
        "symbol": "line-ew",
        "size": 34,
        "line": {"color": "chart-2", "width": 3},
    }
    words = "%{y:.5g}<extra>expected of the best trial</extra>"
    marks = figures.marks(numbers.x, numbers.effect.expected, "expected", marker, words)
    bars = {
        "type": "data",
        "array": list(numbers.effect.deviation),
        "color": "chart-2",
        "thickness": 1,
        "width": 6,
    }
    return [marks | {"error_y": bars}]


def _marks(numbers: EffectNumbers) -> list[dict[str, Any]]:
    """Trials inside the heights, those above at the upper edge, those that diverged there as crosses."""
    edge = numbers.heights[1] - 0.03 * (numbers.heights[1] - numbers.heights[0])
    kinds: dict[str, list[tuple[float, float | None, TrialPoint]]] = {}
    for trial in numbers.trials:
        is_high = trial[1] is not None and trial[1] > numbers.heights[1]
        kinds.setdefault("above the scale" if is_high else trial[2].state.value, []).append(trial)
    data = []
    for name, found in kinds.items():
        marker = {
            **(MARKERS[TrialState(name)] if name in set(TrialState) else EDGE_MARKER),
            "size": 7,
            "opacity": 0.75,
        }
        places = (
            [x for x, _, _ in found],
            [edge if y is None or y > edge else y for _, y, _ in found],
        )
        marks = figures.marks(*places, name, marker, "trial %{text}<extra>" + name + "</extra>")
        texts = [
            f"{point.number}: {value(point.parameters[numbers.effect.name])}, {_said(y)}"
            for _, y, point in found
        ]
        data.append(
            marks | {"text": texts, "customdata": [point.trial_id for _, _, point in found]}
        )
    return data


def _said(objective: float | None) -> str:
    return "diverged" if objective is None else f"{objective:.5g}"

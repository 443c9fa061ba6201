"""Parallel coordinates as the compact JSON that static/parallel.js draws."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from app.services.parallel_coordinates import Axis, ParallelLines
from app.web.formats import value

RANK_ENDS = (0.05, 0.25, 0.5, 0.75)  # where the colours of lines change, as a fraction of trials
DIGITS = 6  # of a number: finer than a pixel
OBJECTIVE = "objective"


def parallel_document(lines: ParallelLines) -> dict[str, Any]:
    """The axes, and for each line its trial, its colour and its value on each axis.

    colours: a digit for each line, 0 for the best trials. The last column holds the objectives.
    """
    columns = [_shorten(column) for column in lines.columns]
    columns.append(_shorten(lines.objectives))
    axes = [_axis_document(axis) for axis in lines.axes]
    axes.append(_objective_axis(lines))
    colours = [str(bisect_right(RANK_ENDS, rank)) for rank in lines.ranks]
    return {
        "axes": axes,
        "numbers": lines.numbers,
        "colours": "".join(colours),
        "columns": columns,
        "count": lines.n_trials,
    }


def _axis_document(axis: Axis) -> dict[str, Any]:
    if axis.is_spaced:
        return {
            "name": axis.name,
            "values": [_filter_text(choice) for choice in axis.values],
            "labels": [value(choice) for choice in axis.values],
            "isNumber": not isinstance(axis.values[0], str | bool),
        }
    return {
        "name": axis.name,
        "low": axis.low,
        "high": axis.high,
        "isLog": axis.is_log,
        "isWhole": axis.is_whole,
    }


def _objective_axis(lines: ParallelLines) -> dict[str, Any]:
    """The axis of objectives; those beyond its end stand there."""
    best = min(lines.objectives, default=0.0)
    worst = max(lines.objectives, default=0.0)
    return {
        "name": OBJECTIVE,
        "low": _round(best),
        "high": _round(lines.objective_limit),
        "isLog": False,
        "isWhole": False,
        "isCut": worst > lines.objective_limit,
    }


def _filter_text(choice: object) -> str:
    """A value as it is written in a filter."""
    if isinstance(choice, bool):
        return "true" if choice else "false"
    return str(choice)


def _shorten(column: Sequence[float | None]) -> list[float | int | None]:
    return [None if number is None else _round(number) for number in column]


def _round(number: float) -> float | int:
    rounded = float(f"{number:.{DIGITS}g}")
    return int(rounded) if rounded.is_integer() else rounded

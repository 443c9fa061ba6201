"""How wide the bands around the next rows are, from the errors of stored forecasts."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from app.domain.bands import StepErrors, half_widths
from app.domain.horizons import step_values, stored_origins
from app.domain.terms import EVALUATED_PARTS, Part

Floats = NDArray[np.float64]
HalfWidths = dict[str, list[float | None]]


def measure_bands(
    values: Floats, parts: Mapping[Part, range], forecasts: Mapping[Part, Floats]
) -> HalfWidths:
    """Half the width of each step's band, (horizon,), by level in percent: "80" and "95".

    values: the target (rows,). forecasts: (stored origins, horizon) of the validation and the test
    part, which the errors of both count for. None where too few errors are known.
    """
    errors = StepErrors.join(
        [_measure_errors(values, parts[part], forecasts[part]) for part in EVALUATED_PARTS]
    )
    origin_to_come = np.array([len(values)], np.int64)
    by_level: HalfWidths = {}
    for level, widths in half_widths(errors, origin_to_come).items():
        of_steps = widths[0].tolist()
        by_level[f"{level:.0%}".rstrip("%")] = [_none_if_nan(width) for width in of_steps]
    return by_level


def _measure_errors(values: Floats, part: range, predicted: Floats) -> StepErrors:
    """Of a forecast from the last ones of a part's stored origins, mostly from all."""
    horizon = predicted.shape[1]
    every = stored_origins(part, horizon)
    rows = every[len(every) - len(predicted) :]
    actual = step_values(values, rows, horizon)
    return StepErrors(np.asarray(rows, np.int64), actual - predicted)


def _none_if_nan(width: float) -> float | None:
    if np.isnan(width):
        return None
    return width

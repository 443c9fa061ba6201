"""What a network predicts: the target at each of the steps ahead, transformed and scaled.

From origin t, steps 1 to H are the rows t to t + H - 1; the last row that is known is t - 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from worker.scaling import Scaler, Scaling


class Transform(StrEnum):
    """What a network predicts of the target y for step k from origin t (hyperparameter `target`).

    Changes are counted from the last known row, so that they can be added to it.
    """

    LEVEL = "level"  # y[t + k - 1]
    DIFFERENCE = "difference"  # y[t + k - 1] - y[t - 1]
    LOG_RETURN = "log_return"  # log(y[t + k - 1] / y[t - 1])


@dataclass(frozen=True)
class StepTargets:
    """The targets of a series, one column a step. The scaler has a column for each step, too.

    scaled: float32 (rows, horizon); row t has the targets of origin t, NaN where its rows would lie
    past the last one.
    """

    scaled: np.ndarray
    scaler: Scaler


def scale_steps(
    actual: np.ndarray, transform: Transform, horizon: int, fitted: range, scaling: Scaling
) -> StepTargets:
    """The targets of `actual` (rows,), scaled by what the origins in `fitted` have."""
    scaled = np.full((len(actual), horizon), np.nan, np.float32)
    scalers = []
    for step in range(1, horizon + 1):
        target = transform_step(actual, transform, step)
        scaler = Scaler.fit(target[fitted.start : fitted.stop], scaling)
        scaled[: len(target), step - 1] = scaler.apply(target)[:, 0]
        scalers.append(scaler)
    return StepTargets(scaled, _join(scalers))


def transform_step(actual: np.ndarray, transform: Transform, step: int) -> np.ndarray:
    """What is predicted for a step from each origin that has it, float64 (origins, 1).

    Row 0 has no row before it: its own value stands in.
    """
    values = actual[step - 1 :, np.newaxis]
    if transform == Transform.LEVEL:
        return values
    levels = actual
    if transform == Transform.LOG_RETURN:
        levels = np.log(actual)
    before = np.concatenate([levels[:1], levels[:-1]])
    changes: np.ndarray = levels[step - 1 :] - before[: len(values)]
    return changes[:, np.newaxis]


def restore_steps(changes: np.ndarray, transform: Transform, last_known: np.ndarray) -> np.ndarray:
    """The inverse of `transform_step` for (origins, horizon), in CSV units.

    last_known: the value of the row before each origin, (origins,).
    """
    if transform == Transform.LEVEL:
        return changes
    previous = last_known[:, np.newaxis]
    if transform == Transform.DIFFERENCE:
        return np.asarray(previous + changes)
    with np.errstate(over="ignore", invalid="ignore"):
        growth = np.exp(changes)
        restored: np.ndarray = previous * growth
    return restored


def _join(scalers: Sequence[Scaler]) -> Scaler:
    return Scaler(
        offset=np.concatenate([scaler.offset for scaler in scalers]),
        scale=np.concatenate([scaler.scale for scaler in scalers]),
    )

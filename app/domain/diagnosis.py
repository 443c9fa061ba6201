"""What two loss curves say, in plain words, and what to try next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

ENOUGH = 4  # epochs below which nothing can be said
GAP = 3.0  # validation loss over train loss that counts as a large gap
RISE = 1.15  # end of the validation curve over its best
FALL = 0.97  # end over start below which a curve is still falling
JUMPS = 0.35  # mean step of the validation curve, relative to its level, that counts as erratic
EXPLODED = 2.0  # end of the train curve over its start that counts as diverging
STALLED = 5  # epochs without a better validation loss that count as a stall
FALLS_ON = 0.8  # end of the train curve over its value at the best epoch that counts as falling on
Floats = NDArray[np.float64]


class Kind(StrEnum):
    """The six things curves can say, and that they are too short to say anything."""

    TOO_SHORT = "too short"  # fewer epochs than anything could be read from
    DIVERGED = "diverged"  # a loss is no longer a number
    ERRATIC = "erratic"  # validation jumps about from epoch to epoch
    OVERFITTING = "overfitting"  # train falls on while validation rises
    UNDERFITTING = "underfitting"  # both still fall when training ends
    PLATEAU = "plateau"  # nothing has moved for a while
    HEALTHY = "healthy"  # both fell and settled close together


@dataclass(frozen=True)
class Diagnosis:
    """What the curves say, since which epoch where that matters, and why, in words."""

    kind: Kind
    epoch: int | None
    text: str


def diagnose(
    train_losses: Sequence[float | None],
    val_losses: Sequence[float | None],
    best_epoch: int | None = None,
) -> Diagnosis:
    """Read the curves of epochs 1, 2, …; None where a loss was not a number.

    The rules, tried in this order, follow the common advice on learning curves (e.g. Goodfellow et al., Deep
    Learning, chapter 11); their thresholds are the constants above.
    """
    for number, pair in enumerate(zip(train_losses, val_losses, strict=True), start=1):
        if not all(loss is not None and isfinite(loss) for loss in pair):
            return Diagnosis(
                Kind.DIVERGED,
                number,
                f"Diverged at epoch {number}: the loss is no longer a number. Try a lower learning_rate.",
            )
    train, val = np.array(train_losses, np.float64), np.array(val_losses, np.float64)
    if len(val) < ENOUGH:
        seen = "1 epoch" if len(val) == 1 else f"{len(val)} epochs"
        return Diagnosis(
            Kind.TOO_SHORT, None, f"Only {seen}: too few for the curves to say anything."
        )
    best = best_epoch
    if best is None or best > len(
        val
    ):  # a training that begins anew has not come to its best epoch yet
        best = int(val.argmin()) + 1
    for rule in (_exploding, _erratic, _overfitting, _underfitting, _plateau, _stalled):
        found = rule(train, val, best)
        if found is not None:
            return found
    return Diagnosis(Kind.HEALTHY, best, "Healthy: both losses fell and settled close together.")


def _exploding(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    if _end(train) < EXPLODED * train[0]:
        return None
    lowest = int(train.argmin()) + 1
    text = f"Diverging: the train loss has risen since epoch {lowest} instead of falling. "
    return Diagnosis(Kind.DIVERGED, lowest, text + "Try a lower learning_rate, rmsprop or adam.")


def _erratic(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    half = val[len(val) // 2 :] if len(val) >= 8 else val[1:]
    steps = np.abs(np.diff(half))
    turns = (
        np.mean(np.sign(np.diff(half))[1:] != np.sign(np.diff(half))[:-1]) if len(half) > 2 else 0.0
    )
    if steps.mean() < JUMPS * max(float(np.median(half)), 1e-300) or turns < 0.4:
        return None
    text = "Erratic: the validation loss jumps about with no relation from epoch to epoch. "
    return Diagnosis(Kind.ERRATIC, None, text + "Try a lower learning_rate or a larger batch_size.")


def _overfitting(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    falls_on = train[-1] < train[best - 1] * FALL
    rises = len(val) - best >= 2 and _end(val) > val[best - 1] * RISE
    if rises and falls_on:
        text = f"Overfitting from epoch {best}: the train loss falls on while the validation loss rises. "
        return Diagnosis(
            Kind.OVERFITTING, best, text + "Try more dropout, fewer layers or units, or patience."
        )
    gap = float(val[best - 1] / max(float(train[best - 1]), 1e-300))
    stalled = len(val) - best >= 2 or _end(val) > FALL * float(val[len(val) // 2])
    if gap > GAP and stalled and falls_on | (train[-1] < FALL * train[0]):
        text = f"Overfitting: the validation loss is {gap:.1f} times the train loss. "
        advice = "Try more dropout, fewer layers, or target = difference if the series leaves its train range."
        return Diagnosis(Kind.OVERFITTING, best, text + advice)
    return None


def _underfitting(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    middle = len(val) * 2 // 3
    still = val[-1] < FALL * val[middle] and train[-1] < FALL * train[middle]
    if still and best >= len(val) - 1:
        text = "Underfitting: both losses still fall when training ends. "
        text += "Try more epochs, a higher learning_rate or more units."
        gap = float(val[-1] / max(float(train[-1]), 1e-300))
        if gap > GAP:
            text += f" The validation loss is {gap:.1f} times the train loss: if the series has left its train range, "
            text += "target = difference or log_return follows it."
        return Diagnosis(Kind.UNDERFITTING, best, text)
    return None


def _plateau(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    if train[-1] < FALL * train[0]:
        return None
    text = "Plateau: the train loss has hardly moved since the first epoch. "
    return Diagnosis(Kind.PLATEAU, None, text + "Try another learning_rate, optimizer or target.")


def _stalled(train: Floats, val: Floats, best: int) -> Diagnosis | None:
    if len(val) - best < STALLED or _end(train) > FALLS_ON * float(train[best - 1]):
        return None
    seen = (
        f"the train loss falls on while the validation loss has not improved since epoch {best}. "
    )
    if _end(val) > _end(train):
        text = f"Overfitting from epoch {best}: {seen}"
        return Diagnosis(
            Kind.OVERFITTING, best, text + "Try more dropout, fewer layers or units, or patience."
        )
    text = f"Plateau: {seen}"
    return Diagnosis(
        Kind.PLATEAU, best, text + "More epochs bring nothing: try patience, or another target."
    )


def _end(values: Floats) -> float:
    """The level a curve ends at: the mean of its last two values."""
    return float(values[-2:].mean())

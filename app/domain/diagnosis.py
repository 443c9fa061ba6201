"""What two loss curves say, in plain words, and what to try next."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite

import numpy as np
from numpy.typing import NDArray

MIN_EPOCHS = 4  # with fewer, nothing can be said
LARGE_GAP = 3.0  # validation loss over train loss
RISEN = 1.15  # end of the validation curve over its best
STILL_FALLING = 0.97  # end of a curve over an earlier point of it
FALLEN_MUCH = 0.8  # end of the train curve over its value at the best epoch
EXPLODED = 2.0  # end of the train curve over its start
ERRATIC_STEP = 0.35  # mean step of the validation curve over its median
ERRATIC_TURNS = 0.4  # fraction of the steps that change direction
STALLED_EPOCHS = 5  # without a better validation loss
MIN_EPOCHS_TO_HALVE = 8  # shorter curves are judged as a whole
TINY_LOSS = 1e-300  # in place of 0, to divide by
Floats = NDArray[np.float64]


class DiagnosisKind(StrEnum):
    """The six things curves can say, and that they are too short to say anything."""

    TOO_SHORT = "too short"  # too few epochs to say anything
    DIVERGED = "diverged"  # a loss is no longer a number
    ERRATIC = "erratic"  # validation jumps up and down from epoch to epoch
    OVERFITTING = "overfitting"  # train keeps falling while validation rises
    UNDERFITTING = "underfitting"  # both still fall when training ends
    PLATEAU = "plateau"  # nothing has moved for a while
    CONVERGED = "converged"  # both fell and settled; whether at a good error is another question


@dataclass(frozen=True)
class Diagnosis:
    """What the curves say, since which epoch where that matters, and why, in words."""

    kind: DiagnosisKind
    epoch: int | None
    text: str


@dataclass(frozen=True)
class LossCurves:
    """The losses of epochs 1, 2, …, all of them finite. best_epoch counts from 1."""

    train: Floats
    val: Floats
    best_epoch: int

    @property
    def train_end(self) -> float:
        """The level the train curve ends at: the mean of its last two values."""
        last_losses = self.train[-2:]
        return float(last_losses.mean())

    @property
    def val_end(self) -> float:
        """The level the validation curve ends at."""
        last_losses = self.val[-2:]
        return float(last_losses.mean())

    @property
    def train_at_best(self) -> float:
        """The train loss at the best epoch."""
        best = self.best_epoch - 1
        return float(self.train[best])

    @property
    def val_at_best(self) -> float:
        """The validation loss at the best epoch."""
        best = self.best_epoch - 1
        return float(self.val[best])

    @property
    def epochs_after_best(self) -> int:
        """How many epochs were trained after the best one."""
        epochs = len(self.val)
        return epochs - self.best_epoch

    @property
    def train_has_fallen(self) -> bool:
        """Whether the train loss is lower at the end than at the first epoch."""
        first = float(self.train[0])
        last = float(self.train[-1])
        threshold = STILL_FALLING * first
        return last < threshold


def diagnose(
    train_losses: Sequence[float | None],
    val_losses: Sequence[float | None],
    best_epoch: int | None = None,
) -> Diagnosis:
    """Read the curves of epochs 1, 2, …; None where a loss was not a number.

    best_epoch: the epoch another measure chose; None for the one with the lowest validation loss,
    which also stands in while a training that began anew has not come to its best epoch yet.
    The rules, tried in this order, follow the common advice on learning curves (e.g. Goodfellow et
    al., Deep Learning, chapter 11); their thresholds are the constants above.
    """
    diverged_epoch = _find_diverged_epoch(train_losses, val_losses)
    if diverged_epoch is not None:
        return Diagnosis(
            kind=DiagnosisKind.DIVERGED,
            epoch=diverged_epoch,
            text=f"Diverged at epoch {diverged_epoch}: the loss is no longer a number. "
            "Try a lower learning_rate.",
        )
    epochs = len(val_losses)
    if epochs < MIN_EPOCHS:
        return _too_short(epochs)
    train = np.array(train_losses, np.float64)
    val = np.array(val_losses, np.float64)
    if best_epoch is None or best_epoch > epochs:
        best_epoch = int(val.argmin()) + 1
    curves = LossCurves(train, val, best_epoch)
    rules = (_exploding, _erratic, _overfitting, _underfitting, _plateau, _stalled, _unlearned)
    for rule in rules:
        diagnosis = rule(curves)
        if diagnosis is not None:
            return diagnosis
    return Diagnosis(
        kind=DiagnosisKind.CONVERGED,
        epoch=curves.best_epoch,
        text="Converged, no overfitting: both losses fell and settled.",
    )


def _too_short(epochs: int) -> Diagnosis:
    count = f"{epochs} epochs"
    if epochs == 1:
        count = "1 epoch"
    return Diagnosis(
        kind=DiagnosisKind.TOO_SHORT,
        epoch=None,
        text=f"Only {count}: too few for the curves to say anything.",
    )


def _find_diverged_epoch(
    train_losses: Sequence[float | None], val_losses: Sequence[float | None]
) -> int | None:
    """The first epoch with a loss that is not a number."""
    pairs = zip(train_losses, val_losses, strict=True)
    for epoch, losses in enumerate(pairs, start=1):
        for loss in losses:
            if loss is None or not isfinite(loss):
                return epoch
    return None


def _exploding(curves: LossCurves) -> Diagnosis | None:
    if curves.train_end < EXPLODED * curves.train[0]:
        return None
    lowest = int(curves.train.argmin()) + 1
    return Diagnosis(
        kind=DiagnosisKind.DIVERGED,
        epoch=lowest,
        text=f"Diverging: the train loss has risen since epoch {lowest} instead of falling. "
        "Try a lower learning_rate, rmsprop or adam.",
    )


def _erratic(curves: LossCurves) -> Diagnosis | None:
    epochs = len(curves.val)
    first = 1
    if epochs >= MIN_EPOCHS_TO_HALVE:
        first = epochs // 2
    later_losses = curves.val[first:]
    steps = np.diff(later_losses)
    middle_loss = float(np.median(later_losses))
    level = max(middle_loss, TINY_LOSS)
    mean_step = np.abs(steps).mean()
    if mean_step < ERRATIC_STEP * level:
        return None
    if _fraction_of_turns(steps) < ERRATIC_TURNS:
        return None
    return Diagnosis(
        kind=DiagnosisKind.ERRATIC,
        epoch=None,
        text="Erratic: the validation loss jumps up and down from epoch to epoch. "
        "Try a lower learning_rate or a larger batch_size.",
    )


def _fraction_of_turns(steps: Floats) -> float:
    """The fraction of steps that go the other way than the step before."""
    if len(steps) < 2:
        return 0.0
    directions = np.sign(steps)
    before = directions[:-1]
    after = directions[1:]
    turns = before != after
    return float(np.mean(turns))


def _overfitting(curves: LossCurves) -> Diagnosis | None:
    last_train_loss = float(curves.train[-1])
    best_has_passed = curves.epochs_after_best >= 2
    train_keeps_falling = last_train_loss < STILL_FALLING * curves.train_at_best
    val_has_risen = best_has_passed and curves.val_end > RISEN * curves.val_at_best
    if val_has_risen and train_keeps_falling:
        seen = "the train loss keeps falling while the validation loss rises"
        return _overfitting_from_best(curves, seen)
    train_at_best = max(curves.train_at_best, TINY_LOSS)
    gap = curves.val_at_best / train_at_best
    middle = len(curves.val) // 2
    val_at_middle = float(curves.val[middle])
    val_stalls = best_has_passed or curves.val_end > STILL_FALLING * val_at_middle
    train_falls = train_keeps_falling or curves.train_has_fallen
    if gap > LARGE_GAP and val_stalls and train_falls:
        return Diagnosis(
            kind=DiagnosisKind.OVERFITTING,
            epoch=curves.best_epoch,
            text=f"Overfitting: the validation loss is {gap:.1f} times the train loss. "
            "Try more dropout, fewer layers, "
            "or target = difference if the series leaves its train range.",
        )
    return None


def _overfitting_from_best(curves: LossCurves, seen: str) -> Diagnosis:
    return Diagnosis(
        kind=DiagnosisKind.OVERFITTING,
        epoch=curves.best_epoch,
        text=f"Overfitting from epoch {curves.best_epoch}: {seen}. "
        "Try more dropout, fewer layers or units, or patience.",
    )


def _underfitting(curves: LossCurves) -> Diagnosis | None:
    epochs = len(curves.val)
    two_thirds = epochs * 2 // 3
    val_falls = curves.val[-1] < STILL_FALLING * curves.val[two_thirds]
    train_falls = curves.train[-1] < STILL_FALLING * curves.train[two_thirds]
    best_is_last = curves.best_epoch >= epochs - 1
    if not (val_falls and train_falls and best_is_last):
        return None
    text = (
        "Underfitting: both losses still fall when training ends. "
        "Try more epochs, a higher learning_rate or more units."
    )
    last_train_loss = float(curves.train[-1])
    gap = float(curves.val[-1]) / max(last_train_loss, TINY_LOSS)
    if gap > LARGE_GAP:
        text += (
            f" The validation loss is {gap:.1f} times the train loss: "
            "if the series has left its train range, "
            "target = difference or log_return follows it."
        )
    return Diagnosis(
        kind=DiagnosisKind.UNDERFITTING,
        epoch=curves.best_epoch,
        text=text,
    )


def _plateau(curves: LossCurves) -> Diagnosis | None:
    if curves.train_has_fallen:
        return None
    return Diagnosis(
        kind=DiagnosisKind.PLATEAU,
        epoch=None,
        text="Plateau: the train loss has hardly moved since the first epoch. "
        "Try another learning_rate, optimizer or target.",
    )


def _stalled(curves: LossCurves) -> Diagnosis | None:
    if curves.epochs_after_best < STALLED_EPOCHS:
        return None
    if curves.train_end > FALLEN_MUCH * curves.train_at_best:
        return None
    seen = (
        "the train loss keeps falling while the validation loss "
        f"has not improved since epoch {curves.best_epoch}"
    )
    if curves.val_end > curves.train_end:
        return _overfitting_from_best(curves, seen)
    return Diagnosis(
        kind=DiagnosisKind.PLATEAU,
        epoch=curves.best_epoch,
        text=f"Plateau: {seen}. More epochs do not help: try patience, or another target.",
    )


def _unlearned(curves: LossCurves) -> Diagnosis | None:
    if curves.val.min() < STILL_FALLING * curves.val[0]:
        return None
    return Diagnosis(
        kind=DiagnosisKind.PLATEAU,
        epoch=None,
        text="Plateau: the train loss has fallen, but the validation loss has hardly moved since "
        "the first epoch. Try another learning_rate, more dropout or another target.",
    )

"""How a trial is read off a training: where it ends and which epoch is its best.

A training is an endless stream of epochs. `epochs` and `patience` only say where a trial stops reading, so
trials that differ in nothing else share one training and get the numbers they would have had alone.
"""

import math
from collections.abc import Sequence

Values = Sequence[
    float | None
]  # the monitored value of epochs 1, 2, …; None where it was not a number


def best_epoch(values: Values) -> int | None:
    """The epoch (from 1) with the lowest value, the first of equals; None when no value is a number."""
    found, best = None, math.inf
    for number, value in enumerate(values, start=1):
        if value is not None and value < best:
            found, best = number, value
    return found


def end_epoch(values: Values, epochs: int, patience: int) -> int | None:
    """The epoch at which a trial ends, or None while the values known so far do not decide it.

    As keras.callbacks.EarlyStopping with min_delta 0: it ends when `patience` epochs in a row brought no new
    best; patience 0 means that only `epochs` ends it.
    """
    best, waited = math.inf, 0
    for number, value in enumerate(values[:epochs], start=1):
        improved = value is not None and value < best
        best, waited = (value, 0) if improved and value is not None else (best, waited + 1)
        if number == epochs or (patience and waited >= patience):
            return number
    return None

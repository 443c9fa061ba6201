"""Where a trial ends in the training it shares, and which of its epochs is the best.

A training is an endless stream of epochs; `epochs` and `patience` only say where a trial stops
reading it. So trials that differ in nothing else share one training, and each gets the numbers
that it would have got alone.
"""

import math
from collections.abc import Sequence

# The monitored value after epochs 1, 2, …; None where it was not a number.
Values = Sequence[float | None]


def best_epoch(values: Values) -> int | None:
    """The epoch, from 1, with the lowest value; of equals the first. None without any number."""
    best_number = None
    best_value = math.inf
    for number, value in enumerate(values, start=1):
        if value is not None and value < best_value:
            best_number = number
            best_value = value
    return best_number


def end_epoch(values: Values, epochs: int, patience: int) -> int | None:
    """The epoch at which a trial ends; None while the values so far do not decide it.

    As keras.callbacks.EarlyStopping with min_delta 0: a trial ends when `patience` epochs in a row
    brought no new best value. With patience 0, only `epochs` ends it.
    """
    best_value = math.inf
    epochs_without_best = 0
    for number, value in enumerate(values[:epochs], start=1):
        if value is not None and value < best_value:
            best_value = value
            epochs_without_best = 0
        else:
            epochs_without_best += 1
        is_out_of_patience = patience > 0 and epochs_without_best >= patience
        if number == epochs or is_out_of_patience:
            return number
    return None

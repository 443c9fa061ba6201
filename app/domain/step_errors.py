"""Errors by how many rows ahead a forecast is, and the origins from which it is furthest off."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.metrics import root_mean_square

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LAST_KNOWN = 1  # the season of the naive forecast: every step repeats the last known value


@dataclass(frozen=True, eq=False)
class ErrorsByStep:
    """The errors of steps 1, 2, … in the units of the CSV, (horizon,) each."""

    rmse: Floats
    mae: Floats


def measure_naive_steps(
    values: Floats, first_rows: range, season: int, horizon: int
) -> ErrorsByStep:
    """The errors of the seasonal naive forecast from these origins; season LAST_KNOWN: the naive.

    The same as those of app.domain.baselines.seasonal_naive_steps, worked out step by step to save
    memory.
    """
    origin_rows = np.asarray(first_rows)
    rmse = np.empty(horizon)
    mae = np.empty(horizon)
    for index in range(horizon):
        n_seasons = index // season + 1
        rows = origin_rows + index
        known_rows = np.maximum(rows - n_seasons * season, 0)
        errors = values[known_rows] - values[rows]
        rmse[index] = root_mean_square(errors)
        mae[index] = np.mean(np.abs(errors))
    return ErrorsByStep(rmse, mae)


def measure_origins(actual: Floats, predicted: Floats) -> Floats:
    """The RMSE of each forecast over all its steps: (origins, horizon) to (origins,)."""
    return np.asarray(np.sqrt(np.mean(np.square(predicted - actual), axis=1)), np.float64)


def choose_distance(n_origins: int, n_wanted: int, horizon: int) -> int:
    """How far apart the worst origins of a list should be, in origins.

    Neighbours forecast nearly the same rows, so a list of them shows one event many times. Those
    that do not overlap are a horizon apart; where a part is too short for that, they are closer.
    """
    return max(1, min(horizon, n_origins // (2 * n_wanted)))


def find_worst(errors: Floats, n_wanted: int, distance: int = 1) -> Integers:
    """The indices of the largest errors (origins,), the largest first.

    None is closer than `distance` to a larger one that is listed.
    """
    worst: list[int] = []
    for index in np.argsort(-errors, kind="stable"):
        if len(worst) == n_wanted:
            break
        if all(abs(int(index) - other) >= distance for other in worst):
            worst.append(int(index))
    return np.array(worst, np.int64)


def spread_evenly(n_origins: int, n_wanted: int) -> Integers:
    """The indices of so many origins from the first to the last; all where there are fewer."""
    if n_origins <= n_wanted:
        return np.arange(n_origins)
    return np.linspace(0, n_origins - 1, n_wanted).astype(np.int64)

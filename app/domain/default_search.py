"""The search that fits a dataset: what is varied, over what, for how long, and why.

The ranges follow random searches on eight series, judged by validation: tests/benchmarks/README.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, find_cycles
from app.domain.csv_reading.series import Series
from app.domain.horizons import origins
from app.domain.seasons import season_lags
from app.domain.split import Split
from app.domain.targets import possible_targets
from app.domain.terms import Part
from app.domain.texts import join_words

BUDGET_SECONDS = 120.0
USUAL_SLOTS = 2
WINDOW_STEPS_PER_SECOND = 700_000  # time steps of a window that one core trains
TRIALS_TO_COMPARE = 40  # a search that cannot finish so many prunes
MIN_TRIALS = 20
MAX_TRIALS = 99  # so many gp can learn from at once: more would fit validation by chance
UPDATES = 3_000  # of the weights: 20 epochs of 14,000 rows, 400 of 144
MIN_EPOCHS = 15
MAX_EPOCHS = 400
MIN_PATIENCE = 8
EPOCHS_PER_PATIENCE = 5
SHORT_WINDOWS = (6, 12, 24)
MAX_WINDOW = 100  # rows: longer windows cost more than they tell
MAX_WINDOWS = 5
TRAIN_ROWS_PER_WINDOW_ROW = 4
TRAIN_ROWS_PER_LAG = 5
BATCH_SIZES = ((100, (4, 8)), (1_000, (16, 32)), (5_000, (32, 64)))  # up to so many train rows
LARGE_BATCH_SIZES = (64, 128)
LEARNING_RATES = (0.001, 0.02)
UNITS = (8, 64)
CYCLE_WORDS = {
    Cycle.DAY: "the hour",
    Cycle.WEEK: "the weekday",
    Cycle.YEAR: "the day of the year",
}


@dataclass(frozen=True)
class DefaultSearch:
    """A search that fits a dataset.

    reasons: what was chosen and why, in sentences; budget_reason: the one on trials and pruning.
    """

    space: dict[str, Any]
    strategy: str
    pruning: str
    max_trials: int
    time_budget_seconds: float
    reasons: tuple[str, ...]
    budget_reason: str


@dataclass(frozen=True)
class _Data:
    """What the choices depend on."""

    train_rows: int  # from which forecasts can begin
    lags: tuple[int, ...]  # rows in a season, those that fit into the train part
    has_all_lags: bool  # season_lags takes every season or none
    cycles: tuple[Cycle, ...]
    targets: tuple[str, ...]

    @classmethod
    def of(
        cls, series: Series, season_lengths: Sequence[float], split: Split, horizon: int
    ) -> "_Data":
        parts = split.parts(len(series.values))
        train_rows = max(1, len(origins(parts[Part.TRAIN], horizon)))
        lags = season_lags(season_lengths)
        longest = train_rows // TRAIN_ROWS_PER_LAG
        fitting = tuple(lag for lag in lags if lag <= longest)
        return cls(
            train_rows=train_rows,
            lags=fitting,
            has_all_lags=bool(lags) and fitting == lags,
            cycles=find_cycles(series.dates),
            targets=possible_targets(series),
        )


def default_search(
    series: Series,
    season_lengths: Sequence[float],
    split: Split,
    seconds: float = BUDGET_SECONDS,
    horizon: int = 1,
) -> DefaultSearch:
    """The search for a series with these season lengths, in rows.

    `seconds`: its budget of training time. `horizon`: the rows to forecast.
    """
    data = _Data.of(series, season_lengths, split, horizon)
    batch_sizes = _batch_sizes(data.train_rows)
    windows = _windows(data)
    epochs = _epochs(data.train_rows, batch_sizes)
    trials = _possible_trials(data.train_rows, epochs, windows, USUAL_SLOTS * seconds)
    pruning = "none"
    if trials < TRIALS_TO_COMPARE:
        pruning = "asha"
    return DefaultSearch(
        space=_space(data, batch_sizes, windows, epochs),
        strategy="auto",
        pruning=pruning,
        max_trials=min(MAX_TRIALS, max(MIN_TRIALS, trials)),
        time_budget_seconds=seconds,
        reasons=(
            _explain_epochs(data.train_rows, epochs, batch_sizes),
            _explain_windows(data, windows),
            *_explain_inputs(data),
            _explain_targets(data.targets),
        ),
        budget_reason=_explain_budget(trials, seconds),
    )


def _space(
    data: _Data, batch_sizes: Sequence[int], windows: Sequence[int], epochs: int
) -> dict[str, Any]:
    space: dict[str, Any] = {
        "cell": {"choice": ["lstm", "gru"]},
        "units_1": {"loguniform": list(UNITS)},
        "learning_rate": {"loguniform": list(LEARNING_RATES)},
        "batch_size": {"choice": list(batch_sizes)},
        "time_steps": {"choice": list(windows)},
        "target": {"choice": list(data.targets)},
        "epochs": epochs,
        "patience": max(MIN_PATIENCE, epochs // EPOCHS_PER_PATIENCE),
        "optimizer": "adam",
        "scaling": "standard",
        "shuffle": True,
    }
    if data.cycles:
        space["calendar"] = {"choice": ["none", "cyclic"]}
    if data.has_all_lags:
        space["season_lags"] = {"choice": ["none", "season"]}
    return space


def _batch_sizes(train_rows: int) -> tuple[int, ...]:
    for most_rows, sizes in BATCH_SIZES:
        if train_rows <= most_rows:
            return sizes
    return LARGE_BATCH_SIZES


def _windows(data: _Data) -> tuple[int, ...]:
    """Short windows, and one and two of the seasons where they are not too long."""
    longest = min(MAX_WINDOW, max(1, data.train_rows // TRAIN_ROWS_PER_WINDOW_ROW))
    seasonal = [factor * lag for factor in (1, 2) for lag in data.lags]
    windows = [rows for rows in (*SHORT_WINDOWS, *seasonal) if rows <= longest]
    if not windows:
        windows = [longest]
    return tuple(sorted(set(windows))[:MAX_WINDOWS])


def _epochs(train_rows: int, batch_sizes: Sequence[int]) -> int:
    """So many that the weights are updated UPDATES times, with batches of the smallest size."""
    batches = max(1.0, train_rows / batch_sizes[0])
    return min(MAX_EPOCHS, max(MIN_EPOCHS, ceil(UPDATES / batches)))


def _possible_trials(train_rows: int, epochs: int, windows: Sequence[int], seconds: float) -> int:
    """How many trials about fit into so many seconds of one core.

    If each trains half its epochs.
    """
    steps: NDArray[np.int_] = np.asarray(windows)
    seconds_per_trial = train_rows * epochs / 2 * float(steps.mean()) / WINDOW_STEPS_PER_SECOND
    return int(seconds / seconds_per_trial)


def _explain_epochs(train_rows: int, epochs: int, batch_sizes: Sequence[int]) -> str:
    updates = epochs * max(1, train_rows // batch_sizes[0])
    return (
        f"{train_rows:,} rows to train on: up to {epochs:,} epochs, which are at most about "
        f"{updates:,} updates of the weights, and an end where validation no longer improves."
    )


def _explain_windows(data: _Data, windows: Sequence[int]) -> str:
    lengths = join_words([f"{rows:,}" for rows in windows])
    if not data.lags:
        return f"No season that fits was found: windows of {lengths} rows."
    seasons = join_words([f"{lag:,}" for lag in data.lags])
    return f"Seasons of {seasons} rows: windows of {lengths} rows."


def _explain_inputs(data: _Data) -> list[str]:
    reasons = []
    if data.has_all_lags:
        reasons.append("It tries the values one season before as inputs.")
    if data.cycles:
        words = join_words([CYCLE_WORDS[cycle] for cycle in data.cycles])
        reasons.append(f"It tries the calendar as input: {words}.")
    return reasons


def _explain_targets(targets: Sequence[str]) -> str:
    if "log_return" in targets:
        return "All values are positive: it predicts the level, its change, or its log return."
    return "Not all values are positive: it predicts the level or its change."


def _explain_budget(trials: int, seconds: float) -> str:
    length = f"{seconds:.0f} seconds of training"
    if trials >= TRIALS_TO_COMPARE:
        return f"{length} are enough to train every trial to its end."
    return f"{length} fit about {trials:,} whole trials, so poor ones are ended early."

"""What to try next after a trial: rules, each with its evidence and the change that it suggests."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite, sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, find_cycles
from app.domain.texts import write_percentage

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

MAX_P_VALUE = 0.001  # of errors that do not depend on the calendar
MIN_EXPLAINED = 0.05  # the fraction of the errors' variance that the calendar explains
MIN_CORRELATION = 0.1  # of errors with those one season before
SIGNIFICANT_Z = 3.0  # standard errors of a correlation
MIN_ROWS_PER_GROUP = 3  # of an hour, a weekday or a month
MIN_GROUPS = 3
FALLING = 0.97  # the end of a curve over its value at two thirds
MIN_EPOCHS = 4  # with fewer, nothing can be said
MAX_TIME_STEPS = 200  # longer windows cost more than they tell
MAX_EPOCHS = 10_000
GROUP_WORDS = {Cycle.DAY: "hour", Cycle.WEEK: "weekday", Cycle.YEAR: "month"}


class StepKind(StrEnum):
    """What is suggested."""

    LONGER_WINDOWS = "longer-windows"
    SEASON_LAGS = "season-lags"
    CALENDAR = "calendar"
    MORE_EPOCHS = "more-epochs"


@dataclass(frozen=True)
class NextStep:
    """A change of one trial's parameters that is worth trying, and why, in words."""

    kind: StepKind
    evidence: str
    suggestion: str
    changes: Mapping[str, Any]


@dataclass(frozen=True)
class TrialEvidence:
    """What is known of a trial that has ended.

    errors: actual minus predicted of the validation part, float64 (rows,), with their dates.
    train_losses, val_losses: of epochs 1, 2, …; None where a loss was not a number.
    train_rows: how many rows the train part has.
    """

    parameters: Mapping[str, Any]
    season_lengths: Sequence[float]
    dates: Dates
    errors: Floats
    train_losses: Sequence[float | None]
    val_losses: Sequence[float | None]
    best_epoch: int | None
    train_rows: int


@dataclass(frozen=True)
class Dependence:
    """How far errors depend on a place in a cycle: explained variance and a p-value."""

    explained: float
    p_value: float


def suggest_steps(evidence: TrialEvidence) -> list[NextStep]:
    """What is worth trying next, the surest first; none where nothing stands out."""
    rules: tuple[Callable[[TrialEvidence], NextStep | None], ...] = (
        suggest_more_epochs,
        suggest_calendar,
        suggest_season,
    )
    steps = []
    for rule in rules:
        step = rule(evidence)
        if step is not None:
            steps.append(step)
    return steps


def suggest_more_epochs(evidence: TrialEvidence) -> NextStep | None:
    """Where both losses still fall at the last epoch, which is the best one."""
    epochs = len(evidence.val_losses)
    if epochs < MIN_EPOCHS or evidence.best_epoch is None or evidence.best_epoch < epochs - 1:
        return None
    for losses in (evidence.train_losses, evidence.val_losses):
        if not _falls_at_end(losses):
            return None
    batches = max(1, evidence.train_rows // int(evidence.parameters.get("batch_size", 1)))
    updates = epochs * batches
    asked = max(epochs, int(evidence.parameters["epochs"]))
    return NextStep(
        kind=StepKind.MORE_EPOCHS,
        evidence=f"Too few updates: after {epochs:,} epochs, {updates:,} updates of the weights, "
        "both losses were still falling.",
        suggestion="Train three times as long",
        changes={"epochs": min(MAX_EPOCHS, 3 * asked), "patience": 0},
    )


def suggest_calendar(evidence: TrialEvidence) -> NextStep | None:
    """Where the errors depend on the hour, the weekday or the month, which the network lacks."""
    if evidence.parameters.get("calendar") != "none":
        return None
    strongest: tuple[float, Cycle] | None = None
    for cycle in find_cycles(evidence.dates):
        dependence = measure_dependence(evidence.errors, evidence.dates, cycle)
        if dependence is None or dependence.p_value > MAX_P_VALUE:
            continue
        if dependence.explained < MIN_EXPLAINED:
            continue
        if strongest is None or dependence.explained > strongest[0]:
            strongest = (dependence.explained, cycle)
    if strongest is None:
        return None
    explained, cycle = strongest
    percentage = write_percentage(explained, 0)
    return NextStep(
        kind=StepKind.CALENDAR,
        evidence=f"The calendar would help: the {GROUP_WORDS[cycle]} explains {percentage} of "
        "the variance of its validation errors.",
        suggestion="Give it the calendar",
        changes={"calendar": "cyclic"},
    )


def suggest_season(evidence: TrialEvidence) -> NextStep | None:
    """Where the windows are shorter than a season, and the errors repeat one season later."""
    if evidence.parameters.get("season_lags") != "none":
        return None
    time_steps = int(evidence.parameters["time_steps"])
    for length in sorted(evidence.season_lengths):
        lag = round(length)
        if time_steps >= lag:
            continue
        correlation = correlation_at_lag(evidence.errors, lag)
        if correlation is None:
            continue
        return _season_step(time_steps, lag, correlation)
    return None


def measure_dependence(errors: Floats, dates: Dates, cycle: Cycle) -> Dependence | None:
    """How far errors (rows,) depend on the place of their dates (rows,) in a cycle.

    A one-way analysis of variance between hours, weekdays or months; None where there are too few
    rows of each, or no variance.
    """
    index = pd.DatetimeIndex(dates)
    places = {Cycle.DAY: index.hour, Cycle.WEEK: index.day_of_week, Cycle.YEAR: index.month}[cycle]
    groups = list(_groups_of(errors, np.asarray(places)))
    if len(groups) < MIN_GROUPS:
        return None
    grouped = np.concatenate(groups)
    total = float(np.sum((grouped - grouped.mean()) ** 2))
    if total == 0:
        return None
    between = sum(len(group) * float(group.mean() - grouped.mean()) ** 2 for group in groups)
    within = total - between
    return Dependence(
        explained=between / total,
        p_value=_p_value(between, within, len(groups), len(grouped)),
    )


def correlation_at_lag(errors: Floats, lag: int) -> float | None:
    """The autocorrelation of errors (rows,) at a lag, where it stands out; None where not."""
    rows = len(errors)
    if rows < 2 * lag:
        return None
    centred = errors - errors.mean()
    variance = float(np.sum(centred**2))
    if variance == 0:
        return None
    correlation = float(np.sum(centred[lag:] * centred[:-lag])) / variance
    if correlation < max(MIN_CORRELATION, SIGNIFICANT_Z / sqrt(rows)):
        return None
    return correlation


def _season_step(time_steps: int, lag: int, correlation: float) -> NextStep:
    evidence = (
        f"Its windows of {time_steps:,} rows are shorter than a season of {lag:,} rows, and its "
        f"errors repeat one season later (correlation {correlation:.2f})."
    )
    if lag <= MAX_TIME_STEPS:
        return NextStep(
            kind=StepKind.LONGER_WINDOWS,
            evidence=evidence,
            suggestion=f"Try windows of {lag:,} rows",
            changes={"time_steps": lag},
        )
    return NextStep(
        kind=StepKind.SEASON_LAGS,
        evidence=evidence,
        suggestion="Give it the values one season before",
        changes={"season_lags": "season"},
    )


def _p_value(between: float, within: float, groups: int, rows: int) -> float:
    """The p-value of a one-way analysis of variance with these sums of squares.

    rows · between / total is nearly chi-squared distributed with groups - 1 degrees of freedom,
    and the cube root of that nearly normal (Wilson and Hilferty 1931).
    """
    freedom = groups - 1
    chi_squared = rows * between / (between + within)
    spread = 2 / (9 * freedom)
    z = ((chi_squared / freedom) ** (1 / 3) - (1 - spread)) / sqrt(spread)
    return 1 - NormalDist().cdf(z)


def _groups_of(errors: Floats, places: NDArray[np.int_]) -> Iterator[Floats]:
    """The errors of each place that has enough of them."""
    for hour_or_day in np.unique(places):
        group = errors[places == hour_or_day]
        if len(group) >= MIN_ROWS_PER_GROUP:
            yield group


def _falls_at_end(losses: Sequence[float | None]) -> bool:
    finite = [loss for loss in losses if loss is not None and isfinite(loss)]
    if len(finite) < len(losses):
        return False
    two_thirds = len(finite) * 2 // 3
    return finite[-1] < FALLING * finite[two_thirds]

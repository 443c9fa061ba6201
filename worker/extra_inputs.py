"""The columns beside the features: the season before, the calendar, and what is known ahead."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from app.domain.calendar_inputs import Cycle, find_cycles
from app.domain.csv_reading.series import Series
from app.domain.model_inputs import extra_columns, known_ahead_columns, list_shifts
from app.domain.next_date import append_next_date
from app.domain.seasons import season_lags

if TYPE_CHECKING:
    from worker.windows import WindowConfig


@dataclass(frozen=True, eq=False)
class KnownAhead:
    """What is known ahead: names of columns (n,), and values float64 (rows and more rows, n).

    next_date: of the first row to come, where the file has it.
    """

    names: tuple[str, ...]
    values: np.ndarray
    next_date: np.datetime64 | None = None

    @classmethod
    def of(cls, series: Series) -> "KnownAhead":
        """What a series holds of it, if anything."""
        next_date = None
        if series.future is not None:
            next_date = series.future.dates[0]
        return cls(series.known_ahead, series.known_values, next_date)


NOTHING_KNOWN_AHEAD = KnownAhead((), np.zeros((1, 0)))


@dataclass(frozen=True)
class ExtraInputs:
    """The columns beside the features: see app.domain.model_inputs."""

    cycles: tuple[Cycle, ...]
    lags: tuple[int, ...]
    shifts: tuple[int, ...]  # rows ahead that the season's columns tell about
    values: np.ndarray  # float64 (rows, columns): season and calendar
    known_ahead: KnownAhead
    known_values: np.ndarray  # float64 (rows, columns): what is known ahead, NaN where it is not

    @classmethod
    def compute(
        cls,
        target: np.ndarray,
        config: "WindowConfig",
        dates: np.ndarray | None,
        season_lengths: Sequence[float],
        known_ahead: KnownAhead,
    ) -> "ExtraInputs":
        """Those that a config asks for, of the target (rows,) at these dates (rows,)."""
        cycles: tuple[Cycle, ...] = ()
        lags: tuple[int, ...] = ()
        all_dates = np.zeros(0, "datetime64[us]")
        if config.has_calendar and dates is not None:
            cycles = find_cycles(dates)
            all_dates = append_next_date(dates)
            if known_ahead.next_date is not None:
                all_dates[-1] = known_ahead.next_date
        if config.has_season_lags:
            lags = season_lags(season_lengths)
        shifts = list_shifts(config.horizon, config.time_steps)
        values = extra_columns(target, all_dates, config.transform.value, cycles, lags, shifts)
        known_values = known_ahead_columns(known_ahead.values, len(target), shifts)
        return cls(cycles, lags, shifts, values, known_ahead, known_values)

    def describe(self) -> dict[str, Any]:
        """What the columns are, as JSON."""
        return {
            "cycles": [cycle.value for cycle in self.cycles],
            "season_lags": list(self.lags),
            "season_shifts": list(self.shifts),
            "known_ahead": list(self.known_ahead.names),
        }

"""How well formats fit a column of cells, and which of them the cells cannot tell apart."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.dates.candidates import are_numbers
from app.domain.csv_reading.dates.counts import COUNTS
from app.domain.csv_reading.dates.formats import is_date_format
from app.domain.csv_reading.dates.parsing import parse_dates

MIN_DATE_FRACTION = 0.8  # of the cells of a date column
MIN_ORDER = 0.9  # fraction of the steps of numbers that are dates
COARSE_FORMATS = ("%Y%m", "%Y", "%m.%Y", "%Y.%m")  # whose numbers may be anything if they repeat
CLEAR_DIFFERENCE = 0.5  # in evenness, from which on it decides
CLEAR_ORDER = 0.1
MAX_OFFSETS = 4  # of one column: a zone has two in a year, and changes its mind now and then
MAX_OFFSET_LENGTH = 8
OFFSET = re.compile(r"[+-]\d\d:?\d\d$")
LATEST_YEAR = 2040  # that is likelier than a year of the last century


@dataclass(frozen=True)
class Fit:
    """How a format fits a column.

    dates: how many cells are dates in it. order: the fraction of steps in the commoner direction.
    evenness: how alike the steps are, at most 0. is_likely: False for a rare way to write.
    """

    date_format: str
    moments: NDArray[np.datetime64]
    dates: int
    order: float
    evenness: float
    is_likely: bool
    precedence: int

    @property
    def rank(self) -> tuple[int, bool, float, float, int]:
        """The larger, the better."""
        return (self.dates, self.is_likely, self.order, self.evenness, self.precedence)


@dataclass(frozen=True)
class Ranking:
    """The formats that fit a column, the best first.

    rivals: formats in which the same cells are other dates. is_decided: whether the order and the
    evenness of the dates tell the best from all of these.
    """

    best: Fit
    rivals: tuple[Fit, ...] = ()

    @property
    def is_decided(self) -> bool:
        """Whether nothing but a person can tell which format is right."""
        return all(is_clearly_better(self.best, rival) for rival in self.rivals)


def rank_formats(cells: "pd.Series[str]", formats: Iterable[str]) -> Ranking | None:
    """Compare formats on the filled cells of a column; None where none fits."""
    fits = []
    for precedence, date_format in enumerate(formats):
        fit = fit_format(cells, date_format, -precedence)
        if fit is not None:
            fits.append(fit)
    if not fits:
        return None
    fits.sort(key=lambda fit: fit.rank, reverse=True)
    best = fits[0]
    rivals: list[Fit] = []
    for fit in fits[1:]:
        is_rival = fit.dates == best.dates and fit.is_likely == best.is_likely
        is_rival &= not _is_century_too_early(fit, best)
        if is_rival and _differ(fit, [best, *rivals]):
            rivals.append(fit)
    return Ranking(best, tuple(rivals))


def fit_format(cells: "pd.Series[str]", date_format: str, precedence: int) -> Fit | None:
    """How a format fits these cells; None where most are no dates in it."""
    if not len(cells) or not is_date_format(date_format):
        return None
    moments = parse_dates(cells, date_format).to_numpy()
    readable = moments[~np.isnat(moments)]
    if len(readable) < MIN_DATE_FRACTION * len(cells):
        return None
    if "%z" in date_format and _count_offsets(cells) > MAX_OFFSETS:
        return None
    return Fit(
        date_format=date_format,
        moments=moments,
        dates=len(readable),
        order=measure_order(readable),
        evenness=measure_evenness(readable),
        is_likely=_is_likely(date_format, readable),
        precedence=precedence,
    )


def is_clearly_better(fit: Fit, other: Fit) -> bool:
    """Whether the dates of one format are in better order, or clearly more even."""
    if fit.order >= other.order + CLEAR_ORDER:
        return True
    return fit.order >= other.order and fit.evenness >= other.evenness + CLEAR_DIFFERENCE


def measure_order(moments: NDArray[np.datetime64]) -> float:
    """The fraction of steps in the commoner direction, up or down."""
    steps = np.diff(moments.astype(np.int64))
    rising = int((steps > 0).sum())
    falling = int((steps < 0).sum())
    return round(max(rising, falling) / max(1, len(steps)), 3)


def measure_evenness(moments: NDArray[np.datetime64]) -> float:
    """How alike the steps between dates are, at most 0.

    This tells months that are written 01/02/2020 from days.
    """
    steps = np.diff(moments.astype(np.int64) / 1e6)
    if not len(steps):
        return 0.0
    mean_step = max(abs(float(steps.mean())), 1e-6)
    deviation = float(steps.std())
    return round(-min(deviation / mean_step, 100.0), 1)


def _is_likely(date_format: str, moments: NDArray[np.datetime64]) -> bool:
    """False for month before day between points, and for years that are far ahead."""
    if date_format.startswith("%m.%d."):
        return False
    years = moments.astype("datetime64[Y]").astype(np.int64) + 1970
    if "y" in date_format and date_format not in COUNTS:
        return int(years.max()) <= LATEST_YEAR
    return True


def _is_century_too_early(fit: Fit, best: Fit) -> bool:
    """Whether two digits are put into 1900 to 1999 by a format that is in no better order."""
    return "%{1900}y" in fit.date_format and fit.order <= best.order


def _differ(fit: Fit, others: list[Fit]) -> bool:
    """Whether the cells are other dates in this format than in any of the others."""
    for other in others:
        both = ~np.isnat(fit.moments) & ~np.isnat(other.moments)
        if bool((fit.moments[both] == other.moments[both]).all()):
            return False
    return True


def _count_offsets(cells: "pd.Series[str]") -> int:
    """How many offsets in digits a column has, as far as it matters."""
    offsets = set()
    for cell in cells.tolist():
        offset = OFFSET.search(cell[-MAX_OFFSET_LENGTH:])
        if offset is not None:
            offsets.add(offset[0])
        if len(offsets) > MAX_OFFSETS:
            break
    return len(offsets)


def is_plausible(ranking: Ranking, cells: Sequence[str], *, named: bool) -> bool:
    """Whether these can be the dates of a series, and not numbers that happen to read as dates."""
    best = ranking.best
    if not are_numbers(cells):
        return named or go_on_or_stay(best.moments)
    if best.date_format in COARSE_FORMATS and len(set(best.moments.tolist())) < len(best.moments):
        return False
    if named:
        return True
    if best.date_format in COUNTS:
        return best.order == 1
    return best.dates == len(cells) and go_on_or_stay(best.moments)


def go_on_or_stay(moments: NDArray[np.datetime64]) -> bool:
    """Whether nearly all dates come after the one before, or are the same; or all before it."""
    steps = np.diff(moments[~np.isnat(moments)].astype(np.int64))
    if not len(steps):
        return True
    forward = float((steps >= 0).mean())
    backward = float((steps <= 0).mean())
    return max(forward, backward) >= MIN_ORDER

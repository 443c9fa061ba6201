"""Season lengths of a series, in rows: detected from its dates and its autocorrelation."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from app.domain.calendar_inputs import Cycle, are_numbers

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]

MAX_SEASONS = 2
MAX_SEASON_LENGTH = 10_000  # rows
SeasonLengths = tuple[float, ...]  # rows in a season, the shortest first; at most MAX_SEASONS

MICROSECONDS_PER_DAY = 86_400_000_000
MIN_SEASONS_IN_SERIES = 2.5  # fewer repetitions tell nothing
MIN_CORRELATION = 0.1  # a weaker season is not worth an input
# A random walk without its trend correlates with itself a season later, by chance, this much at
# most, over the square root of its number of seasons (99 % of walks, simulated: 0.9 to 1.1).
CHANCE_CORRELATION = 1.1
CHANCE_CORRELATION_OF_PEAK = 1.7  # the largest of many lags
MIN_PEAK_CORRELATION = 0.3
NOISE_STANDARD_ERRORS = 3.0  # beyond what white noise has
MAX_OUTLIER = 4.0  # standard deviations; what lies beyond is cut off
MIN_LENGTH = 3
MAX_ROWS = 100_000  # more are not looked at, but for the last ones


def detect_season_lengths(dates: Dates, values: Floats) -> SeasonLengths:
    """The season lengths of values (rows,) at ascending dates (rows,); () where there are none.

    The calendar names the lengths where there are dates; else they are peaks of the
    autocorrelation. A length is kept where the series, without its trend and the shorter season,
    correlates with itself so many rows later: clearly, significantly, and more than a little before
    or after.
    """
    if are_numbers(dates):
        lengths = _peak_lengths(values[-MAX_ROWS:])
        chance = CHANCE_CORRELATION_OF_PEAK
        min_correlation = MIN_PEAK_CORRELATION
    else:
        lengths = list(calendar_lengths(dates[-MAX_ROWS:]).values())
        chance = CHANCE_CORRELATION
        min_correlation = MIN_CORRELATION
    seasons: list[float] = []
    rest = np.asarray(values[-MAX_ROWS:], np.float64)
    for length in lengths:
        if len(seasons) == MAX_SEASONS or not MIN_LENGTH <= length <= MAX_SEASON_LENGTH:
            continue
        if seasons and length < 2 * seasons[-1]:
            continue
        if _is_season(rest, round(length), seasons, chance, min_correlation):
            seasons.append(length)
            rest = _remove_season(rest, round(length))
    return tuple(seasons)


def season_lags(lengths: Sequence[float]) -> tuple[int, ...]:
    """How many whole rows before a row the same place of each season is."""
    lags = [round(length) for length in lengths]
    return tuple(sorted(set(lags)))


def calendar_lengths(dates: Dates) -> dict[Cycle, float]:
    """Rows in a day, a week and a year, as far as the dates have some of each."""
    if len(dates) < MIN_LENGTH or are_numbers(dates):
        return {}
    microseconds = dates.astype("datetime64[us]").astype(np.int64)
    days = microseconds / MICROSECONDS_PER_DAY
    lengths = {}
    step = float(np.median(np.diff(days)))
    for cycle in Cycle:
        if days[-1] - days[0] < MIN_SEASONS_IN_SERIES * cycle.days:
            continue
        if step < 1 and cycle == Cycle.YEAR:
            continue  # thousands of rows: more than the value there is worth
        ends = np.searchsorted(days, days + cycle.days - step / 2)
        is_inside = ends < len(days)
        rows_later = ends[is_inside] - np.flatnonzero(is_inside)
        length = float(np.median(rows_later))
        if cycle == Cycle.YEAR and length in (365, 366):
            length = 365.25
        lengths[cycle] = length
    return lengths


def _peak_lengths(values: Floats) -> list[float]:
    """The highest peak of the autocorrelation in each octave of lags, the shortest first."""
    rows = len(values)
    longest = min(rows // 3, MAX_SEASON_LENGTH)
    if longest <= MIN_LENGTH:
        return []
    lags = set()
    for stationary in (np.diff(values), _standardize(values, longest)):
        correlations = _autocorrelation(stationary)[: longest + 1]
        peaks = _find_peaks(correlations)
        octaves = np.log2(peaks).astype(int)
        for octave in np.unique(octaves):
            is_inside = octaves == octave
            highest = np.argmax(np.where(is_inside, correlations[peaks], 0))
            lags.add(_refine_peak(values, int(peaks[highest])))
    return [float(lag) for lag in sorted(lags)]


def _find_peaks(correlations: Floats) -> NDArray[np.int64]:
    """The lags whose correlation is higher than at the lags beside them, and high enough."""
    inner = correlations[1:-1]
    is_higher = (inner > correlations[:-2]) & (inner >= correlations[2:])
    return np.flatnonzero(is_higher & (inner > MIN_CORRELATION)) + 1


def _refine_peak(values: Floats, lag: int) -> int:
    """The lag nearby with the highest autocorrelation, once slower changes are removed."""
    correlations = _autocorrelation(_standardize(values, lag))
    first = lag - lag // 4
    nearby = correlations[first : lag + lag // 4 + 1]
    return first + int(np.argmax(nearby))


def _is_season(
    values: Floats,
    length: int,
    shorter: Sequence[float],
    chance: float,
    min_correlation: float,
) -> bool:
    rows = len(values)
    if rows < MIN_SEASONS_IN_SERIES * length:
        return False
    correlations = _autocorrelation(_standardize(values, length))
    correlation = correlations[length]
    by_chance = chance / np.sqrt(rows / length)
    in_noise = NOISE_STANDARD_ERRORS / np.sqrt(rows)
    if correlation < max(min_correlation, by_chance, in_noise):
        return False
    if rows > 3 * length and correlations[2 * length] < min_correlation / 2:
        return False
    quarter = max(1, length // 4)
    near = correlations[length - quarter : length + quarter + 1]
    if correlation < 0.9 * near.max():
        return False
    return not any(_is_multiple_alone(correlations, length, round(other)) for other in shorter)


def _is_multiple_alone(correlations: Floats, length: int, shorter: int) -> bool:
    """Whether a length is a season only because it is a multiple of a shorter one."""
    if length % shorter:
        return False
    neighbours = correlations[length - shorter], correlations[length + shorter]
    return bool(correlations[length] <= max(neighbours) + MIN_CORRELATION)


def _standardize(values: Floats, length: int) -> Floats:
    """Without its moving mean over a season, in moving standard deviations, without outliers."""
    detrended = values - _moving_mean(values, length)
    variance = _moving_mean(detrended**2, 4 * length)
    scale = np.sqrt(np.maximum(variance, 0.0))
    floor = 1e-9 * float(np.abs(values).max(initial=0.0)) + 1e-300
    standardized = detrended / np.maximum(scale, floor)
    return np.clip(standardized, -MAX_OUTLIER, MAX_OUTLIER)


def _moving_mean(values: Floats, length: int) -> Floats:
    """The mean of `length` rows around each row; fewer at the ends."""
    rows = np.arange(len(values))
    first = np.maximum(rows - length // 2, 0)
    last = np.minimum(rows - length // 2 + length, len(values))
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray((sums[last] - sums[first]) / (last - first))


def _remove_season(values: Floats, length: int) -> Floats:
    """Without the mean of each place in the season."""
    places = np.arange(len(values)) % length
    detrended = values - _moving_mean(values, length)
    means = np.bincount(places, detrended) / np.bincount(places)
    return np.asarray(values - means[places])


def _autocorrelation(values: Floats) -> Floats:
    """Correlations with the series so many rows later, (rows,); each over the rows both have."""
    rows = len(values)
    centered = values - values.mean()
    size = 1 << (2 * rows).bit_length()
    spectrum = np.fft.rfft(centered, size)
    products = np.fft.irfft(np.abs(spectrum) ** 2, size)[:rows]
    overlaps = np.arange(rows, 0, -1)
    means = products / overlaps
    if means[0] <= 0:
        return np.zeros(rows)
    return np.asarray(means / means[0])

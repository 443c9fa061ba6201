"""Dates that are a number: seconds since 1970, the days of Excel, years with decimals."""

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SECONDS = "seconds since 1970"
MILLISECONDS = "milliseconds since 1970"
MICROSECONDS = "microseconds since 1970"
NANOSECONDS = "nanoseconds since 1970"
EXCEL_DAYS = "days since 1899-12-30 (Excel)"
UNIX_DAYS = "days since 1970"
DECIMAL_YEARS = "years with decimals"
DAY_WORD = (
    r"dat|day|fecha|tag|jour|giorno|dia|día|dzie|pvm|päivä|tarih|дата|ημερ|日|날짜|일자|stamp"
)
YEAR_WORD = r"dat|year|yr|decimal|jahr|ano|año|anno|ann[ée]e|rok|fecha|год|年"
MICROSECONDS_PER_DAY = 86_400_000_000
MAX_WHOLE = 9e18  # that int64 can hold
FIRST_YEAR = 1600
LAST_YEAR = 2300


class Count(NamedTuple):
    """Units since a moment.

    per_unit: microseconds of one unit. years: the first and the last year in which such a count is
    likely to be one. needs: a pattern in the name of a column that is taken for one unasked.
    """

    since: str
    per_unit: float
    years: tuple[int, int]
    needs: str = ""


COUNTS: dict[str, Count] = {
    SECONDS: Count("1970-01-01", 1e6, (1973, 2200)),
    MILLISECONDS: Count("1970-01-01", 1e3, (1973, 2200)),
    MICROSECONDS: Count("1970-01-01", 1.0, (1973, 2200)),
    NANOSECONDS: Count("1970-01-01", 1e-3, (1973, 2200)),
    EXCEL_DAYS: Count("1899-12-30", 864e8, (1950, 2060), DAY_WORD),
    UNIX_DAYS: Count("1970-01-01", 864e8, (1990, 2060), DAY_WORD),
    DECIMAL_YEARS: Count("0000-01-01", 0.0, (1600, 2200), YEAR_WORD),
    "hours since 1970": Count("1970-01-01", 36e8, (1990, 2060), "hour"),
    "minutes since 1970": Count("1970-01-01", 6e7, (1990, 2060), "minute"),
    "days since 1904-01-01 (Excel on old Macs)": Count("1904-01-01", 864e8, (1990, 2060), "1904"),
    "days of MATLAB (datenum)": Count("-001-12-31", 864e8, (1950, 2060), "datenum"),
    "Julian days": Count("-4713-11-24 12:00", 864e8, (1600, 2200), "julian"),
    "modified Julian days": Count("1858-11-17", 864e8, (1950, 2060), "mjd"),
    "Windows file time": Count("1601-01-01", 0.1, (1990, 2060), "filetime"),
    "ticks of .NET": Count("0001-01-01", 0.1, (1990, 2060), "ticks"),
}


def parse_counts(cells: "pd.Series[str]", name: str) -> "pd.Series[pd.Timestamp]":
    """Numbers as moments, datetime64[us]; NaT where there is none or none in range."""
    texts = cells.astype("str").str.strip()
    if name == DECIMAL_YEARS:
        moments = _from_years(_to_floats(texts))
    else:
        moments = _from_units(texts, COUNTS[name])
    return pd.Series(moments, index=cells.index)


def format_counts(moments: pd.DatetimeIndex, name: str) -> list[str]:
    """Moments as the numbers that `parse_counts` reads back."""
    microseconds = moments.to_numpy().astype("datetime64[us]").astype(np.int64)
    if name == DECIMAL_YEARS:
        return [f"{year:.9f}" for year in _to_years(microseconds)]
    count = COUNTS[name]
    since = _start(count)
    cells = []
    for moment in microseconds.tolist():
        cells.append(str((moment - since) / count.per_unit))
    return cells


def describe_count(name: str, example: datetime) -> str:
    """A count with an example of it, for people."""
    moments = pd.DatetimeIndex([example])
    cell = format_counts(moments, name)[0]
    short_cell = f"{float(cell):.10g}"
    return f"{name}, such as {short_cell}"


def likely_counts(cells: "pd.Series[str]") -> list[str]:
    """The counts that put all of these numbers into likely years."""
    likely = list(COUNTS)
    for part in (cells[:1], cells):
        likely = [name for name in likely if _is_likely(part, name)]
    return likely


def _is_likely(cells: "pd.Series[str]", name: str) -> bool:
    years = parse_counts(cells, name).dt.year
    first_year = COUNTS[name].years[0]
    last_year = COUNTS[name].years[1]
    return bool(years.between(first_year, last_year).all())


def _start(count: Count) -> int:
    """Microseconds from 1970 to the moment a count begins at."""
    if count.since == "-4713-11-24 12:00":
        return round(-2_440_587.5 * MICROSECONDS_PER_DAY)
    if count.since == "-001-12-31":
        return -719_529 * MICROSECONDS_PER_DAY
    start = np.datetime64(count.since, "us")
    return int(start.astype(np.int64))


def _to_floats(texts: "pd.Series[str]") -> NDArray[np.float64]:
    points = texts.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(points, errors="coerce")
    return numbers.to_numpy(dtype="float64", na_value=np.nan)


def _from_units(texts: "pd.Series[str]", count: Count) -> NDArray[np.datetime64]:
    """Whole units exactly, which float64 cannot do for nanoseconds, and their decimals."""
    numbers = _to_floats(texts)
    start = _start(count)
    with np.errstate(over="ignore"):  # what is too large is no date
        microseconds = numbers * count.per_unit
    first = np.datetime64(f"{FIRST_YEAR}-01-01", "us").astype(np.int64)
    last = np.datetime64(f"{LAST_YEAR + 1}-01-01", "us").astype(np.int64)
    with np.errstate(invalid="ignore"):
        is_date = (microseconds >= first - start) & (microseconds < last - start)
    exact = np.where(is_date, microseconds, 0.0)
    moments = np.rint(exact).astype(np.int64) + start
    if count.per_unit <= 1:
        is_whole = texts.str.fullmatch(r"-?\d{1,19}").to_numpy(dtype=bool, na_value=False)
        with np.errstate(invalid="ignore"):
            is_exact = is_whole & is_date & (np.abs(numbers) < MAX_WHOLE)
        whole = texts.to_numpy()[is_exact].astype(np.int64)
        moments[is_exact] = whole // round(1 / count.per_unit) + start
    dates = moments.astype("datetime64[us]")
    dates[~is_date] = np.datetime64("NaT")
    return dates


def _from_years(years: NDArray[np.float64]) -> NDArray[np.datetime64]:
    """Years with decimals, to the nearest second: 1974.5 is the middle of 1974."""
    with np.errstate(invalid="ignore"):
        is_date = (years >= FIRST_YEAR) & (years < LAST_YEAR + 1)
    plain = np.where(is_date, years, 1970.0)
    whole = np.floor(plain).astype(np.int64)
    begins = _begin_of_years(whole)
    lengths = _begin_of_years(whole + 1) - begins
    seconds = np.rint((plain - whole) * lengths / 1e6).astype(np.int64)
    dates = (begins + seconds * 1_000_000).astype("datetime64[us]")
    dates[~is_date] = np.datetime64("NaT")
    return dates


def _to_years(microseconds: NDArray[np.int64]) -> list[float]:
    dates = microseconds.astype("datetime64[us]")
    whole = dates.astype("datetime64[Y]").astype(np.int64) + 1970
    begins = _begin_of_years(whole)
    lengths = _begin_of_years(whole + 1) - begins
    years: list[float] = (whole + (microseconds - begins) / lengths).tolist()
    return years


def _begin_of_years(years: NDArray[np.int64]) -> NDArray[np.int64]:
    begins = (years - 1970).astype("datetime64[Y]").astype("datetime64[us]")
    return begins.astype(np.int64)

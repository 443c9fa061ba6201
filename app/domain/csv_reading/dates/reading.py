"""The dates of a table, and what is unusual about them."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading import checks
from app.domain.csv_reading.body import Body
from app.domain.csv_reading.dates.columns import are_parts
from app.domain.csv_reading.dates.counts import COUNTS
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dates.questions import ask_about_rivals, ask_for_format
from app.domain.csv_reading.dialect import Dialect
from app.domain.csv_reading.findings import Finding, FindingKind, Lines, shorten_cell
from app.domain.csv_reading.series import FileProblem, SeriesError

CLOCK_CHANGE_MONTHS = (3, 4, 9, 10, 11)
MAX_CLOCK_CHANGE_HOUR = 3


@dataclass(frozen=True)
class ReadDates:
    """NaT where there is no date; None where the format is not known."""

    dates: "pd.Series[pd.Timestamp] | None"
    findings: list[Finding]


def read_dates(body: Body, dialect: Dialect) -> ReadDates:
    """Read the date columns. Raises SeriesError where no cell has the format."""
    column = dialect.date_name
    cells = join_columns(body, dialect.date_columns)
    date_format = dialect.date_format
    if date_format is None:
        return ReadDates(None, [ask_for_format(column, cells)])
    dates = parse_dates(cells, date_format)
    if dates.isna().all():
        question = ask_for_format(column, cells)
        message = f'No cell of "{column}" is a date written as {date_format}. {question.message}'
        raise SeriesError([FileProblem("date_format", message, question.choices)])
    texts = cells.fillna("")
    findings = checks.check_dates(column, texts, dates, body.lines)
    if not are_parts(dialect.date_columns):
        findings += ask_about_rivals(column, cells, date_format)
    findings += _say_how_read(column, cells, dates, date_format)
    findings += find_clock_changes(column, dates, body.lines)
    return ReadDates(dates, findings)


def join_columns(body: Body, columns: tuple[str, ...]) -> "pd.Series[str]":
    """The cells of these columns with a space between; NaN where one has no value."""
    joined = body.cells[columns[0]]
    for column in columns[1:]:
        joined = joined.str.cat(body.cells[column], sep=" ")
    return joined


def find_clock_changes(
    column: str, dates: "pd.Series[pd.Timestamp]", lines: Lines
) -> list[Finding]:
    """The hour that stands twice where summer time ends, and the one that is missing in spring."""
    moments = dates.to_numpy()
    microseconds = moments.astype("datetime64[us]").astype(np.int64)
    steps: NDArray[np.float64] = np.diff(microseconds) / 1e6
    readable: NDArray[np.bool_] = ~np.isnat(moments[1:]) & ~np.isnat(moments[:-1])
    if not len(steps) or not readable.any():
        return []
    usual = float(np.median(np.abs(steps[readable])))
    if not 0 < usual <= 3600:
        return []
    hours = dates.dt.hour.to_numpy()[1:]
    months = dates.dt.month.to_numpy()[1:]
    is_sunday = (dates.dt.day_of_week == 6).to_numpy()[1:]
    at_night = is_sunday & (hours <= MAX_CLOCK_CHANGE_HOUR) & np.isin(months, CLOCK_CHANGE_MONTHS)
    to_back = np.abs(steps + (3600 - usual))
    to_front = np.abs(steps + (-3600 - usual))
    backwards = readable & at_night & (to_back < 1)
    forwards = readable & at_night & (to_front < 1)
    findings = []
    if backwards.any():
        findings.append(_report_clock_change(column, dates, lines, backwards, "twice"))
    if forwards.any() and usual < 7200:
        findings.append(_report_clock_change(column, dates, lines, forwards, "missing"))
    return findings


def _report_clock_change(
    column: str,
    dates: "pd.Series[pd.Timestamp]",
    lines: Lines,
    changes: NDArray[np.bool_],
    what: str,
) -> Finding:
    rows = np.flatnonzero(changes) + 1
    first = rows[0]
    day = f"{dates.iloc[first]:%Y-%m-%d}"
    message = (
        f'"{column}" has an hour twice on {day}, from line {int(lines[first])} on: the end of '
        "summer time. The times are local; a column with offsets would tell the hours apart. "
        "Keep the first or the last of each, or save the file in UTC."
    )
    if what == "missing":
        message = (
            f'"{column}" has an hour less on {day}, before line {int(lines[first])}: the beginning '
            "of summer time. The times are local, and no row is missing."
        )
    return Finding(
        kind=FindingKind.CLOCK,
        column="",
        message=message,
        lines=tuple(int(lines[row]) for row in rows),
    )


def _say_how_read(
    column: str, cells: "pd.Series[str]", dates: "pd.Series[pd.Timestamp]", date_format: str
) -> list[Finding]:
    """What was made of cells whose reading is no matter of course."""
    is_date = dates.notna()
    example = shorten_cell(str(cells[is_date].iloc[0]))
    moment = str(dates[is_date].iloc[0]).removesuffix(" 00:00:00")
    messages = []
    if date_format in COUNTS:
        messages.append(f'"{column}" is read as {date_format}: "{example}" is {moment}.')
    if "%*" in date_format:
        messages.append(
            f'"{column}" holds intervals; the start of each is its date: "{example}" is {moment}.'
        )
    for period, fields in (("quarter", "%q"), ("half-year", "%h"), ("week", "%V")):
        if fields in date_format:
            messages.append(f'The date of each {period} of "{column}" is its first day.')
    if any(hour in date_format for hour in ("%H", "%N", "%T")):
        messages += _say_midnights(column, cells, dates)
    return [Finding(FindingKind.READING, "", message) for message in messages]


def _say_midnights(
    column: str, cells: "pd.Series[str]", dates: "pd.Series[pd.Timestamp]"
) -> list[str]:
    """Say that 24:00 is the next midnight, where it occurs."""
    at_midnight = cells[(dates == dates.dt.normalize()).to_numpy()]
    if not len(at_midnight):
        return []
    is_24 = at_midnight.str.contains(r"(?:^|[ T])24(?::|$|0)", regex=True)
    if not is_24.any():
        return []
    example = shorten_cell(str(at_midnight[is_24].iloc[0]))
    return [f'24 o\'clock in "{column}" is the next midnight, as in "{example}".']

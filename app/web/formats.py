"""How pages write numbers, times and values: the filters of their templates."""

from collections.abc import Callable, Iterable
from datetime import datetime
from math import floor, isfinite, log10
from typing import Any

from markupsafe import Markup

from app.services.summaries import NEGLIGIBLE_SKILL

NO_VALUE = "–"
SECONDS_BY_UNIT = {"day": 86400, "hour": 3600, "minute": 60}


def number(amount: float | None, digits: int = 4) -> str:
    """A number to so many significant digits: 0.01234, 12.35, 1,234."""
    if amount is None or not isfinite(amount):
        return NO_VALUE
    if amount == 0:
        return "0"
    magnitude = abs(amount)
    if magnitude >= 1e9 or magnitude < 1e-4:
        precision = digits - 1
        return f"{amount:.{precision}g}"
    exponent = floor(log10(magnitude))
    digits_before_point = exponent + 1
    decimals = max(0, digits - digits_before_point)
    return f"{amount:,.{decimals}f}"


def percent(fraction: float | None, decimals: int = 1) -> str:
    """A fraction as a percentage, without decimals from 1,000 % on and never as -0."""
    if fraction is None or not isfinite(fraction):
        return NO_VALUE
    if abs(fraction) >= 10:
        decimals = 0
    percentage = 100 * fraction
    rounded = round(percentage, decimals)
    without_negative_zero = rounded + 0.0
    return f"{without_negative_zero:,.{decimals}f} %"


def integer(amount: int | None) -> str:
    """A whole number with commas between thousands."""
    if amount is None:
        return NO_VALUE
    return f"{amount:,}"


def duration(seconds: float | None) -> str:
    """Seconds in units that are easy to read: 0.8 s, 42 s, 3 min 5 s, 2 h 4 min, 3 days 2 h."""
    if seconds is None or not isfinite(seconds):
        return NO_VALUE
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    minutes, whole_seconds = divmod(round(seconds), 60)
    if minutes == 0:
        return f"{whole_seconds} s"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min {whole_seconds} s"
    if hours < 48:
        return f"{hours} h {minutes} min"
    days, hours = divmod(hours, 24)
    return f"{days} days {hours} h"


def estimate(seconds: float | None) -> str:
    """Seconds that are expected, rounded as much as they are uncertain: 40 s, 3 min, 2.5 h."""
    if seconds is None or not isfinite(seconds):
        return NO_VALUE
    if seconds < 9.5:
        return f"{max(1, round(seconds))} s"
    if seconds < 57.5:
        return f"{5 * round(seconds / 5)} s"
    minutes = seconds / 60
    if minutes < 9.5:
        return f"{round(minutes)} min"
    if minutes < 57.5:
        return f"{5 * round(minutes / 5)} min"
    hours = minutes / 60
    if hours < 47.75:
        return f"{round(2 * hours) / 2:g} h"
    return f"{round(hours / 24)} days"


def size(amount: int | None) -> str:
    """Bytes in units that are easy to read."""
    if amount is None:
        return NO_VALUE
    if amount >= 1e6:
        return f"{amount / 1e6:.1f} MB"
    if amount >= 1e3:
        return f"{amount / 1e3:.1f} kB"
    return f"{amount} bytes"


def ago(at: datetime | None, now: datetime) -> str:
    """How long before `now`, which is the database's, a time is."""
    if at is None:
        return NO_VALUE
    seconds = (now - at).total_seconds()
    for unit, unit_seconds in SECONDS_BY_UNIT.items():
        count = int(seconds // unit_seconds)
        if count == 1:
            return f"1 {unit} ago"
        if count > 1:
            return f"{count} {unit}s ago"
    return "just now"


def timestamp(at: datetime | None) -> str:
    """A time, in UTC."""
    if at is None:
        return NO_VALUE
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def value(parameter: object) -> str:
    """The value of one hyperparameter, short."""
    if parameter is None:
        return NO_VALUE
    if isinstance(parameter, bool):
        return "yes" if parameter else "no"
    if isinstance(parameter, float):
        return f"{parameter:.4g}"
    return str(parameter)


def tone(skill: float | None) -> str:
    """The CSS class of a skill: better than the naive forecast, worse, or no real difference."""
    if skill is None or abs(skill) < NEGLIGIBLE_SKILL:
        return "faint"
    if skill > 0:
        return "good-text"
    return "bad-text"


CELL_FORMATS: dict[str, Callable[[Any], str]] = {
    "duration": duration,
    "number": number,
    "count": integer,
    "fraction": percent,
}


def format_cell(content: Any, form: str) -> str:
    """A cell of a table.

    form: percent (of a skill: in its tone), fraction, duration, number or count; anything else is a
    value.
    """
    if content is None:
        return NO_VALUE
    if form == "percent":
        cell = Markup('<span class="{}">{}</span>')
        return cell.format(tone(content), percent(content))
    format_content = CELL_FORMATS.get(form, value)
    return str(format_content(content))


def as_options(names: Iterable[str]) -> list[tuple[str, str]]:
    """Options of a select whose values and labels are the same."""
    return [(name, name) for name in names]

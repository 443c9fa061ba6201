"""Hours of a day in the header of a table that has a day in each line: 00:00, 00:30 or HE1, HE2."""

from collections.abc import Sequence

from app.domain.csv_reading.dates.detection import detect_date_format
from app.domain.csv_reading.numbers.parsing import is_missing
from app.domain.csv_reading.several.transposed_header import HeaderDates
from app.domain.texts import read_count

MINUTES_OF_DAY = 1440
DAY_PARTS = (96, 48, 24)  # quarters of an hour, halves, hours
TIME_FORMAT = "%H:%M"
NUMBER_PREFIXES = ("", "h", "hr", "hour", "he", "hourending", "period", "sp")
IGNORED_SIGNS = str.maketrans("", "", " _.-")


def find_hours(header: Sequence[str]) -> HeaderDates | None:
    """Columns that are called after the parts of a day, in order, and when each begins."""
    names = [cell.lower().translate(IGNORED_SIGNS) for cell in header]
    for n_parts in DAY_PARTS:
        for first in range(len(names) - n_parts + 1):
            if _are_parts(names[first : first + n_parts]):
                columns = tuple(range(first, first + n_parts))
                texts = tuple(_begin_of(part, n_parts) for part in range(n_parts))
                return HeaderDates(columns, texts, TIME_FORMAT)
    return None


def find_hours_of_days(header: Sequence[str], body: Sequence[Sequence[str]]) -> HeaderDates | None:
    """Columns for the hours of a day, and one with the day of each line."""
    hours = find_hours(header)
    if hours is None:
        return None
    for index in range(len(header)):
        if index in hours.columns:
            continue
        cells = [row[index] for row in body if index < len(row) and not is_missing(row[index])]
        day_format = None
        if cells:
            day_format = detect_date_format(cells, named=True)
        if day_format is not None and "%d" in day_format and "%H" not in day_format:
            date_format = f"{day_format} {TIME_FORMAT}"
            return HeaderDates(hours.columns, hours.texts, date_format, index)
    return None


def _are_parts(names: Sequence[str]) -> bool:
    """Whether these are the parts of a day: numbered from 0 or 1, or by the time they begin."""
    for first_number in (0, 1):
        if _is_numbered(names, first_number):
            return True
        times = [_begin_of(first_number + part, len(names)) for part in range(len(names))]
        written = [name[:5].rstrip(":").zfill(5) for name in names]
        if written == times:
            return True
    return False


def _is_numbered(names: Sequence[str], first_number: int) -> bool:
    prefix = names[0].rstrip("0123456789")
    if prefix not in NUMBER_PREFIXES:
        return False
    for number, name in enumerate(names, start=first_number):
        digits = name.removeprefix(prefix)
        if read_count(digits) != number:
            return False
    return True


def _begin_of(part: int, n_parts: int) -> str:
    """When a part of a day begins; the end of the last one is 24:00."""
    minutes = part * MINUTES_OF_DAY // n_parts
    return f"{minutes // 60:02}:{minutes % 60:02}"

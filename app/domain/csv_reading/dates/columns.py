"""Which columns together may be the date: date and time; year, month, day and hour."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.csv_reading.dates.candidates import are_numbers
from app.domain.csv_reading.dates.fields import NO_OFFSET
from app.domain.csv_reading.dates.parsing import plain_text, read_offset
from app.domain.csv_reading.dates.shapes import guess_formats
from app.domain.csv_reading.dates.words import ZONE_MINUTES, fold, month_number
from app.domain.texts import read_count

DATE_NAME = re.compile(
    r"date|time|(^|[^a-z])day($|[^a-z])|datum|zeit|year|jahr|month|monat|fecha|period|quarter"
    r"|quartal|trimestre|woche|week|^data$|^data[ _]|giorno|^dia$|^día$|jour|heure|^tag$|dzie|dato"
    r"|^pvm|päivä|tarih|дата|время|день|月|日|날짜|일자|시간|時|时|epoch|decimal|ημερ|datetid|tidpunkt"
    r"|(^|[^a-z])(ds|dt|ts|yr|yyyy|yyyymmdd|hour|hr|he|mjd|doy|periodo|período|ano|año|anno|année)"
    r"($|[^a-z])",
    re.IGNORECASE,
)
TIME_NAME = re.compile(
    r"time|hour|stunde|uhr|zeit|heure|hora|^ora|orario|^hh?$|^hr|^he$|^std|uur|tijd|godz|klok|kello"
    r"|saat|час|время|時|时|시|interval|hms|hhmm|^tid$|ώρα|ωρα",
    re.IGNORECASE,
)
HOUR_NAME = re.compile(
    r"hour|stunde|heure|hora|^ora|uur|godz|(^|[^a-z])(hr|hrs|h|he)($|[^a-z])|час|時|时|시",
    re.IGNORECASE,
)
ZONE_NAME = re.compile(r"zone|^tz$|offset|utc|zeitzone|fuseau", re.IGNORECASE)
TIME_OF_DAY = re.compile(
    r"\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d{1,9})?)?(?: ?[ap]\.? ?m\.?)?|\d{1,2} ?[ap]\.? ?m\.?"
    r"|\d{1,2}[:.]\d\d ?- ?\d{1,2}[:.]\d\d|\d{1,2}h\d\d",
    re.IGNORECASE,
)
TIME_AS_NUMBER = re.compile(r"\d{1,6}")
PART_NAMES = {  # folded names of columns by the part of a date they hold
    "Y": "year years yr yyyy y jahr annee an ano anno jaar rok ar vuosi god год yil ετος 年 년 "
    "연도",
    "m": "month months mon mm mo monat mois mes mese maand miesiac manad maned maaned kuukausi "
    "mesic месяц ay μηνας 月 월 monthofyear",
    "d": "day days dd dy dom tag jour dia giorno dag dzien paiva den день gun ημερα 日 일 mday "
    "dayofmonth",
    "H": "hour hours hr hrs hh h he hourending stunde std heure hora ora uur godzina timme time1 "
    "tunti hodina час saat ωρα 時 时 시 hourofday",
    "M": "minute minutes min mi mn minuto minuut minuta minut минута dakika 分 분",
    "S": "second seconds sec ss sekunde seconde segundo secondo sekunda 秒 초",
    "j": "doy dayofyear yday julianday jday",
    "q": "quarter qtr q quartal trimestre kwartal kvartal quarterofyear",
    "V": "week wk woche kw semaine semana settimana vecka uge uke isoweek weekofyear weeknumber",
    "P": "period periode periodo periodcode",
}
PARTS = {fold(name): part for part, names in PART_NAMES.items() for name in names.split()}
PART_ORDERS = ("YmdHMS", "YmdHM", "YmdH", "Ymd", "Ym", "YjHM", "YjH", "Yj", "Yq", "YV", "YP")
RANGES = {"Y": (1600, 2300), "m": (1, 12), "d": (1, 31), "H": (0, 24), "M": (0, 59), "S": (0, 59)}
MAX_UNNAMED_STARTS = 2  # headerless parts begin at the first column, or behind a counter
Cells = Sequence[str]


@dataclass(frozen=True)
class JoinedColumns:
    """Columns whose cells, joined by a space, may be the date, and formats they may have."""

    indexes: tuple[int, ...]
    formats: tuple[str, ...]


def join_cells(columns: Sequence[Cells], indexes: Sequence[int]) -> list[str]:
    """The cells of these columns with a space between; "" where one is empty."""
    joined = []
    chosen = [columns[index] for index in indexes]
    for row in zip(*chosen, strict=True):
        joined.append(" ".join(row) if all(row) else "")
    return joined


def find_parts(names: Sequence[str], columns: Sequence[Cells]) -> list[JoinedColumns]:
    """Columns that are called year, month, day, hour …, or look like these without a header."""
    by_part: dict[str, int] = {}
    for index, name in enumerate(names):
        part = PARTS.get(_fold_name(name))
        if part is not None:
            by_part.setdefault(part, index)
    joined_columns = []
    for order in PART_ORDERS:
        if all(part in by_part for part in order):
            indexes = tuple(by_part[part] for part in order)
            joined_columns.append(_describe_parts(order, indexes, columns))
    if not joined_columns and all(re.fullmatch(r"Column \d+", name) for name in names):
        joined_columns = _find_unnamed_parts(columns)
    if not joined_columns:
        joined_columns = _find_named_months(columns)
    return joined_columns


def are_months(cells: Cells) -> bool:
    """Whether all of these cells are names of months, and not all of the same."""
    different = set(cells)
    return len(different) > 1 and all(month_number(plain_text(cell)) for cell in different)


def are_parts(names: Sequence[str]) -> bool:
    """Whether columns are called year, month, …, which leaves no doubt about their order."""
    return len(names) > 1 and all(_fold_name(name) in PARTS for name in names)


def find_times(
    names: Sequence[str], columns: Sequence[Cells], date_index: int, date_formats: Sequence[str]
) -> list[JoinedColumns]:
    """The column of dates together with each that may be the time of day, and with its zone."""
    joined_columns = []
    for index, name in enumerate(names):
        if index == date_index:
            continue
        filled = [cell for cell in columns[index] if cell]
        time_formats = _time_formats(filled, name, is_next=index == date_index + 1)
        if not time_formats:
            continue
        indexes = (date_index, index)
        formats = [f"{date_format} {time}" for date_format in date_formats for time in time_formats]
        joined_columns.append(JoinedColumns(indexes, tuple(formats)))
        zone = _find_zone(names, columns, indexes)
        if zone is not None:
            zoned = [f"{date_format} %z" for date_format in formats]
            joined_columns.append(JoinedColumns((*indexes, zone), tuple(zoned)))
    return joined_columns


def _fold_name(name: str) -> str:
    folded = fold(name)
    letters = [letter for letter in folded if letter.isalpha()]
    return "".join(letters)


def _describe_parts(
    order: str, indexes: tuple[int, ...], columns: Sequence[Cells]
) -> JoinedColumns:
    pieces = []
    for part, index in zip(order, indexes, strict=True):
        filled = [cell for cell in columns[index] if cell]
        first = plain_text(filled[0]) if filled else ""
        piece = f"%{part}"
        if part == "Y" and len(first) == 2:
            piece = "%y"
        elif part == "m" and month_number(first):
            piece = "%b"
        elif part == "H" and len(first) > 2:
            piece = "%N"
        pieces.append(piece)
    joined = " ".join(pieces)
    formats = [joined]
    if "%H" in joined:
        formats.append(joined.replace("%H", "%N"))
    if "%P" in joined or "%q" in joined or "%V" in joined:
        formats = [*_guess_joined(columns, indexes), joined.replace("%P", "%m")]
    return JoinedColumns(indexes, tuple(formats))


def _guess_joined(columns: Sequence[Cells], indexes: Sequence[int]) -> list[str]:
    for cell in join_cells(columns, indexes):
        if cell:
            return list(guess_formats(cell))
    return []


def _find_unnamed_parts(columns: Sequence[Cells]) -> list[JoinedColumns]:
    """Neighbouring columns of a year that repeats, a month, perhaps a day, an hour, a minute."""
    joined_columns = []
    for start in range(min(MAX_UNNAMED_STARTS, len(columns))):
        parts = ""
        for part, column in zip("YmdHMS", columns[start:], strict=False):
            if not _are_in_range(column, part):
                break
            parts += part
            if len(parts) >= 2:
                indexes = tuple(range(start, start + len(parts)))
                joined_columns.append(_describe_parts(parts, indexes, columns))
    return joined_columns


def _find_named_months(columns: Sequence[Cells]) -> list[JoinedColumns]:
    """A column of years beside one of the names of months, whatever they are called."""
    for index, column in enumerate(columns):
        if not are_months([cell for cell in column if cell]):
            continue
        for year in (index - 1, index + 1):
            if 0 <= year < len(columns) and _are_in_range(columns[year], "Y"):
                return [JoinedColumns((year, index), ("%Y %b",))]
    return []


def _are_in_range(column: Cells, part: str) -> bool:
    low = RANGES[part][0]
    high = RANGES[part][1]
    for cell in itertools.islice(column, 400):
        number = read_count(cell)
        if number is None or not low <= number <= high:
            return False
    return bool(column)


def _time_formats(cells: Cells, name: str, *, is_next: bool) -> list[str]:
    """The formats of a column of times of day, none for another column."""
    if not cells:
        return []
    is_named = bool(TIME_NAME.search(name))
    sample = [plain_text(cell) for cell in cells]
    if all(TIME_OF_DAY.fullmatch(cell) for cell in sample):
        if are_numbers(cells) and not is_named:
            return []
        return _guess_times(sample)
    whole = [cell.removesuffix(".0") for cell in sample]
    if not all(TIME_AS_NUMBER.fullmatch(cell) for cell in whole):
        return []
    lengths = {len(cell) for cell in whole}
    if HOUR_NAME.search(name) and all(int(cell) <= 24 for cell in whole):
        return ["%H"]
    if is_named:
        largest = max(int(cell) for cell in whole)
        return [
            name for name, limit in (("%H", 24), ("%N", 2400), ("%T", 240_000)) if largest <= limit
        ]
    if is_next and lengths == {6}:
        return ["%H%M%S"]
    return []


def _guess_times(sample: Cells) -> list[str]:
    formats: dict[str, None] = {}
    longest = sorted(set(sample), key=len)
    for cell in (longest[0], longest[-1]):
        for date_format in guess_formats(f"2000-01-31 {cell}"):
            time = date_format.removeprefix("%Y-%m-%d ")
            if time != date_format and "%z" not in time:
                formats.setdefault(time)
    return list(formats)


def _find_zone(
    names: Sequence[str], columns: Sequence[Cells], taken: tuple[int, ...]
) -> int | None:
    """A column of offsets or of names of zones, in which there are several."""
    for index, name in enumerate(names):
        if index in taken or not columns[index]:
            continue
        different = {plain_text(cell) for cell in columns[index] if cell}
        if not 2 <= len(different) <= 4:
            continue
        are_zones = all(read_offset(cell) != NO_OFFSET for cell in different)
        have_signs = all(cell[:1] in "+-" or fold(cell) in ZONE_MINUTES for cell in different)
        if (
            are_zones
            and have_signs
            and (ZONE_NAME.search(name) or not are_numbers(list(different)))
        ):
            return index
    return None

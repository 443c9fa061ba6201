"""The digits of a date: which of its parts a run of them may be."""

from app.domain.csv_reading.dates.counts import FIRST_YEAR, LAST_YEAR
from app.domain.csv_reading.dates.letters import find_meanings, next_word
from app.domain.csv_reading.dates.path import DATE_ORDERS, DAYS, TIME_FIELDS, Path
from app.domain.csv_reading.dates.words import DAY_WORDS, ORDINALS, YEAR_WORDS, fold

GLUED = {  # fields of a run of digits, by its length
    4: ("Y", "HM"),
    6: ("Ym", "ymd", "dmy", "mdy", "HMS"),
    7: ("Yj",),
    8: ("Ymd", "dmY", "mdY"),
    10: ("YmdH", "ymdHM"),
    12: ("YmdHM", "ymdHMS"),
    14: ("YmdHMS",),
    17: ("YmdHMSf",),
    20: ("YmdHMSf",),
}
PREVIOUS = {"M": "H", "S": "M", "f": "S"}
RANGES = {"m": (1, 12), "d": (1, 31), "D": (1, 31), "H": (0, 24), "M": (0, 59), "S": (0, 59),
          "q": (1, 4), "h": (1, 2), "V": (1, 53), "Y": (FIRST_YEAR, LAST_YEAR), "y": (0, 99),
          "j": (1, 366), "u": (1, 7)}  # fmt: skip
PARTS_OF_TIME = (":", ".", "-", "_", "h", "H", "時", "时", "點", "点", "시", "分", "분", "min", "m")
UNMISTAKABLE_WORDS = YEAR_WORDS | DAY_WORDS | frozenset(("月", "월", "quarter", "quartal", "분기"))


def read_number(path: Path, tokens: list[str]) -> list[Path]:
    token = tokens[path.position]
    paths = []
    options = _options(path, token)
    following = next_word(tokens, path.position + 1)
    for fields in options:
        if not _fits(path, fields, token):
            continue
        if len(fields) == 1 and not _is_marked_right(path, fields, following):
            continue
        added = _add_fields(path, fields, token)
        if added is None:
            continue
        index = path.position + 1
        if fields == "d" and index < len(tokens) and fold(tokens[index]) in ORDINALS:
            ordinal = added._replace(position=index + 1, text=path.text + "%D")
            paths.append(ordinal)
        paths.append(added)
    return paths


def _options(path: Path, token: str) -> tuple[str, ...]:
    """The fields a run of digits may hold."""
    length = len(token)
    if path.times.endswith("S") and path.separator in (".", ",", ":") and length <= 9:
        return ("f",)
    if path.wanted:
        if path.wanted == "Y" and length == 2:
            return ("y",)
        return (path.wanted,)
    if length <= 2:
        singles = "mdHMSqhVu"
        if length == 2:
            singles = "mdyHMSqhV"
        return tuple(singles)
    if length == 3:
        return ("j",)
    return GLUED.get(length, ())


def _fits(path: Path, fields: str, token: str) -> bool:
    """Whether the fields are in an order that dates have, and the numbers in their ranges."""
    dates = path.dates.replace("D", "d")
    times = path.times
    last = path.last
    start = 0
    for field in fields:
        if field in TIME_FIELDS:
            if not _may_follow(field, last, dates, times):
                return False
            times += field
        else:
            if not _may_be_date_field(path, last):
                return False
            dates += field
            if not any(order.startswith(dates) for order in DATE_ORDERS):
                return False
        last = field
        width = {"Y": 4, "j": 3, "f": 9}.get(field, 2)
        digits = token[start : start + width]
        start += width
        if field in RANGES and digits:
            low = RANGES[field][0]
            high = RANGES[field][1]
            if not low <= int(digits) <= high:
                return False
    return True


def _may_be_date_field(path: Path, last: str) -> bool:
    """Whether a field of the date can stand here: colons follow a year, spaces a time of day."""
    if path.separator == ":" and not path.dates.startswith(("Y", "y")):
        return False
    if last not in TIME_FIELDS or not path.times:
        return True
    if "%H%M" in path.text or path.times == "H":
        return False
    return path.separator.strip() in ("", ",") and path.separator != ""


def _may_follow(field: str, last: str, dates: str, times: str) -> bool:
    """Whether this field of a time of day can stand here: hours first, then each in its turn."""
    if field != "H":
        return last == PREVIOUS[field]
    if times:
        return False
    if not dates or dates in ("bd", "db"):
        return True
    return dates in DATE_ORDERS and any(day in DAYS for day in dates)


def _is_marked_right(path: Path, field: str, following: str) -> bool:
    """Whether quarters, halves and weeks have their words, and others have none of these."""
    meanings = find_meanings(following)
    if field in "qhV":
        if path.wanted == field or field in meanings:
            return True
        is_second = path.dates in ("Y", "y") and path.separator in (":", ".")
        return field == "q" and is_second
    if field == "u":
        return path.dates == "YV"
    if field == "j":
        return path.dates in ("Y", "")
    decisive = [meaning for meaning in meanings if meaning in "qhVYd"]
    if decisive and not path.wanted and field not in "HMS" and following in UNMISTAKABLE_WORDS:
        return field in meanings or (field == "y" and "Y" in meanings)
    return True


def _add_fields(path: Path, fields: str, token: str) -> Path | None:
    """The reading with these fields behind it; None where the sign before them forbids it."""
    first = fields[0]
    text = path.text
    if first == "H" and path.dates and not path.wanted:
        if path.separator.strip() not in ("", "_", "-", "/", ":", ","):
            return None
        if path.separator == "-" and len(token) == 1:
            return None
    if first in "MS" and not _parts_time(path.separator):
        return None
    if first == "S" and path.separator == "-" and "-%M" not in text:
        return None
    if first == "f":
        sign = path.separator
        text = text[: -len(sign)] + f"[{sign}%f]"
    else:
        text += "".join(f"%{field}" for field in fields)
    dates = path.dates
    times = path.times
    for field in fields:
        if field in TIME_FIELDS:
            times += field
        else:
            dates += field
    return path._replace(
        position=path.position + 1,
        text=text,
        dates=dates,
        times=times,
        last=fields[-1],
        wanted="",
        separator="",
    )


def _parts_time(separator: str) -> bool:
    return separator.strip() in PARTS_OF_TIME

"""The words of a date: which of its parts they are, or say about the number beside them."""

import re

from app.domain.csv_reading.dates.fields import NO_OFFSET
from app.domain.csv_reading.dates.parsing import read_offset
from app.domain.csv_reading.dates.path import DATE_ORDERS, TIME_FIELDS, Path
from app.domain.csv_reading.dates.words import (
    AFTERNOON,
    DAY_WORDS,
    FILLERS,
    FORENOON,
    HALF_WORDS,
    HOUR_WORDS,
    MINUTE_WORDS,
    MONTH_WORDS,
    QUARTER_WORDS,
    SECOND_WORDS,
    WEEK_WORDS,
    WEEKDAYS,
    YEAR_WORDS,
    fold,
    month_number,
)

ZONE = re.compile(
    r" ?([+-]\d\d(?::?\d\d)?|[A-Za-z]{1,4}(?: ?[+-]\d{1,2}(?::?\d\d)?)?)"
    r"(?: \([^()]*\))?(?=$| \d{4}$)"
)
CJK_WEEKDAYS = tuple("月火水木金土日월화수목금토일一二三四五六")
OFFSET_OF_DAY = re.compile(r"Z|[+-]\d\d:\d\d")
MARKED = (  # words that say what the number before or behind them is
    (QUARTER_WORDS, "q"), (HALF_WORDS, "h"), (WEEK_WORDS, "V"), (MONTH_WORDS, "m"),
    (YEAR_WORDS, "Y"), (DAY_WORDS, "d"), (HOUR_WORDS, "H"), (MINUTE_WORDS, "M"),
    (SECOND_WORDS, "S"),
)  # fmt: skip
BEHIND_ONLY = frozenset("YdHMS")  # words that stand behind their number


def read_zone(path: Path, tokens: list[str]) -> Path | None:
    """The offset or the zone behind a time of day, up to the end or to a year behind it."""
    if path.has_zone or path.wanted:
        return None
    is_whole_day = path.dates == "Ymd" and path.last == "d"
    if path.last not in ("M", "S", "f") and not is_whole_day:
        return None
    rest = "".join(tokens[path.position :])
    zone = ZONE.match(rest)
    if zone is None or read_offset(zone[1]) == NO_OFFSET:
        return None
    if "-%M" in path.text or (is_whole_day and not OFFSET_OF_DAY.fullmatch(rest)):
        return None
    end = len("".join(tokens[: path.position])) + zone.end()
    index = path.position
    while index < len(tokens) and len("".join(tokens[:index])) < end:
        index += 1
    if len("".join(tokens[:index])) != end:
        return None
    return path._replace(position=index, text=path.text + "%z", separator="", has_zone=True)


def next_word(tokens: list[str], index: int) -> str:
    """The word that follows, over spaces and points."""
    for token in tokens[index : index + 3]:
        if token[0].isalpha():
            return fold(token)
        if token not in (".", "-", "/") and not token.isspace():
            break
    return ""


def find_meanings(word: str) -> str:
    """The fields a word can mark."""
    return "".join(field for words, field in MARKED if word in words)


def read_word(path: Path, tokens: list[str]) -> list[Path]:
    token = tokens[path.position]
    word = fold(token)
    index = path.position + 1
    paths = []
    dates = path.dates + "b"
    if month_number(word) and any(order.startswith(dates) for order in DATE_ORDERS):
        text = path.text + "%b"
        end = index
        if tokens[index : index + 1] == ["."]:
            end += 1
        month = path._replace(
            position=end, text=text, dates=dates, last="b", wanted="", separator=""
        )
        paths.append(month)
    if _is_weekday(token, word, tokens[index : index + 1]):
        text = path.text + "%a"
        end = index
        if tokens[index : index + 2] == ["-", "feira"]:
            end += 2
        if tokens[end : end + 1] == ["."]:
            end += 1
        paths.append(path._replace(position=end, text=text, separator=""))
    if (word in FORENOON or word in AFTERNOON) and not path.has_half and len(word) > 1:
        paths.append(
            path._replace(position=index, text=path.text + "%p", separator="", has_half=True)
        )
    paths += _read_marker(path, tokens, word, index)
    return paths


def _is_weekday(token: str, word: str, following: list[str]) -> bool:
    if word in WEEKDAYS:
        return True
    if token in CJK_WEEKDAYS:
        return following == [")"]
    return token.endswith(("曜日", "요일", "曜")) or token.startswith(("星期", "周"))


def _read_marker(path: Path, tokens: list[str], word: str, index: int) -> list[Path]:
    """Words that stand for themselves: T, Q, Uhr, of."""
    token = tokens[index - 1]
    following = tokens[index : index + 1]
    literal = path._replace(position=index, text=path.text + token, separator="")
    behind_time = literal._replace(separator=token)
    paths = []
    for field in find_meanings(word):
        if field in BEHIND_ONLY:
            is_behind = path.last in (field, field.lower()) and path.separator.strip(" .") == ""
            if is_behind and field in TIME_FIELDS:
                paths.append(behind_time)
            elif is_behind:
                paths.append(literal)
        elif path.last == field and path.separator.strip(" .-") == "":
            paths.append(literal)
        elif field not in path.dates:
            paths.append(literal._replace(wanted=field, separator=""))
    is_between = word == "t" and bool(path.dates) and path.separator == ""
    is_between &= "".join(following).isdigit()
    is_year_mark = word in ("r", "g") and path.last == "Y"
    is_filler = word in FILLERS and (len(word) > 1 or not word.isascii())
    if is_between or is_year_mark or is_filler:
        paths.append(literal)
    return paths[:3]

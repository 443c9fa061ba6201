"""From a cell to the formats it may be written in."""

import re
from functools import lru_cache

from app.domain.csv_reading.dates.digits import read_number
from app.domain.csv_reading.dates.letters import read_word, read_zone
from app.domain.csv_reading.dates.parsing import plain_text
from app.domain.csv_reading.dates.path import Path, finish_format, is_complete

MAX_LENGTH = 80
MAX_TOKENS = 40
MAX_CANDIDATES = 40
MAX_STEPS = 4000  # of the search for the formats of one cell; a date takes 100
TOKEN = re.compile(
    r"[ap]\. ?m\b\.?|[πμ]\.μ\.|\d+|午前|午後|上午|下午|오전|오후|四半期|季度|分期|분기|半期|반기"
    r"|[日月火水木金土]曜日?|星期[一二三四五六日天]|周[一二三四五六日]"
    r"|[月火水木金土日월화수목금토일一二三四五六](?=\))"
    r"|[年月日時时點点分秒号號週周季第期]|[월화수목금토일]요일|[^\W\d_年月日時时點点分秒号號週周季第期]+|\s+|.",
    re.IGNORECASE,
)
INTERVAL_SIGNS = (" - ", " to ", " bis ", " til ", " a ", " au ", " ~ ", "~", "/", "-")
TIMES_ALONE = re.compile(r"\d:\d\d(?::\d\d)? ?[-~] ?\d{1,2}:\d\d(?::\d\d)?$")


def guess_formats(cell: str) -> tuple[str, ...]:
    """All formats this cell may be written in, none for what is no date."""
    text = plain_text(cell)
    if not text or len(text) > MAX_LENGTH or not any(letter.isdigit() for letter in text):
        return ()
    return _guess_cached(text)


@lru_cache(maxsize=4096)
def _guess_cached(text: str) -> tuple[str, ...]:
    formats = _guess_single(text)
    if not formats or TIMES_ALONE.search(text):
        formats += _guess_interval(text)
    return tuple(dict.fromkeys(formats))


def _guess_interval(text: str) -> list[str]:
    """The format of the start of an interval, whose end is passed over."""
    formats = []
    for sign in INTERVAL_SIGNS:
        parts = text.split(sign)
        for count in range(1, len(parts)):
            start = sign.join(parts[:count])
            end = sign.join(parts[count:])
            if start.endswith(" ") or end.startswith(" ") or not _is_moment(end):
                continue
            for date_format in _guess_single(start):
                if "H" in date_format or "I" in date_format or ":" not in end:
                    formats.append(f"{date_format}{sign}%*")
    return formats


def _is_moment(text: str) -> bool:
    """Whether this ends an interval: a date, or a time of day alone."""
    if re.fullmatch(r"\d{1,2}[:.]\d\d([:.]\d\d)?", text):
        return True
    return bool(_guess_single(text))


def _guess_single(text: str) -> list[str]:
    tokens = TOKEN.findall(text)
    if len(tokens) > MAX_TOKENS:
        return []
    formats: list[str] = []
    paths = [Path(0)]
    for _ in range(MAX_STEPS):
        if not paths or len(formats) == MAX_CANDIDATES:
            break
        path = paths.pop()
        if path.position == len(tokens):
            if is_complete(path):
                formats.append(finish_format(path))
            continue
        paths += reversed(_go_on(path, tokens))
    return formats


def _go_on(path: Path, tokens: list[str]) -> list[Path]:
    """The readings of the next token."""
    token = tokens[path.position]
    zone = read_zone(path, tokens)
    if zone is not None:
        return [zone]
    if token.isdigit():
        return read_number(path, tokens)
    if token[0].isalpha():
        return read_word(path, tokens)
    if token.isspace():
        token = " "
    if token in "%[]{}":
        return []
    separator = path.separator + token
    if len(separator) > 3:
        return []
    return [path._replace(position=path.position + 1, text=path.text + token, separator=separator)]

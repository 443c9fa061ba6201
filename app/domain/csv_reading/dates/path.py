"""A reading of the beginning of a cell as a date, and the orders that the parts of dates have."""

from typing import NamedTuple

DATE_ORDERS = (  # of the fields of a date, as far as they name a day, a month, …
    "Ymd", "dmY", "mdY", "Ybd", "dbY", "bdY", "ymd", "dmy", "mdy", "dby", "bdy", "ybd", "Ym", "mY",
    "bY", "Yb", "by", "yb", "Y", "Yq", "qY", "yq", "qy", "Yh", "hY", "YV", "VY", "Vy", "yV", "YVu",
    "Yj", "jY",
)  # fmt: skip
TIME_ORDERS = ("", "H", "HM", "HMS", "HMSf")
DAYS = "djVD"  # fields that say a day, without which there is no time of day
TIME_FIELDS = "HMSf"


class Path(NamedTuple):
    """A reading of the first tokens of a cell.

    dates, times: the fields so far, last: the last of them. wanted: the field the next number must
    be. separator: the signs between the last field and here.
    """

    position: int
    text: str = ""
    dates: str = ""
    times: str = ""
    last: str = ""
    wanted: str = ""
    separator: str = ""
    has_half: bool = False
    has_zone: bool = False


def is_complete(path: Path) -> bool:
    dates = path.dates.replace("D", "d")
    if dates not in DATE_ORDERS or path.wanted:
        return False
    if path.times not in TIME_ORDERS:
        return False
    if path.has_half and not path.times:
        return False
    return not path.times or any(field in DAYS for field in path.dates)


def finish_format(path: Path) -> str:
    text = path.text
    if path.has_half:
        text = text.replace("%H", "%I")
    if "%V" in text:
        text = text.replace("%G", "%Y")
    return text

"""Columns of numbers that measure nothing: counters, names of things, parts of the date."""

import re
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.numbers.column_names import plain_name

MIN_COUNTED_ROWS = 3
SECONDS_PER_DAY = 86_400
MAX_EPOCH_DIFFERENCE = SECONDS_PER_DAY  # between an epoch and the date it repeats: a time zone
TICKS_PER_SECOND = (1, 1e3, 1e6, 1e9)
MAX_YEAR_DIFFERENCE = 0.1  # of a date such as 1974.38 from the date it repeats
COUNTER_NAME = re.compile(
    r"^(unnamed( \d+)?|index|idx|no|nr|num|number|row|rows|row ?(no|nr|num|number|id|names?)|rownum"
    r"|record|rec|recnum|record ?(no|number)|seq|sequence|sample ?(no|number)?|lfd ?nr|lp|n|i|x1"
    r"|obs|observation|instant|entry|line|counter|level 0|#|\u5e8f\u53f7|\u756a\u53f7"
    r"|\ubc88\ud638|\u2116|column \d+)?$"
)
ID_NAME = re.compile(
    r"(^|[ _])(id|ids|uuid|guid|code|zip|postcode|plz|fips|isin|cusip|permno|gvkey|sku|wban|usaf"
    r"|stn|stations?id)$"
    r"|(^|[ _])(store|station|item|site|meter|sensor|shop|dept)[ _]?(nbr|nr|no|num|number)$"
    r"|^(station|store|shop|item|dept|ticket|device|node)$"
)
DATE_PART_NAME = re.compile(
    r"^(year|yr|month|mon|mnth|day|days?|hour|hr|minute|min|second|sec|week|weekday|quarter|season"
    r"|day ?of ?(week|year|month)|dayofyear|doy|dow|wday|yday|dom|week ?no|week ?of ?year|time|date"
    r"|decimal ?(date|year)|year ?(decimal|fraction)|decimal|timestamp|epoch|unix( ?time)?|utc"
    r"|holiday|workingday|is ?(weekend|holiday)|jahr|monat|tag|stunde|woche|quartal|annee|mois|jour"
    r"|heure|semaine|trimestre|ano|mes|dia|hora|semana|anno|mese|giorno|ora|settimana|rok|miesiac"
    r"|dzien|godzina|jaar|maand|uur)$"
)
FLAG_NAME = re.compile(
    r"(^|[ _])(flags?|quality|qc|qa|qn( ?\d+)?|qualitaet[a-z]*( ?niveau)?|status|valid|validity"
    r"|error|err|eor|std|stdev|stddev|std ?dev|uncertainty|n ?days|ndays|nobs|attributes?)$"
    r"|^(flag|qn|qualitaets|quality|attribute)[ _]"
)
COORDINATE_NAME = re.compile(
    r"^(lat|latitude|lon|long|lng|longitude|elevation|elev|altitude|alt|geo ?(breite|laenge)"
    r"|breite|laenge|hoehe|x|y) ?(deg|degrees|m)?$"
)


class Role(StrEnum):
    """What a column is that measures nothing."""

    COUNTER = "counts the rows"
    DATE = "repeats the dates"
    ID = "names things by their numbers"
    DATE_PART = "is a part of the date"
    FLAG = "says how good other numbers are"
    COORDINATE = "says where something was measured"


NO_FEATURES = (Role.COUNTER, Role.DATE, Role.ID)  # left out, unless a person ticks them


def find_roles(
    numbers: pd.DataFrame, dates: "pd.Series[pd.Timestamp] | None", columns: Sequence[str]
) -> dict[str, Role]:
    """The roles of those columns of numbers that have one. columns: of the whole file."""
    roles = {}
    for name in numbers.columns:
        values = numbers[name].to_numpy()
        role = _find_role(str(name), values, dates, is_first=name == columns[0])
        if role is not None:
            roles[str(name)] = role
    return roles


def _find_role(
    name: str,
    values: NDArray[np.float64],
    dates: "pd.Series[pd.Timestamp] | None",
    *,
    is_first: bool,
) -> Role | None:
    plain = plain_name(name)
    if _counts(values) and (is_first or COUNTER_NAME.match(plain)):
        return Role.COUNTER
    if dates is not None and _repeats_dates(values, dates):
        return Role.DATE
    are_whole = _are_whole(values)
    if are_whole and ID_NAME.search(plain):
        return Role.ID
    if DATE_PART_NAME.match(plain):
        return Role.DATE_PART
    if FLAG_NAME.search(plain):
        return Role.FLAG
    if COORDINATE_NAME.match(plain) and plain not in ("x", "y"):
        return Role.COORDINATE
    return None


def _counts(values: NDArray[np.float64]) -> bool:
    """Whether values are 0, 1, 2, … or 1, 2, 3, …, or the same backwards."""
    if len(values) < MIN_COUNTED_ROWS:
        return False
    steps = np.diff(values)
    is_up = bool((steps == 1).all()) and values[0] in (0, 1)
    is_down = bool((steps == -1).all()) and values[-1] in (0, 1)
    return is_up or is_down


def _are_whole(values: NDArray[np.float64]) -> bool:
    numbers = values[~np.isnan(values)]
    return bool((numbers == np.round(numbers)).all())


def _repeats_dates(values: NDArray[np.float64], dates: "pd.Series[pd.Timestamp]") -> bool:
    """Whether values are the dates of their rows as epochs or as years with decimals."""
    moments = dates.to_numpy().astype("datetime64[us]")
    is_known = ~np.isnat(moments) & ~np.isnan(values)
    if is_known.sum() < MIN_COUNTED_ROWS:
        return False
    dated_values = values[is_known]
    seconds = moments[is_known].astype(np.int64) / 1e6
    for ticks in TICKS_PER_SECOND:
        if np.abs(dated_values / ticks - seconds).max() <= MAX_EPOCH_DIFFERENCE:
            return bool(dated_values.min() != dated_values.max())
    days = seconds / SECONDS_PER_DAY
    years = 1970 + days / 365.2425
    is_year = bool(np.abs(dated_values - years).max() <= MAX_YEAR_DIFFERENCE)
    return is_year and not _are_whole(dated_values)

"""Columns that may name the series of a file, and those that may be a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import pandas as pd

from app.domain.csv_reading.numbers.parsing import parse_numbers
from app.domain.csv_reading.several.keys import Codes, KeyColumn, combine_codes, name_codes

KEY_NAME = re.compile(
    r"^(\w+[ _-])?(entity|sensor|device|station|symbol|ticker|stock|meter|site|store|shop|item|sku"
    r"|product|country|geo|region|state|city|area|location|variable|indicator|parameter"
    r"|measurement|metric|field|series|name|table|dept|department|category|family|currency|pair"
    r"|isin|unit|id|code)s?([ _-]?(id|name|code|no|nr|nbr|key|number))?$",
    re.IGNORECASE,
)
OWN_KEY_NAME = re.compile(  # names series even where no date repeats
    r"^(entity|sensor|device|station|symbol|ticker|meter|store|item|sku|series|variable|indicator"
    r"|parameter|measurement)s?([ _-]?(id|name|code|no|nr|nbr|key|number))?$",
    re.IGNORECASE,
)
TIME_NAME = re.compile(
    r"date|time|(^|[^a-z])(day|hour|hr|he|minute|second|week|month|quarter|year|period)s?($|[^a-z])"
    r"|datum|zeit|stunde|jahr|monat|fecha|hora",
    re.IGNORECASE,
)
TIME_CELL = re.compile(r"^\d{1,4}[-/.:]\d{1,2}([-/.:T ]|$)")
MAX_CANDIDATES = 24
MAX_NUMBER_NAMES = 10_000  # different whole numbers in a column that names series
MAX_NAME_LENGTH = 200
MIN_ROWS_PER_NAME = 3
SAMPLED_NAMES = 50


@dataclass(frozen=True)
class Candidate:
    """A column that may name series."""

    column: KeyColumn
    is_named: bool
    is_text: bool

    @property
    def is_plain_number(self) -> bool:
        """Whether it has numbers, and no name that says what they are."""
        return not self.is_text and not self.is_named


def find_candidates(
    cells: pd.DataFrame, left_out: Sequence[str], do_names_repeat: bool
) -> list[Candidate]:
    """Columns of text or small whole numbers with several values, those called like keys first.

    Of columns that tell the same rows apart only the first is taken.
    """
    candidates = []
    for name in cells.columns:
        is_time = do_names_repeat and TIME_NAME.search(str(name))
        if name in left_out or is_time:
            continue
        candidate = _read_candidate(str(name), cells[name], do_names_repeat)
        if candidate is not None:
            candidates.append(candidate)
    candidates.sort(key=lambda candidate: (not candidate.is_text, not candidate.is_named))
    different: dict[bytes, Candidate] = {}
    for candidate in candidates:
        partition = sha256(candidate.column.codes.tobytes()).digest()
        different.setdefault(partition, candidate)
    return list(different.values())[:MAX_CANDIDATES]


def _read_candidate(name: str, cells: "pd.Series[str]", do_names_repeat: bool) -> Candidate | None:
    is_text = not pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_bool_dtype(cells)
    if not is_text and not _are_small_whole_numbers(cells):
        return None
    codes, values = pd.factorize(cells, use_na_sentinel=False)
    different = len(values)
    if different < 2:
        return None
    if do_names_repeat and different * MIN_ROWS_PER_NAME > len(cells):
        return None
    if not is_text and different > MAX_NUMBER_NAMES:
        return None
    column = name_codes(name, codes, values)
    if is_text and all(text.isdecimal() for text in column.texts):
        is_text = False  # 007 is a number of a store as 7 is
    if is_text and not _are_names(column.texts):
        return None
    is_named = KEY_NAME.match(name.strip("<>[]_ ")) is not None
    return Candidate(column, is_named, is_text)


def _are_small_whole_numbers(cells: "pd.Series[str]") -> bool:
    numbers = cells.to_numpy(dtype=np.float64)
    numbers = numbers[~np.isnan(numbers)]
    if not len(numbers):
        return False
    if numbers.min() < 0 or numbers.max() > 1e15:
        return False
    return bool((numbers == np.floor(numbers)).all())


def _are_names(texts: Sequence[str]) -> bool:
    """Whether most of these are neither numbers nor dates, nor whole sentences."""
    every = max(1, len(texts) // SAMPLED_NAMES)
    sample = [text for text in texts[::every] if text]
    if not sample:
        return False
    is_number = ~np.isnan(parse_numbers(sample, ".", ","))
    names = 0
    for text, is_value in zip(sample, is_number, strict=True):
        is_name = not is_value and not TIME_CELL.match(text) and len(text) <= MAX_NAME_LENGTH
        names += is_name
    return 2 * names > len(sample)


def find_times(cells: pd.DataFrame, dates: Codes, left_out: Sequence[str]) -> list[str]:
    """Columns that are called after a time, and with which no date repeats."""
    times = []
    for name in cells.columns:
        if name in left_out or not TIME_NAME.search(str(name)):
            continue
        codes, _ = pd.factorize(cells[name], use_na_sentinel=False)
        pairs = combine_codes([dates, codes])
        if int(pairs.max()) + 1 == len(cells):
            times.append(str(name))
    return times

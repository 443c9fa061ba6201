"""Which columns name the series of a file with several: those with which no date repeats."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.keys import Codes, KeyColumn, combine_codes, name_codes
from app.domain.csv_reading.numbers import parse_numbers

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
SAMPLED_ROWS = 20_000
MAX_CANDIDATES = 24
MAX_KEY_COLUMNS = 8
MAX_NUMBER_NAMES = 10_000  # different whole numbers in a column that names series
MAX_NAME_LENGTH = 200
MIN_ROWS_PER_SERIES = 2
MIN_ROWS_PER_NAME = 3
MAX_REPEATED = 0.01  # fraction of the rows whose date repeats inside its series
MIN_DENSITY = 0.1  # of all pairs of a series and a date, those that have a row
SAMPLED_NAMES = 50


class KeyRank(NamedTuple):
    """How much columns look like the names of series; the larger, the better, in this order."""

    named: int
    texts: int
    density: float  # of all pairs of a series and a date, those that have a row


@dataclass(frozen=True)
class Candidate:
    """A column that may name series."""

    column: KeyColumn
    is_named: bool
    is_text: bool


Key = tuple[Candidate, ...]


def find_key_columns(
    cells: pd.DataFrame,
    dates: Codes,
    left_out: Sequence[str] = (),
    min_rows_per_series: int = MIN_ROWS_PER_SERIES,
) -> tuple[KeyColumn, ...] | None:
    """The smallest set of columns with which hardly any date repeats; None without one.

    dates: a number for each row, equal where the dates are. left_out: columns that cannot be keys.
    """
    do_names_repeat = min_rows_per_series > 1
    candidates = find_candidates(cells, left_out, do_names_repeat)
    if not candidates:
        return None
    search = _KeySearch(candidates, dates, min_rows_per_series)
    keys = search.smallest_keys()
    if not keys:
        return None
    best = max(keys, key=lambda key: _rank(key, dates))
    return tuple(candidate.column for candidate in best)


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


def _sample_rows(dates: Codes) -> NDArray[np.int64]:
    """Rows of some dates, all rows of each."""
    every = max(1, len(dates) // SAMPLED_ROWS)
    is_sampled = dates % every == 0
    return np.flatnonzero(is_sampled)


class _KeySearch:
    """Looks for keys in a sample of the dates first, since most columns are none."""

    def __init__(
        self, candidates: Sequence[Candidate], dates: Codes, min_rows_per_series: int
    ) -> None:
        self.candidates = candidates
        self.dates = dates
        self.min_rows_per_series = min_rows_per_series
        sample = _sample_rows(dates)
        self.sampled_dates = dates[sample]
        self.sampled_codes = {}
        for candidate in candidates:
            self.sampled_codes[candidate.column.name] = candidate.column.codes[sample]

    def smallest_keys(self) -> list[Key]:
        """All keys of one column, else all of two, else one of more."""
        for width in (1, 2):
            possible_keys = itertools.combinations(self.candidates, width)
            keys = [key for key in possible_keys if self.is_key(key)]
            if keys:
                return keys
        key = tuple(self.candidates)
        if not self.tells_apart(key):
            return []
        for candidate in reversed(self.candidates):
            shorter_key = tuple(other for other in key if other is not candidate)
            if self.tells_apart(shorter_key):
                key = shorter_key
        if len(key) > MAX_KEY_COLUMNS or not self.is_key(key):
            return []
        return [key]

    def tells_apart(self, key: Key) -> bool:
        """Whether hardly any date of the sample repeats in a series."""
        codes = [self.sampled_codes[candidate.column.name] for candidate in key]
        return _repeated_fraction(self.sampled_dates, codes) <= MAX_REPEATED

    def is_key(self, key: Key) -> bool:
        """The same for all rows, whose series have enough of them."""
        if not self.tells_apart(key):
            return False
        codes = [candidate.column.codes for candidate in key]
        if _repeated_fraction(self.dates, codes) > MAX_REPEATED:
            return False
        n_series = int(combine_codes(codes).max()) + 1
        if n_series * self.min_rows_per_series > len(self.dates):
            return False
        return _may_be_key(key, self.dates)


def _may_be_key(key: Key, dates: Codes) -> bool:
    """Whether columns that are not called keys, or are numbers, are there on enough dates.

    By chance, three columns of remarks tell rows of one date apart, too.
    """
    if all(candidate.is_named for candidate in key):
        return True
    if len(key) == 1 and key[0].is_text:
        return True
    return _rank(key, dates).density >= MIN_DENSITY


def _repeated_fraction(dates: Codes, columns: Sequence[Codes]) -> float:
    """Of all rows, those whose date was there before in the same series."""
    if not len(dates):
        return 0.0
    combined = combine_codes([dates, *columns])
    different = int(combined.max()) + 1
    return 1 - different / len(dates)


def _rank(key: Key, dates: Codes) -> KeyRank:
    codes = combine_codes([candidate.column.codes for candidate in key])
    n_series = int(codes.max()) + 1
    n_dates = int(dates.max()) + 1
    return KeyRank(
        named=sum(candidate.is_named for candidate in key),
        texts=sum(candidate.is_text for candidate in key),
        density=round(len(dates) / (n_series * n_dates), 3),
    )

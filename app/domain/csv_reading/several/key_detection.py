"""Which columns name the series of a file with several: those with which no date repeats."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from app.domain.csv_reading.several.key_candidates import Candidate, find_candidates, find_times
from app.domain.csv_reading.several.keys import Codes, KeyColumn, combine_codes

SAMPLED_ROWS = 20_000
MAX_KEY_COLUMNS = 8
MIN_DENSITY = 0.1  # of all pairs of a series and a date, those that have a row
MIN_ORDERED = 0.9  # of the rows of a date, those in the order of their numbers
Key = tuple[Candidate, ...]


@dataclass(frozen=True)
class KeyRules:
    """What makes columns a key.

    min_rows_per_series: on average. max_repeated: of the rows, those whose date may repeat in
    their series; allowed_rows: so many may do so in a small file.
    """

    min_rows_per_series: int
    max_repeated: float
    allowed_rows: int

    def allowed_fraction(self, rows: int) -> float:
        """Of so many rows, those whose date may repeat."""
        few_rows = min(5 * self.max_repeated, self.allowed_rows / max(1, rows))
        return max(self.max_repeated, few_rows)


OF_ROWS = KeyRules(min_rows_per_series=2, max_repeated=0.01, allowed_rows=3)
OF_LINES = KeyRules(min_rows_per_series=1, max_repeated=0.0, allowed_rows=0)


class KeyRank(NamedTuple):
    """How much columns look like the names of series; the larger, the better, in this order."""

    named: int
    texts: int
    density: float  # of all pairs of a series and a date, those that have a row


def find_key_columns(
    cells: pd.DataFrame, dates: Codes, left_out: Sequence[str] = (), rules: KeyRules = OF_ROWS
) -> tuple[KeyColumn, ...] | None:
    """The smallest set of columns with which hardly any date repeats; None without one.

    dates: a number for each row, equal where the dates are. left_out: columns that cannot be keys.
    """
    do_names_repeat = rules.min_rows_per_series > 1
    candidates = find_candidates(cells, left_out, do_names_repeat)
    if not candidates:
        return None
    search = _KeySearch(candidates, dates, rules)
    keys = search.smallest_keys()
    if any(_has_plain_number(key) for key in keys):
        keys = _without_values(keys, cells, dates, left_out)
    if not keys:
        return None
    best = max(keys, key=lambda key: _rank(key, dates))
    columns = {candidate.column.name: candidate.column for candidate in best}
    return tuple(columns[name] for name in cells.columns if name in columns)


def _without_values(
    keys: Sequence[Key], cells: pd.DataFrame, dates: Codes, left_out: Sequence[str]
) -> list[Key]:
    """The keys without those that may be values or times: numbers that nothing calls a key."""
    times = find_times(cells, dates, left_out)
    number_columns = {name for name in cells.columns if pd.api.types.is_numeric_dtype(cells[name])}
    left = []
    for key in keys:
        names = {candidate.column.name for candidate in key}
        has_values = bool(number_columns - names - set(left_out))
        if not _has_plain_number(key) or (has_values and not times):
            left.append(key)
    return left


def _sample_rows(dates: Codes) -> NDArray[np.int64]:
    """Rows of some dates, all rows of each."""
    every = max(1, len(dates) // SAMPLED_ROWS)
    is_sampled = dates % every == 0
    return np.flatnonzero(is_sampled)


class _KeySearch:
    """Looks for keys in a sample of the dates first, since most columns are none."""

    def __init__(self, candidates: Sequence[Candidate], dates: Codes, rules: KeyRules) -> None:
        self.candidates = candidates
        self.dates = dates
        self.rules = rules
        sample = _sample_rows(dates)
        self.sampled_dates = dates[sample]
        self.sampled_codes = {}
        for candidate in candidates:
            self.sampled_codes[candidate.column.name] = candidate.column.codes[sample]

    def smallest_keys(self) -> list[Key]:
        """All keys of one column, else all of two, else one of more; none where none is needed."""
        if self.repeats_little(self.dates, []):
            return []
        for width in (1, 2):
            possible_keys = itertools.combinations(self.candidates, width)
            keys = [key for key in possible_keys if self.is_key(key)]
            if keys:
                return self.exact_keys() or keys
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

    def exact_keys(self) -> list[Key]:
        """The keys of one or two columns that are called so, and with which no date repeats."""
        named = [candidate for candidate in self.candidates if candidate.is_named]
        for width in (1, 2):
            possible_keys = itertools.combinations(named, width)
            keys = [key for key in possible_keys if self.is_key(key)]
            keys = [key for key in keys if _count_repeated(self.dates, _codes_of(key)) == 0]
            if keys:
                return keys
        return []

    def tells_apart(self, key: Key) -> bool:
        """Whether hardly any date of the sample repeats in a series."""
        codes = [self.sampled_codes[candidate.column.name] for candidate in key]
        return self.repeats_little(self.sampled_dates, codes)

    def repeats_little(self, dates: Codes, codes: Sequence[Codes]) -> bool:
        """Whether few enough dates repeat in their series."""
        allowed_rows = self.rules.allowed_fraction(len(dates)) * len(dates)
        return _count_repeated(dates, codes) <= allowed_rows

    def is_key(self, key: Key) -> bool:
        """The same for all rows, whose series have enough of them."""
        if not self.tells_apart(key):
            return False
        codes = _codes_of(key)
        if not self.repeats_little(self.dates, codes):
            return False
        n_series = int(combine_codes(codes).max()) + 1
        if n_series * self.rules.min_rows_per_series > len(self.dates):
            return False
        return _may_be_key(key, self.dates)


def _codes_of(key: Key) -> list[Codes]:
    return [candidate.column.codes for candidate in key]


def _has_plain_number(key: Key) -> bool:
    return any(candidate.is_plain_number for candidate in key)


def _may_be_key(key: Key, dates: Codes) -> bool:
    """Whether columns that are not called keys have rows on enough dates, numbers in order.

    By chance, three columns of remarks tell rows of one date apart, and values do, too.
    """
    if all(candidate.is_named for candidate in key):
        return True
    if len(key) == 1 and key[0].is_text:
        return True
    if _rank(key, dates).density < MIN_DENSITY:
        return False
    return not _has_plain_number(key) or _are_in_order(key, dates)


def _are_in_order(key: Key, dates: Codes) -> bool:
    """Whether series are below one another, or each date has them in the order of their numbers."""
    codes = combine_codes(_codes_of(key))
    ranks = np.zeros(len(dates), np.int64)
    for candidate in key:
        ranks = ranks * len(candidate.column.texts) + _rank_names(candidate.column)
    is_same_date = dates[1:] == dates[:-1]
    if 2 * is_same_date.sum() < len(dates):
        changes = int((codes[1:] != codes[:-1]).sum())
        return changes < 2 * (int(codes.max()) + 1)
    rises = (ranks[1:] > ranks[:-1])[is_same_date].mean()
    return bool(rises >= MIN_ORDERED or rises <= 1 - MIN_ORDERED)


def _rank_names(column: KeyColumn) -> Codes:
    """For each row the place of its name in their order: that of numbers, where they are some."""
    names = np.array(column.texts, dtype=object)
    if all(text.isdecimal() for text in column.texts):
        names = names.astype(np.float64)
    places = np.empty(len(names), np.int64)
    places[np.argsort(names, kind="stable")] = np.arange(len(names))
    return places[column.codes]


def _count_repeated(dates: Codes, columns: Sequence[Codes]) -> int:
    """How many rows have a date that was there before in the same series."""
    if not len(dates):
        return 0
    combined = combine_codes([dates, *columns])
    return len(dates) - int(combined.max()) - 1


def _rank(key: Key, dates: Codes) -> KeyRank:
    codes = combine_codes([candidate.column.codes for candidate in key])
    n_series = int(codes.max()) + 1
    n_dates = int(dates.max()) + 1
    return KeyRank(
        named=sum(candidate.is_named for candidate in key),
        texts=sum(candidate.is_text for candidate in key),
        density=round(len(dates) / (n_series * n_dates), 3),
    )

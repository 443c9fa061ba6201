"""Which columns of a CSV are the date, and the format they are written in."""

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from app.domain.csv_reading.dates.candidates import are_numbers, candidate_formats
from app.domain.csv_reading.dates.columns import (
    DATE_NAME,
    Cells,
    JoinedColumns,
    find_parts,
    find_times,
    join_cells,
)
from app.domain.csv_reading.dates.counts import COUNTS, DECIMAL_YEARS
from app.domain.csv_reading.dates.parsing import parse_dates
from app.domain.csv_reading.dates.ranking import (
    MIN_DATE_FRACTION,
    Ranking,
    go_on_or_stay,
    is_plausible,
    rank_formats,
)
from app.domain.csv_reading.numbers.parsing import is_missing

NO_TIME_NAME = re.compile(r"(^|[^a-z])ids?$|count|total|bytes|volume|amount|sum", re.IGNORECASE)
SPREAD_ROWS = 2000  # of a long file, that usually settle what its first rows do not
MAX_CANDIDATES = 20  # columns of dates that are compared
MIN_CELLS = 2
TIME_OF_DAY_FIELDS = ("%H", "%I", "%T", "%N")
ReadColumns = Callable[[Sequence[str]], "list[pd.Series[str]]"]


@dataclass(frozen=True)
class DateReading:
    """The date columns and the format of their joined cells; None where it is in no known one."""

    columns: tuple[str, ...] = ()
    date_format: str | None = None


@dataclass
class Candidate:
    """Columns that read as dates, with the formats that fit."""

    indexes: tuple[int, ...]
    ranking: Ranking
    named: bool
    rows: int
    distinct: float = field(init=False)

    def __post_init__(self) -> None:
        moments = self.ranking.best.moments
        self.distinct = len(set(moments.tolist())) / max(1, len(moments))

    @property
    def varies(self) -> bool:
        """Whether not all rows have the same date."""
        return self.rows == 1 or self.distinct * self.rows > 1.5

    @property
    def rank(self) -> tuple[bool, float, bool, int, int]:
        """The larger, the better: named; each row its own date; exact; few columns."""
        is_exact = self.ranking.best.date_format != DECIMAL_YEARS
        return (
            self.named,
            round(self.distinct, 1),
            is_exact,
            -len(self.indexes),
            -self.indexes[0],
        )


def detect_dates(
    names: Sequence[str], body: Sequence[Sequence[str]], read_columns: ReadColumns | None = None
) -> DateReading:
    """The date of a table from its sampled rows.

    read_columns: the cells of all rows of some columns, for what the sample does not decide.
    """
    columns = split_columns(names, body)
    candidates = [item for item in _find_candidates(names, columns) if item.varies]
    if not candidates:
        return _detect_mixed(names, columns)
    best = max(candidates, key=lambda candidate: candidate.rank)
    chosen_names = tuple(names[index] for index in best.indexes)
    ranking = _settle(best.ranking, chosen_names, read_columns)
    return DateReading(chosen_names, ranking.best.date_format)


def _detect_mixed(names: Sequence[str], columns: Sequence[Cells]) -> DateReading:
    """A column of dates in several formats, with the commonest; the lines of others are said."""
    for index, name in enumerate(names):
        filled = [cell for cell in columns[index] if cell]
        named = bool(DATE_NAME.search(name))
        is_candidate = len(set(filled)) > 1 and not are_numbers(filled) and (index == 0 or named)
        if not is_candidate:
            continue
        date_format = most_common_format(filled)
        if date_format is None:
            continue
        moments = parse_dates(pd.Series(filled, dtype="str"), date_format).to_numpy()
        if named or go_on_or_stay(moments):
            return DateReading((name,), date_format)
    return DateReading()


def most_common_format(cells: Cells) -> str | None:
    """The format most cells have in a column of dates that are written in several ways."""
    column = pd.Series(list(cells), dtype="str")
    formats = [name for name in candidate_formats(cells, "", named=False) if name not in COUNTS]
    reads = {name: parse_dates(column, name).notna().to_numpy() for name in formats}
    if not reads:
        return None
    are_dates = np.logical_or.reduce(list(reads.values()))
    if are_dates.mean() < MIN_DATE_FRACTION:
        return None
    return max(formats, key=lambda name: int(reads[name].sum()))


def detect_format(
    names: Sequence[str],
    body: Sequence[Sequence[str]],
    chosen: Sequence[str],
    read_columns: ReadColumns | None = None,
) -> DateReading:
    """The format of columns that a person has chosen, which are called dates thereby."""
    columns = split_columns(names, body)
    indexes = [names.index(name) for name in chosen]
    formats = []
    if len(chosen) > 1:
        formats = _joined_formats(names, columns, indexes)
    cells = [cell for cell in join_cells(columns, indexes) if cell]
    formats += candidate_formats(cells, " ".join(chosen), named=True)
    ranking = rank_formats(pd.Series(cells, dtype="str"), dict.fromkeys(formats))
    if ranking is None:
        return DateReading(tuple(chosen))
    ranking = _settle(ranking, chosen, read_columns)
    return DateReading(tuple(chosen), ranking.best.date_format)


def detect_date_format(cells: Sequence[str], *, named: bool) -> str | None:
    """The format of the cells of one column, None where they are no dates.

    named: whether the column is called a date.
    """
    filled = [cell for cell in cells if not is_missing(cell)]
    formats = candidate_formats(filled, "", named=named)
    ranking = rank_formats(pd.Series(filled, dtype="str"), formats)
    if ranking is None or not is_plausible(ranking, filled, named=named):
        return None
    return ranking.best.date_format


def split_columns(names: Sequence[str], body: Sequence[Sequence[str]]) -> list[Cells]:
    """The cells of each column, "" where there is no value."""
    columns: list[Cells] = []
    for index in range(len(names)):
        cells = []
        for row in body:
            cell = row[index].strip() if index < len(row) else ""
            cells.append("" if is_missing(cell) else cell)
        columns.append(cells)
    return columns


def is_running_number(cells: Cells) -> bool:
    """Whether a column counts its rows: 0, 1, 2, …"""
    numbers = []
    for cell in cells:
        whole = cell.removesuffix(".0")
        if not whole.isdecimal() or len(whole) > 12:
            return False
        numbers.append(int(whole))
    steps = {after - before for before, after in itertools.pairwise(numbers)}
    return steps == {1} and numbers[0] in (0, 1)


def _find_candidates(names: Sequence[str], columns: Sequence[Cells]) -> list[Candidate]:
    candidates: list[Candidate] = []
    for parts in find_parts(names, columns):
        named = "%b" in parts.formats[0] or not names[0].startswith("Column ")
        candidates += _try_joined(parts, columns, named=named)
    in_order = sorted(range(len(names)), key=lambda index: not DATE_NAME.search(names[index]))
    for index in in_order:
        if len(candidates) >= MAX_CANDIDATES:
            break
        name = names[index]
        named = bool(DATE_NAME.search(name))
        filled = [cell for cell in columns[index] if cell]
        if len(filled) < min(MIN_CELLS, len(columns[index])) or is_running_number(filled):
            continue
        formats = candidate_formats(filled, name, named=named)
        ranking = rank_formats(pd.Series(filled, dtype="str"), formats)
        if ranking is None or not is_plausible(ranking, filled, named=named):
            continue
        is_count = ranking.best.date_format in COUNTS
        if is_count and not named and (index > 0 or NO_TIME_NAME.search(name)):
            continue
        candidates.append(Candidate((index,), ranking, named, len(filled)))
        whole_days = _formats_without_time(ranking)
        with_times: list[Candidate] = []
        for joined in find_times(names, columns, index, whole_days):
            with_times += _try_joined(joined, columns, named=named)
        candidates += _drop_without_zone(with_times)
    return candidates


def _drop_without_zone(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates without those whose rows only another one, with a zone, tells apart."""
    kept = []
    for candidate in candidates:
        is_surpassed = any(
            set(candidate.indexes) < set(other.indexes) and candidate.distinct < other.distinct
            for other in candidates
        )
        if not is_surpassed:
            kept.append(candidate)
    return kept


def _formats_without_time(ranking: Ranking) -> list[str]:
    formats = []
    for fit in (ranking.best, *ranking.rivals):
        is_count = fit.date_format in COUNTS
        if not is_count and not any(part in fit.date_format for part in TIME_OF_DAY_FIELDS):
            formats.append(fit.date_format)
    return formats


def _try_joined(joined: JoinedColumns, columns: Sequence[Cells], *, named: bool) -> list[Candidate]:
    cells = [cell for cell in join_cells(columns, joined.indexes) if cell]
    ranking = rank_formats(pd.Series(cells, dtype="str"), joined.formats)
    if ranking is None:
        return []
    candidate = Candidate(joined.indexes, ranking, named, len(cells))
    is_guessed = not named and len(joined.indexes) > 1
    if is_guessed and (candidate.distinct < 1 or ranking.best.order < 1):
        return []
    return [candidate]


def _joined_formats(
    names: Sequence[str], columns: Sequence[Cells], indexes: Sequence[int]
) -> list[str]:
    """Formats of columns that were chosen together, in this order."""
    formats: list[str] = []
    for joined in find_parts(names, columns):
        if joined.indexes == tuple(indexes):
            formats += joined.formats
    first = [cell for cell in columns[indexes[0]] if cell]
    ranking = rank_formats(
        pd.Series(first, dtype="str"), candidate_formats(first, names[indexes[0]], named=True)
    )
    if ranking is not None:
        for joined in find_times(names, columns, indexes[0], _formats_without_time(ranking)):
            if joined.indexes == tuple(indexes):
                formats += joined.formats
    return formats


def _settle(ranking: Ranking, names: Sequence[str], read_columns: ReadColumns | None) -> Ranking:
    """The ranking by all rows where the sample leaves rivals."""
    if not ranking.rivals or read_columns is None:
        return ranking
    formats = [fit.date_format for fit in (ranking.best, *ranking.rivals)]
    columns = read_columns(names)
    if not columns:
        return ranking
    joined = columns[0]
    for column in columns[1:]:
        joined = joined.str.cat(column, sep=" ")
    filled = joined.dropna()
    every = max(1, len(filled) // SPREAD_ROWS)
    for part in (filled[::every], filled):
        settled = rank_formats(part, formats)
        if settled is not None and not settled.rivals:
            return settled
    return settled or ranking

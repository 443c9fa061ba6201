"""The seasons of a dataset: detected when it is stored, shown in words, and corrected."""

import math
import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.db.models import Dataset
from app.domain.calendar_inputs import Cycle
from app.domain.csv_reading.series import Dates, Series
from app.domain.seasons import (
    MAX_SEASON_LENGTH,
    MAX_SEASONS,
    SeasonLengths,
    calendar_lengths,
    detect_season_lengths,
    season_lags,
)
from app.domain.texts import join_words
from app.errors import FieldProblem, Invalid
from app.services import datasets

FIELD = "season_lengths"
NO_SEASONS = ("", "none")
CYCLE_NAMES = {Cycle.DAY: "a day", Cycle.WEEK: "a week", Cycle.YEAR: "a year"}


def detect(series: Series) -> SeasonLengths:
    """The season lengths of the target, in rows."""
    return detect_season_lengths(series.dates, series.target_values)


def lengths_of(session: Session, dataset: Dataset) -> SeasonLengths:
    """The stored season lengths; of a dataset of an earlier version, those that are detected."""
    if dataset.season_lengths is not None:
        return tuple(dataset.season_lengths)
    return detect(datasets.series(session, dataset))


def correct(dataset: Dataset, lengths: Sequence[float]) -> None:
    """Store other season lengths, of which there may be none. Raises Invalid.

    Experiments that exist keep the lengths that they were made with.
    """
    problem = _find_problem(lengths, dataset.rows)
    if problem is not None:
        raise Invalid([FieldProblem((FIELD,), problem)])
    dataset.season_lengths = sorted(lengths)


def parse_lengths(text: str) -> tuple[float, ...]:
    """The numbers of a text such as "24, 168"; "none" has none. Raises Invalid."""
    if text.strip().lower() in NO_SEASONS:
        return ()
    try:
        return tuple(float(word) for word in re.split(r"[\s,;]+", text.strip(" \t\r\n,;")))
    except ValueError:
        message = "Name numbers of rows, separated by commas, such as 24, 168; or none."
        raise Invalid([FieldProblem((FIELD,), message)]) from None


def format_lengths(lengths: Sequence[float]) -> str:
    """The inverse of `parse_lengths`."""
    return ", ".join(f"{length:g}" for length in lengths) or "none"


def describe(session: Session, dataset: Dataset) -> str:
    """The seasons of a dataset in a sentence, and where they are from."""
    series = datasets.series(session, dataset)
    lengths = lengths_of(session, dataset)
    detected = detect(series)
    if lengths == detected:
        if not lengths:
            return "No season was found in the dates and the autocorrelation."
        words = _list_lengths(lengths, series.dates)
        return f"Seasons: {words}, found in the dates and the autocorrelation."
    words = _list_lengths(lengths, series.dates)
    detected_words = _list_lengths(detected, series.dates)
    return f"Seasons: {words}, as set here. Found in the series: {detected_words}."


def _list_lengths(lengths: Sequence[float], dates: Dates) -> str:
    names = {}
    for cycle, length in calendar_lengths(dates).items():
        names[round(length)] = CYCLE_NAMES[cycle]
    words = []
    for length in lengths:
        name = names.get(round(length))
        note = f" ({name})" if name else ""
        words.append(f"{length:g} rows{note}")
    return join_words(words or ["none"])


def _find_problem(lengths: Sequence[float], rows: int) -> str | None:
    """Why these cannot be the season lengths of so many rows."""
    if len(lengths) > MAX_SEASONS:
        return f"A dataset has at most {MAX_SEASONS} seasons, not {len(lengths)}."
    longest = min(MAX_SEASON_LENGTH, rows // 2)
    for length in lengths:
        if not math.isfinite(length) or not 2 <= length <= longest:
            return (
                f"A season has between 2 and {longest:,} rows here: at least two of it are in the "
                f"series. {length:g} is not possible."
            )
    if len(season_lags(lengths)) < len(lengths):
        return "Each season is named once."
    return None

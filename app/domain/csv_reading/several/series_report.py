"""What is said about a file with several series, and the choices that are offered."""

from collections.abc import Sequence

import numpy as np

from app.domain.csv_reading.findings import Finding, FindingKind, list_names, shorten_cell
from app.domain.csv_reading.layout.table_place import MAX_COLUMNS
from app.domain.csv_reading.series import Choice, FileProblem
from app.domain.csv_reading.several.keys import (
    EVERY_SERIES,
    ONE_SERIES,
    WIDE,
    Codes,
    SeriesIndex,
    format_key,
)
from app.domain.csv_reading.several.series_detection import DetectedSeries

MAX_CHOICES = 500
MAX_NAMED_SERIES = 5
MAX_DATASETS = 50  # that one file becomes at once


def offer_series(
    detected: DetectedSeries, sizes: Codes, unit: str, columns_of_values: int
) -> Finding:
    """The question which series is meant. sizes: how many rows or values (`unit`) each has."""
    index = detected.index
    order = _largest_first(sizes)
    shown = [_count(index, number, sizes, unit) for number in order[:MAX_NAMED_SERIES]]
    more = len(index) - len(shown)
    if more:
        shown.append(f"{more:,} more")
    columns = list_names([column.name for column in index.columns])
    advice = "Choose one of them."
    if len(index) <= MAX_DATASETS:
        advice = "Choose one of them, or all: each becomes a dataset of its own."
    return Finding(
        kind=FindingKind.SERIES,
        column="",
        message=f"The file has {len(index):,} series, told apart by {columns}: "
        f"{', '.join(shown)}. {advice}",
        field="key",
        choices=(
            *_name_choices(index, _order_choices(sizes), sizes, unit),
            *_common_choices(detected, columns_of_values),
        ),
    )


def report_taken_series(
    detected: DetectedSeries, taken: int, sizes: Codes, unit: str, columns_of_values: int
) -> Finding:
    """The series that was chosen, with the others as choices."""
    index = detected.index
    others = [number for number in _order_choices(sizes) if number != taken]
    columns = list_names([column.name for column in index.columns])
    taken_name = shorten_cell(index.name_of(taken))
    return Finding(
        kind=FindingKind.SKIPPED,
        column="",
        message=f'Of {len(index):,} series in the file, the one whose {columns} is "{taken_name}" '
        f"was taken: {sizes[taken]:,} of {sizes.sum():,} {unit}.",
        field="key",
        choices=(
            *_name_choices(index, [taken, *others], sizes, unit),
            *_common_choices(detected, columns_of_values),
        ),
    )


def report_taken_columns(detected: DetectedSeries, sizes: Codes, unit: str) -> Finding:
    """All series, taken as columns."""
    index = detected.index
    columns = list_names([column.name for column in index.columns])
    order = _order_choices(sizes)
    as_columns, *others = _common_choices(detected, columns_of_values=1)
    return Finding(
        kind=FindingKind.SKIPPED,
        column="",
        message=f"The {len(index):,} series, told apart by {columns}, are columns.",
        field="key",
        choices=(as_columns, *_name_choices(index, order, sizes, unit), *others),
    )


def explain_unknown_key(index: SeriesIndex, key: Sequence[str], sizes: Codes) -> FileProblem:
    """Why there is no such series in the file, and which there are."""
    order = _largest_first(sizes)
    shown = [shorten_cell(index.name_of(number)) for number in order[:MAX_NAMED_SERIES]]
    more = len(index) - len(shown)
    if more:
        shown.append(f"{more:,} more")
    columns = list_names([column.name for column in index.columns])
    return FileProblem(
        "key",
        f'The file has no series whose {columns} is "{shorten_cell(format_key(key))}". '
        f"It has: {', '.join(shown)}.",
        _name_choices(index, _order_choices(sizes), sizes, "rows"),
    )


def _order_choices(sizes: Codes) -> list[int]:
    """The order of the choices: that of the file, or the largest first where not all are shown."""
    if len(sizes) > MAX_CHOICES:
        return _largest_first(sizes)
    return list(range(len(sizes)))


def _largest_first(sizes: Codes) -> list[int]:
    order = np.argsort(-sizes, kind="stable")
    return [int(number) for number in order]


def _name_choices(
    index: SeriesIndex, order: Sequence[int], sizes: Codes, unit: str
) -> tuple[Choice, ...]:
    choices = []
    for number in order[:MAX_CHOICES]:
        label = _count(index, number, sizes, unit)
        choices.append(Choice(index.name_of(number), label))
    return tuple(choices)


def _common_choices(detected: DetectedSeries, columns_of_values: int) -> list[Choice]:
    """What can be made of all series together."""
    n_series = len(detected.index)
    choices = []
    if 0 < columns_of_values * n_series <= MAX_COLUMNS:
        choices.append(Choice(WIDE, f"each of the {n_series:,} series as columns of one dataset"))
    if n_series <= MAX_DATASETS:
        choices.append(Choice(EVERY_SERIES, f"all {n_series:,}, each as a dataset of its own"))
    if detected.may_be_one:
        choices.append(Choice(ONE_SERIES, "all rows as one series"))
    return choices


def _count(index: SeriesIndex, number: int, sizes: Codes, unit: str) -> str:
    name = shorten_cell(index.name_of(number))
    return f"{name} ({sizes[number]:,} {unit})"

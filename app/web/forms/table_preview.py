"""A table as the page of its upload shows it: small, however many rows it has."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from app.domain.csv_reading.findings import Finding, FindingKind, format_duration
from app.domain.csv_reading.table import Table
from app.domain.csv_reading.targets import default_features, guess_target
from app.web.charts.figures import Figure
from app.web.charts.series import series_figure

MAX_SHOWN_COLUMNS = 20
EMPTY_FIGURE: Figure = {"data": [], "layout": {}}


@dataclass(frozen=True)
class Column:
    """One column as the preview shows it. kind: date, number or text."""

    name: str
    kind: str
    low: str
    high: str
    missing: int


@dataclass(frozen=True)
class TablePreview:
    """What the page shows of a table.

    head: the first rows as they stand in the file. gap: the longest time between two rows, and the
    usual one. figure: the target over its dates.
    """

    rows: int
    columns: tuple[str, ...]
    number_columns: list[str]
    varying_columns: tuple[str, ...]
    likely_target: str
    findings: list[Finding]
    head: list[list[str]]
    described_columns: list[Column]
    gap: str
    figure: Figure

    @classmethod
    def of(cls, table: Table, target: str | None) -> "TablePreview":
        """The preview of a table whose target is chosen, or the likeliest one."""
        likely_target = guess_target(table)
        shown_names = table.columns[:MAX_SHOWN_COLUMNS]
        return cls(
            rows=table.rows,
            columns=table.columns,
            number_columns=table.number_columns,
            varying_columns=_varying_columns(table),
            likely_target=likely_target,
            findings=[replace(finding, lines=()) for finding in table.findings],
            head=[row[:MAX_SHOWN_COLUMNS] for row in table.head],
            described_columns=[_describe_column(table, name) for name in shown_names],
            gap=_describe_gaps(table.dates),
            figure=_draw_target(table, target or likely_target),
        )


def _varying_columns(table: Table) -> tuple[str, ...]:
    constants = set()
    for finding in table.findings:
        if finding.kind == FindingKind.CONSTANT:
            constants.add(finding.column)
    return tuple(name for name in default_features(table) if name not in constants)


def _draw_target(table: Table, target: str) -> Figure:
    """The target over time, or by row number; nothing where there is no such column."""
    if target not in table.numbers.columns:
        return EMPTY_FIGURE
    values = table.numbers[target]
    dates = table.dates
    has_value = values.notna()
    if dates is None:
        row_numbers = values.index[has_value].to_numpy()
        x_values = row_numbers.astype("datetime64[D]")
    else:
        has_value &= dates.notna()
        drawn_dates = dates[has_value].to_numpy()
        x_values = drawn_dates.astype("datetime64[us]")
    drawn_values = values[has_value].to_numpy()
    return series_figure(x_values, drawn_values, target)


def _describe_gaps(dates: "pd.Series[pd.Timestamp] | None") -> str:
    if dates is None:
        return "rows are numbered"
    moments = np.sort(dates.dropna().to_numpy())
    gaps = np.diff(moments)
    if not len(gaps):
        return "one row"
    longest = int(gaps.argmax())
    seconds = gaps.astype("timedelta64[s]").astype(float)
    usual_gap = pd.Timedelta(np.median(seconds), "s")
    usual_text = format_duration(usual_gap)
    longest_gap = pd.Timedelta(gaps[longest])
    longest_text = format_duration(longest_gap)
    moment_before = str(moments[longest])
    day_before = moment_before[:10]
    return f"usually {usual_text}, longest {longest_text} after {day_before}"


def _describe_column(table: Table, name: str) -> Column:
    if name in table.dialect.date_columns and table.dates is not None:
        dates = table.dates.dropna()
        return Column(
            name=name,
            kind="date",
            low=str(dates.min())[:10],
            high=str(dates.max())[:10],
            missing=int(table.dates.isna().sum()),
        )
    if name in table.numbers.columns:
        numbers = table.numbers[name]
        return Column(
            name=name,
            kind="number",
            low=f"{numbers.min():,.6g}",
            high=f"{numbers.max():,.6g}",
            missing=int(numbers.isna().sum()),
        )
    return Column(name, "text", low="", high="", missing=table.missing[name])

"""The form that shows how a CSV reads, and what a person corrected in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from app.domain.recognition import DATE_FORMATS, ENCODINGS, SEPARATORS, Reading, recognise
from app.domain.repair import Choices, default_target
from app.domain.series import SeriesError
from app.domain.table import Table, read

SHOWN_ROWS = 8
SHOWN_COLUMNS = 20
NO_DATE = "(none: number the rows)"
OPTIONS = {
    "separator": SEPARATORS,
    "decimal": {".": "point (1.5)", ",": "comma (1,5)"},
    "thousands": {"": "none", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"},
    "encoding": {name: name for name in ENCODINGS},
    "has_header": {"true": "yes", "false": "no: the first line is data"},
    "missing": {"refuse": "refuse", "drop": "drop the rows", "fill": "fill with the value before"},
    "duplicates": {"refuse": "refuse", "first": "keep the first", "last": "keep the last"},
    "constant": {"drop": "leave them out", "keep": "keep them"},
}


@dataclass(frozen=True)
class Column:
    """One column as the preview shows it."""

    name: str
    kind: str  # date, number or text
    low: str
    high: str
    missing: int


@dataclass
class Preview:
    """What the page of an upload shows. `table` is None where the file cannot be read as told."""

    reading: Reading
    choices: Choices
    table: Table | None = None
    problems: list[tuple[str, str]] = field(default_factory=list)

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field."""
        found: dict[str, list[str]] = {}
        for name, message in self.problems:
            found.setdefault(name, []).append(message)
        return found

    @property
    def rows(self) -> list[list[str]]:
        """The first rows as they stand in the file."""
        assert self.table is not None
        return cast(list[list[str]], self.table.cells.iloc[:SHOWN_ROWS, :SHOWN_COLUMNS].to_numpy().tolist())

    @property
    def columns(self) -> list[Column]:
        """Type, range and gaps of each column."""
        assert self.table is not None
        return [self._column(self.table, name) for name in self.table.columns[:SHOWN_COLUMNS]]

    @property
    def gap(self) -> str:
        """The longest time between two rows, and the usual one."""
        assert self.table is not None
        if self.table.dates is None:
            return "rows are numbered"
        moments = np.sort(self.table.dates.dropna().to_numpy())
        steps = np.diff(moments)
        if not len(steps):
            return "one row"
        longest = int(steps.argmax())
        usual = pd.Timedelta(np.median(steps.astype("timedelta64[s]").astype(float)), "s")
        return (
            f"usually {_span(usual)}, longest {_span(pd.Timedelta(steps[longest]))} after {str(moments[longest])[:10]}"
        )

    @property
    def target(self) -> str:
        """The chosen target, or the likeliest."""
        assert self.table is not None
        return self.choices.target or default_target(self.table)

    @property
    def features(self) -> tuple[str, ...]:
        """The chosen features, or all that vary."""
        assert self.table is not None
        constants = {finding.column for finding in self.table.findings if finding.kind == "constant"}
        usual = tuple(name for name in self.table.number_columns if name not in constants)
        return self.choices.features if self.choices.features is not None else usual

    def _column(self, table: Table, name: str) -> Column:
        if name == table.reading.date_column and table.dates is not None:
            known = table.dates.dropna()
            return Column(name, "date", str(known.min())[:10], str(known.max())[:10], int(table.dates.isna().sum()))
        if name in table.numbers.columns:
            numbers = table.numbers[name]
            return Column(name, "number", f"{numbers.min():g}", f"{numbers.max():g}", int(numbers.isna().sum()))
        return Column(name, "text", "", "", int((table.cells[name] == "").sum()))


def preview(content: bytes, query: Mapping[str, Any]) -> Preview:
    """Read a file as recognised and corrected."""
    try:
        reading = corrected(recognise(content), query)
    except SeriesError as error:
        return Preview(corrected(Reading(), query), choices(query), None, error.problems)
    try:
        return Preview(reading, choices(query), read(content, reading))
    except SeriesError as error:
        return Preview(reading, choices(query), None, error.problems)


def corrected(reading: Reading, query: Mapping[str, Any]) -> Reading:
    """The recognised reading with what a person changed; unknown answers are ignored."""
    changes: dict[str, Any] = {}
    for name in ("separator", "decimal", "encoding", "thousands"):
        if query.get(name) in OPTIONS[name]:
            changes[name] = query[name] or None
    if query.get("has_header") in ("true", "false"):
        changes["has_header"] = query["has_header"] == "true"
    if query.get("date"):
        changes["date_column"] = None if query["date"] == NO_DATE else query["date"]
    if query.get("date_format") in DATE_FORMATS:
        changes["date_format"] = query["date_format"]
    return replace(reading, **changes)


def choices(query: Mapping[str, Any]) -> Choices:
    """Target, features and how to mend what is odd."""
    features = tuple(query.get("features") or ())
    return Choices(
        target=query.get("target") or None,
        features=features or None,
        missing=query["missing"] if query.get("missing") in OPTIONS["missing"] else "refuse",
        duplicates=query["duplicates"] if query.get("duplicates") in OPTIONS["duplicates"] else "refuse",
        constant=query["constant"] if query.get("constant") in OPTIONS["constant"] else "drop",
    )


def _span(step: pd.Timedelta) -> str:
    if step >= pd.Timedelta(days=1):
        days = step / pd.Timedelta(days=1)
        return "1 day" if days == 1 else f"{days:g} days" if days < 1000 else f"{days:,.0f} days"
    seconds = step.total_seconds()
    return (
        f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"
    )

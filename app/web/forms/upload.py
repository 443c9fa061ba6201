"""The form that shows how a CSV reads, and what a person corrected in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd

from app.domain.csv_reading.cleaning import CleaningOptions, guess_target
from app.domain.csv_reading.dates import DATE_FORMATS
from app.domain.csv_reading.dialect import Dialect, detect_dialect
from app.domain.csv_reading.encoding import ENCODINGS, detect_encoding
from app.domain.csv_reading.findings import format_duration
from app.domain.csv_reading.rows import SEPARATORS
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.table import Table, read_table

SHOWN_COLUMNS = 20
SHOWN_LINES = 8
LINE_LENGTH = 160
NO_DATE = "(none: number the rows)"
EXAMPLE = datetime(2021, 12, 31, 17, 45, tzinfo=UTC)
OPTIONS: dict[str, dict[str, str]] = {
    "separator": SEPARATORS,
    "decimal": {".": "point (1.5)", ",": "comma (1,5)"},
    "thousands": {"": "none", ",": "comma", ".": "point", " ": "space", "'": "apostrophe"},
    "encoding": {name: name for name in ENCODINGS},
    "has_header": {"true": "yes", "false": "no: the first line is data"},
    "missing": {"refuse": "refuse", "drop": "drop the rows", "fill": "fill with the value before"},
    "duplicates": {"refuse": "refuse", "first": "keep the first", "last": "keep the last"},
    "constant": {"drop": "leave them out", "keep": "keep them"},
    "date_format": {
        known: EXAMPLE.strftime(known) if "%" in known else known for known in DATE_FORMATS
    },
}
FIELDS = {  # of the form, and of Dialect
    "encoding": "encoding",
    "separator": "separator",
    "decimal": "decimal",
    "thousands": "thousands",
    "has_header": "has_header",
    "date": "date_column",
    "date_format": "date_format",
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

    dialect: Dialect
    choices: CleaningOptions
    corrected: tuple[str, ...] = ()  # fields of the form that a person settled
    table: Table | None = None
    problems: list[FileProblem] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)  # the first ones, where the file cannot be read

    @property
    def errors(self) -> dict[str, list[str]]:
        """Messages by field."""
        found: dict[str, list[str]] = {}
        for name, message in self.problems:
            found.setdefault(name, []).append(message)
        return found

    @property
    def shown(self) -> dict[str, str]:
        """What the fields about the dialect show."""
        return shown_values(self.dialect)

    @property
    def rows(self) -> list[list[str]]:
        """The first rows as they stand in the file."""
        assert self.table is not None
        return [row[:SHOWN_COLUMNS] for row in self.table.head]

    @property
    def columns(self) -> list[Column]:
        """Type, range and gaps of each column."""
        assert self.table is not None
        return [_column(self.table, name) for name in self.table.columns[:SHOWN_COLUMNS]]

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
        usual = format_duration(
            pd.Timedelta(np.median(steps.astype("timedelta64[s]").astype(float)), "s")
        )
        longest_step = format_duration(pd.Timedelta(steps[longest]))
        return f"usually {usual}, longest {longest_step} after {str(moments[longest])[:10]}"

    @property
    def target(self) -> str:
        """The chosen target, or the likeliest."""
        assert self.table is not None
        return self.choices.target or guess_target(self.table)

    @property
    def features(self) -> tuple[str, ...]:
        """The chosen features, or all that vary."""
        assert self.table is not None
        constants = {
            finding.column for finding in self.table.findings if finding.kind == "constant"
        }
        usual = tuple(name for name in self.table.number_columns if name not in constants)
        return self.choices.features if self.choices.features is not None else usual


def preview(content: bytes, answers: Mapping[str, Any], *, strict: bool = False) -> Preview:
    """Read a file as recognised and corrected.

    Not strict: columns that are not there any more, once the file is read another way, are passed over.
    """
    said = corrections(answers)
    names = tuple(name for name, part in FIELDS.items() if part in said)
    seen = Preview(replace(Dialect(), **said), choices(answers), names)
    try:
        seen.dialect = detect_dialect(content, said)
        seen.table = read_table(content, seen.dialect)
    except SeriesError as error:
        seen.problems, seen.lines = error.problems, first_lines(content, seen.dialect.encoding)
        return seen
    if not strict:
        seen.choices = _known(seen.choices, seen.table)
    return seen


def first_lines(content: bytes, encoding: str) -> list[str]:
    """How a file begins, for a person to see why it cannot be read; nothing of a binary one."""
    try:
        detect_encoding(content)
    except SeriesError:
        return []
    text = content[: SHOWN_LINES * 10_000].decode(encoding, "replace")
    return [line[:LINE_LENGTH] for line in text.splitlines()[:SHOWN_LINES]]


def corrections(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of Dialect a person settled: those that differ from what the form showed, now or before.

    The form says in `shown_*` what it showed and in `corrected` what was settled before; an answer it did not show
    anything for counts as settled. Unknown answers are passed over.
    """
    before = str(answers.get("corrected", "")).split()
    said: dict[str, Any] = {}
    for name, part in FIELDS.items():
        value = answers.get(name)
        if value is None or (value == answers.get(f"shown_{name}") and name not in before):
            continue
        if name == "date":
            said[part] = None if value == NO_DATE else value
        elif value in OPTIONS.get(name, {}):
            said[part] = value == "true" if name == "has_header" else value
    return said


def shown_values(dialect: Dialect) -> dict[str, str]:
    """A dialect as the form shows it."""
    return {
        "encoding": dialect.encoding,
        "separator": dialect.separator,
        "decimal": dialect.decimal,
        "thousands": dialect.thousands or "",
        "has_header": str(dialect.has_header).lower(),
        "date": dialect.date_column or NO_DATE,
        "date_format": dialect.date_format or "",
    }


def choices(answers: Mapping[str, Any]) -> CleaningOptions:
    """Target, features and how to mend what is odd. A form that was sent without a tick means no further feature."""
    features = tuple(answers.get("features") or ())
    return CleaningOptions(
        target=answers.get("target") or None,
        features=features if features or "target" in answers else None,
        missing=_option(answers, "missing", "refuse"),
        duplicates=_option(answers, "duplicates", "refuse"),
        constant=_option(answers, "constant", "drop"),
    )


def _option(answers: Mapping[str, Any], name: str, usual: str) -> Any:
    return answers[name] if answers.get(name) in OPTIONS[name] else usual


def _known(wished: CleaningOptions, table: Table) -> CleaningOptions:
    target = wished.target if wished.target in table.number_columns else None
    if wished.features is None or (wished.target and target is None):
        return replace(wished, target=target, features=None)
    return replace(
        wished, target=target, features=tuple(set(wished.features) & set(table.number_columns))
    )


def _column(table: Table, name: str) -> Column:
    if name == table.dialect.date_column and table.dates is not None:
        known = table.dates.dropna()
        return Column(
            name,
            "date",
            str(known.min())[:10],
            str(known.max())[:10],
            int(table.dates.isna().sum()),
        )
    if name in table.numbers.columns:
        numbers = table.numbers[name]
        return Column(
            name,
            "number",
            f"{numbers.min():,.6g}",
            f"{numbers.max():,.6g}",
            int(numbers.isna().sum()),
        )
    return Column(name, "text", "", "", table.missing[name])

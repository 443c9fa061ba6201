"""Cells such as <1, which only bound a number."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from app.domain.csv_reading.findings import Finding
from app.domain.csv_reading.series import Choice, FileProblem

if TYPE_CHECKING:
    from app.domain.csv_reading.dialect import Dialect
    from app.domain.csv_reading.table import Table

BOUND_ADVICE = (
    "Choose to read such cells as their bound, or to drop, fill or interpolate these rows."
)
BOUND_CHOICES = (
    Choice("bound", "read <1 as 1; leave out rows without any value"),
    Choice("drop", "leave these rows out"),
    Choice("fill", "fill with the value before"),
    Choice("interpolate", "interpolate between the rows before and after"),
)


def with_bounds_read(dialect: "Dialect", missing: str) -> "Dialect":
    """The dialect in which later files of a dataset are read. missing: see CleaningOptions."""
    if missing == "bound":
        return replace(dialect, reads_bounds=True)
    return dialect


def ask_about_bounds(finding: Finding) -> FileProblem:
    """The question what to do about such cells."""
    return FileProblem(
        "missing",
        f"{finding.message} {BOUND_ADVICE}",
        BOUND_CHOICES,
    )


def read_bounds(rows: pd.DataFrame, table: "Table", notes: list[str]) -> pd.DataFrame:
    """The rows with bounds such as <1 read as numbers."""
    for name in rows.columns:
        if name not in table.bounds.columns:
            continue
        is_bound = rows[name].isna() & table.bounds[name].notna()
        rows[name] = rows[name].where(~is_bound, table.bounds[name])
        cells = int(is_bound.sum())
        counted = "1 cell" if cells == 1 else f"{cells:,} cells"
        notes.append(f'{counted} of "{name}" such as <1: read as the bound.')
    return rows

"""The trials of an experiment as CSV."""

from collections.abc import Collection, Generator, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import Trial
from app.web.views.csv_lines import csv_line
from app.web.views.trial_table import MEASURE_NAMES, MORE_SCORES, cell_value


def stored_columns(names: Collection[str]) -> list[InstrumentedAttribute[Any]]:
    """The columns of the database that the cells of a CSV with these columns are made from."""
    stored_names = {"number", "state", "error"}
    for name in names:
        if name == "duration":
            stored_names |= {"started_at", "finished_at"}
        elif name in MORE_SCORES:
            stored_names.add("more_scores")
        elif name in MEASURE_NAMES:
            stored_names.add(name)
        else:
            stored_names.add("parameters")
    return [getattr(Trial, name) for name in sorted(stored_names)]


def write_csv(
    batches: Iterable[Sequence[Trial | Row[Any]]], names: tuple[str, ...], now: datetime
) -> Generator[str]:
    """Write a CSV in which a spreadsheet finds no formulas: a text for each batch of trials.

    `names`: the columns between number and state, and the error.
    """
    header = csv_line(["number", "state", *names, "error"])
    for batch in batches:
        lines = [header]
        header = ""
        for trial in batch:
            cells = [cell_value(trial, name, now) for name in names]
            lines.append(csv_line([trial.number, trial.state, *cells, trial.error]))
        yield "".join(lines)

"""The trials of an experiment as CSV."""

from collections.abc import Collection, Generator, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Label, Row, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import Trial, TrialTag
from app.web.views.csv_lines import csv_line
from app.web.views.trial_columns import MEASURE_NAMES, MORE_SCORES, cell_value

TAGS = (
    select(func.aggregate_strings(TrialTag.name, " "))
    .where(TrialTag.trial_id == Trial.id)
    .scalar_subquery()
)


def stored_columns(names: Collection[str]) -> list[InstrumentedAttribute[Any] | Label[Any]]:
    """The columns of the database that the cells of a CSV with these columns are made from."""
    stored_names = {"number", "state", "error", "is_starred", "notes"}
    for name in names:
        if name == "duration":
            stored_names |= {"started_at", "finished_at"}
        elif name in MORE_SCORES:
            stored_names.add("more_scores")
        elif name in MEASURE_NAMES:
            stored_names.add(name)
        else:
            stored_names.add("parameters")
    return [*(getattr(Trial, name) for name in sorted(stored_names)), TAGS.label("tag_text")]


def write_csv(
    batches: Iterable[Sequence[Row[Any]]], names: tuple[str, ...], now: datetime
) -> Generator[str]:
    """Write a CSV in which a spreadsheet finds no formulas: a text for each batch of trials.

    `names`: the columns between number and state, and the error. Stars, tags and notes come last.
    """
    header = csv_line(["number", "state", *names, "error", "is_starred", "tags", "notes"])
    for batch in batches:
        lines = [header]
        header = ""
        for trial in batch:
            cells = [cell_value(trial, name, now) for name in names]
            annotations = [trial.is_starred, trial.tag_text, trial.notes]
            lines.append(csv_line([trial.number, trial.state, *cells, trial.error, *annotations]))
        yield "".join(lines)

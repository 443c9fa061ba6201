"""The trial table of a page: which trials and columns its query asks for, and the same as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from app.db.models import Experiment, Trial
from app.domain.search_space.parameters import Hyperparameter
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.services.trial_listing import TrialQuery
from app.services.trials import duration

FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # the last four are their wide forms
SIZES = (25, 50, 100, 200)


@dataclass(frozen=True)
class Column:
    """One column. `form` says how its values are shown: number, percent, duration, count or text."""

    name: str
    title: str
    form: str
    sort: str
    is_parameter: bool = False

    @property
    def is_right(self) -> bool:
        """Numbers stand at the right."""
        return self.form != "text"


def _parameter(row: Hyperparameter) -> Column:
    form = "value" if row.kind in ("integer", "number") else "text"
    return Column(row.name, row.name, form, f"parameters.{row.name}", is_parameter=True)


NUMBER = Column("number", "trial", "count", "number")
STATE = Column("state", "state", "text", "state")
MEASURES = tuple(
    Column(name, title, form, name)
    for name, title, form in (
        ("objective", "objective", "number"),
        ("validation_rmse", "validation RMSE", "number"),
        ("test_rmse", "test RMSE", "number"),
        ("validation_skill", "skill on validation", "percent"),
        ("test_skill", "skill on test", "percent"),
        ("best_epoch", "best epoch", "count"),
        ("epochs_trained", "epochs trained", "count"),
        ("duration", "duration", "duration"),
    )
)
MEASURED = frozenset(column.name for column in MEASURES)
SHOWN = ("objective", "test_rmse", "test_skill", "epochs_trained", "duration")


@dataclass(frozen=True)
class Table:
    """What the query of an experiment's page asks for, and links that change one thing of it."""

    query: TrialQuery
    columns: tuple[Column, ...]
    asked: tuple[tuple[str, str], ...]
    known: tuple[Column, ...]  # every column there is to choose from

    @property
    def names(self) -> tuple[str, ...]:
        """What is shown beside number and state."""
        return tuple(column.name for column in self.columns)

    @property
    def classes(self) -> dict[str, str]:
        """The CSS classes of each column's cells."""
        first = next((column for column in self.columns if column.is_parameter), None)
        marks = {column.name: (("n", column.is_right), ("parameter", column.is_parameter), ("first", column == first))
                 for column in (NUMBER, STATE, *self.columns)}  # fmt: skip
        return {
            name: " ".join(mark for mark, is_on in found if is_on) for name, found in marks.items()
        }

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What the form above the table does not ask itself, and has to keep."""
        return [
            (name, text) for name, text in self.asked if name in ("sort", "descending", "state")
        ]

    @property
    def export_link(self) -> str:
        """The query of the same table, all pages of it, as CSV."""
        return "?" + urlencode(self._with(page=None))

    def sort_link(self, column: Column) -> str:
        """Sort by a column; again for the other way round."""
        turned = self.query.sort == column.sort and not self.query.descending
        return self.link(sort=column.sort, descending="true" if turned else None, page=None)

    def state_link(self, name: str | None) -> str:
        """Only trials of one state, or of all."""
        return self.link(state=name, page=None)

    def page_link(self, number: int) -> str:
        """Another page."""
        return self.link(page=str(number))

    def link(self, **changes: str | None) -> str:
        """This page with part of its query changed; None takes a part away."""
        return "?" + urlencode(self._with(**changes)) + "#trials"

    def direction(self, column: Column) -> str | None:
        """ascending or descending where the table is sorted by this column."""
        if self.query.sort != column.sort:
            return None
        return "descending" if self.query.descending else "ascending"

    def _with(self, **changes: str | None) -> list[tuple[str, str]]:
        left = [(name, text) for name, text in self.asked if name not in changes]
        return left + [(name, text) for name, text in changes.items() if text is not None]


@dataclass(frozen=True)
class TableRequest:
    """The raw query of the page."""

    query: TrialQuery
    columns: tuple[str, ...]
    asked: tuple[tuple[str, str], ...]


def read_request(
    request: Request,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
    sort: Annotated[str, Query(max_length=60)] = "number",
    descending: bool = False,
    state: TrialState | None = None,
    search: Annotated[str, Query(max_length=500)] = "",
    columns: Annotated[list[str] | None, Query()] = None,
) -> TableRequest:
    """Read the query string."""
    query = TrialQuery(page, size, sort, descending, (state,) if state else (), search)
    asked = tuple((name, text) for name, text in request.query_params.multi_items() if text)
    return TableRequest(query, tuple(columns or ()), asked)


Asked = Annotated[TableRequest, Depends(read_request)]


def table_for(asked: TableRequest, experiment: Experiment) -> Table:
    """The table an experiment's page shows: the columns asked for, or the usual ones and what varies."""
    catalogue = experiment.catalogue
    known = (*MEASURES, *map(_parameter, catalogue.values()))
    chosen = {column.name for column in known if column.name in asked.columns} or {
        *SHOWN,
        *varied(experiment),
    }
    columns = tuple(column for column in known if column.name in chosen)
    return Table(replace(asked.query, catalogue=catalogue), columns, asked.asked, known)


def varied(experiment: Experiment) -> list[str]:
    """The hyperparameters that an experiment varies, in the catalogue's order."""
    if strategy_info(experiment.strategy).needs_points:
        points = experiment.points
        return [
            name
            for name in experiment.catalogue
            if len({str(point.get(name)) for point in points}) > 1
        ]
    space = experiment.space
    searched = {dimension.name for dimension in space.searched}
    return [name for name in space.catalogue if name in searched]


def as_csv(trials: Iterable[Trial], names: tuple[str, ...], now: datetime) -> Iterator[str]:
    """Lines of a CSV that no spreadsheet mistakes for formulas."""
    yield _line(["number", "state", *names, "error"])
    for trial in trials:
        cells = [cell(trial, name, now) for name in names]
        yield _line([trial.number, trial.state, *cells, trial.error])


def cell(trial: Trial, name: str, now: datetime) -> object:
    """One value of a trial; `now` is the database's, for a trial that still runs."""
    if name == "duration":
        return duration(trial, now)
    return getattr(trial, name) if name in MEASURED else trial.parameters.get(name)


def _line(cells: list[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_guarded(found) for found in cells])
    return buffer.getvalue()


def _guarded(found: object) -> object:
    if isinstance(found, str) and found.startswith(FORMULA):
        return "'" + found
    return "" if found is None else found

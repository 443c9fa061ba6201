"""The trial table of a page: which trials and columns its query asks for, and the same as CSV."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from app.domain.hyperparameters import CATALOGUE
from app.domain.space import SearchSpace
from app.domain.terms import State
from app.models import Experiment, Trial
from app.pages import query_with
from app.services.trial_listing import TrialQuery
from app.services.trials import duration

MEASURES = {
    "objective": "objective",
    "validation_rmse": "validation RMSE",
    "test_rmse": "test RMSE",
    "validation_skill": "validation skill",
    "test_skill": "test skill",
    "epochs_trained": "epochs trained",
    "best_epoch": "best epoch",
    "duration": "duration",
}
SHOWN = ("objective", "test_rmse", "test_skill", "epochs_trained", "duration")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """What the query of an experiment's page asks for, and links that change one thing of it."""

    query: TrialQuery
    columns: tuple[str, ...]
    known: tuple[str, ...]
    asked: dict[str, str]
    problem: str = ""

    def sort_link(self, name: str) -> str:
        """Sort by a column; again for the other way round."""
        turned = self.query.sort == name and not self.query.descending
        return self.link(sort=name, descending="true" if turned else None, page=None)

    def state_link(self, name: str | None) -> str:
        """Only trials of one state, or of all."""
        return self.link(state=name, page=None)

    def page_link(self, number: int) -> str:
        """Another page."""
        return self.link(page=number)

    def link(self, **changes: object) -> str:
        """This page with part of its query changed."""

        return "?" + urlencode(query_with(self.asked, **changes)) + "#trials"

    def direction(self, name: str) -> str | None:
        """ascending or descending where the table is sorted by this column."""
        if self.query.sort != name:
            return None
        return "descending" if self.query.descending else "ascending"


@dataclass(frozen=True)
class TableRequest:
    """The raw query of the page."""

    page: int
    size: int
    sort: str
    descending: bool
    state: State | None
    search: str
    columns: list[str]
    asked: dict[str, str]


def read_request(
    request: Request,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
    sort: Annotated[str, Query(max_length=60)] = "number",
    descending: bool = False,
    state: State | None = None,
    search: Annotated[str, Query(max_length=500)] = "",
    columns: Annotated[list[str] | None, Query()] = None,
) -> TableRequest:
    """Read the query string."""
    return TableRequest(page, size, sort, descending, state, search, columns or [], dict(request.query_params))


Asked = Annotated[TableRequest, Depends(read_request)]


def table_for(asked: TableRequest, experiment: Experiment) -> Table:
    """The table an experiment's page shows."""
    searched = [dimension.name for dimension in SearchSpace.parse(experiment.space).searched]
    if experiment.strategy == "manual":
        searched = [name for name in CATALOGUE if any(name in point for point in experiment.points)]
    parameters = [name for name in CATALOGUE if name in searched]
    known = (*MEASURES, *CATALOGUE)
    columns = tuple(name for name in asked.columns if name in known) or (*SHOWN, *parameters)
    states = (asked.state,) if asked.state else ()
    query = TrialQuery(asked.page, asked.size, asked.sort, asked.descending, states, asked.search)
    ordered = tuple(name for name in known if name in columns)
    return Table(query, ordered, known, {name: text for name, text in asked.asked.items() if text})


def as_csv(trials: Iterable[Trial], columns: tuple[str, ...]) -> Iterator[str]:
    """Lines of a CSV that no spreadsheet mistakes for formulas."""
    yield _line(["number", "state", *columns, "error"])
    for trial in trials:
        cells = [cell(trial, name) for name in columns]
        yield _line([trial.number, trial.state, *cells, trial.error])


def cell(trial: Trial, name: str) -> object:
    """One value of a trial."""
    if name == "duration":
        return duration(trial)
    return getattr(trial, name) if name in MEASURES else trial.parameters.get(name)


def _line(cells: list[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([_guarded(found) for found in cells])
    return buffer.getvalue()


def _guarded(found: object) -> object:
    if isinstance(found, str) and found.startswith(FORMULA):
        return "'" + found
    return "" if found is None else found

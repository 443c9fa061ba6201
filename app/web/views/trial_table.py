"""The trial table of an experiment's page: query, columns and links."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from app.db.models import Experiment
from app.domain.filters.parsing import MAX_FILTER_LENGTH
from app.domain.filters.tokens import quote
from app.domain.strategies import strategy_info
from app.domain.terms import TrialState
from app.services.trial_listing import TrialQuery
from app.web.views.picked_trials import (
    MAX_PICKED_TEXT,
    NOTHING_PICKED,
    PickedTrials,
    parse_picked,
)
from app.web.views.trial_columns import (
    DEFAULT_MEASURES,
    DRAWN_NAMES,
    HEADINGS,
    MEASURES,
    MORE_MEASURES,
    NUMBER_COLUMN,
    STATE_COLUMN,
    Column,
    parameter_column,
)

PAGE_SIZES = (25, 50, 100, 200)
FILTER_ITEMS = ("search", "last_search")
OUTSIDE_FORM = ("sort", "descending", "state", "tab", "trial", "x", "y")  # picked has a field


QueryItems = tuple[tuple[str, str], ...]  # names and texts of a URL's query, in order


@dataclass(frozen=True)
class TrialTable:
    """The table that a query asks for, and links that change one thing of the query.

    `columns`: those shown beside number and state; `available_columns`: all to choose from.
    `panel_number`: that of the trial in the side panel.
    """

    query: TrialQuery
    columns: tuple[Column, ...]
    query_items: QueryItems
    available_columns: tuple[Column, ...]
    picked: PickedTrials = NOTHING_PICKED
    panel_number: int | None = None
    last_search: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns beside number and state."""
        names = [column.name for column in self.columns]
        return tuple(names)

    @property
    def stored_names(self) -> tuple[str, ...]:
        """Those of them that a CSV has."""
        return tuple(name for name in self.names if name not in DRAWN_NAMES)

    @property
    def classes(self) -> dict[str, str]:
        """The CSS classes of each column's cells, by the name of the column."""
        parameters = [column for column in self.columns if column.is_parameter]
        first_parameter = parameters[0] if parameters else None
        classes = {}
        for column in (NUMBER_COLUMN, STATE_COLUMN, *self.columns):
            names = []
            if column.is_right_aligned:
                names.append("n")
            if column.is_parameter:
                names.append("parameter")
            if column == first_parameter:
                names.append("first")
            classes[column.name] = " ".join(names)
        return classes

    @property
    def hidden_fields(self) -> list[tuple[str, str]]:
        """The parts of the query that the form above the table has no visible field for."""
        fields = []
        for name, text in self.query_items:
            if name in OUTSIDE_FORM:
                fields.append((name, text))
        return fields

    @property
    def export_link(self) -> str:
        """The query of the same table as CSV, which has no pages."""
        query = self._change_query(page=None, picked=None)
        return f"?{query}"

    def with_query(self, query: TrialQuery) -> "TrialTable":
        """The same table of another query, which its links keep."""
        if query == self.query:
            return self
        items = [(name, text) for name, text in self.query_items if name not in FILTER_ITEMS]
        if query.search:
            items.append(("search", query.search))
        return replace(self, query=query, query_items=tuple(items))

    def sort_link(self, column: Column) -> str:
        """Sort by a column, in descending order if it is the ascending one already."""
        descending = None
        if self.direction(column) == "ascending":
            descending = "true"
        return self.link(
            sort=column.sort,
            descending=descending,
            page=None,
        )

    def state_link(self, state: str | None) -> str:
        """Show only trials of one state; None for those of all states."""
        return self.link(state=state, page=None)

    def tag_link(self, tag: str) -> str:
        """Show only trials with a tag."""
        return self.link(search=f"tag = {quote(tag)}", page=None)

    def page_link(self, number: int) -> str:
        return self.link(page=str(number))

    def tab_link(self, name: str) -> str:
        """The same page with another tab."""
        query = self._change_query(tab=name)
        return f"?{query}#tabs"

    def link(self, **changes: str | None) -> str:
        """This page with parts of its query changed; None takes a part away."""
        query = self._change_query(**changes)
        return f"?{query}#trials"

    def direction(self, column: Column) -> str | None:
        """Whether the table is sorted by this column, and how: "ascending" or "descending"."""
        if self.query.sort != column.sort:
            return None
        if self.query.descending:
            return "descending"
        return "ascending"

    def _change_query(self, **changes: str | None) -> str:
        items = []
        for name, text in self.query_items:
            if name not in changes:
                items.append((name, text))
        for name, new_text in changes.items():
            if new_text is not None:
                items.append((name, new_text))
        return urlencode(items, safe=",")


@dataclass(frozen=True)
class TableRequest:
    """The query string of the page.

    columns: the names of the columns asked for. tab: the name of the tab, or "". panel_number:
    that of the trial in the side panel. last_search: the filter that holds where the one of the
    query cannot be read.
    """

    query: TrialQuery
    columns: tuple[str, ...]
    query_items: QueryItems
    picked: PickedTrials = NOTHING_PICKED
    tab: str = ""
    panel_number: int | None = None
    last_search: str = ""


def read_request(
    request: Request,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
    sort: Annotated[str, Query(max_length=60)] = "objective",
    descending: bool = False,
    state: TrialState | None = None,
    search: Annotated[str, Query(max_length=MAX_FILTER_LENGTH)] = "",
    last_search: Annotated[str, Query(max_length=MAX_FILTER_LENGTH)] = "",
    columns: Annotated[list[str] | None, Query()] = None,
    picked: Annotated[str, Query(max_length=MAX_PICKED_TEXT)] = "",
    tab: Annotated[str, Query(max_length=20)] = "",
    trial: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
) -> TableRequest:
    """Read the query string of the page."""
    query = TrialQuery(
        page=page,
        size=size,
        sort=sort,
        descending=descending,
        states=(state,) if state else (),
        search=search,
    )
    items = request.query_params.multi_items()
    filled_items = [(name, text) for name, text in items if text]
    return TableRequest(
        query=query,
        columns=tuple(columns or ()),
        query_items=tuple(filled_items),
        picked=parse_picked(picked),
        tab=tab,
        panel_number=trial,
        last_search=last_search,
    )


RequestedTable = Annotated[TableRequest, Depends(read_request)]


def build_table(request: TableRequest, experiment: Experiment) -> TrialTable:
    """Build the table with the columns asked for, or the usual ones and what the search varies."""
    catalogue = experiment.catalogue
    parameters = [parameter_column(parameter) for parameter in catalogue.values()]
    available = (*MEASURES, *MORE_MEASURES, *parameters)
    columns = _choose_columns(available, request.columns)
    if not columns:
        usual_names = [*DEFAULT_MEASURES, *varied_parameters(experiment)]
        columns = _choose_columns(available, usual_names)
    query = replace(request.query, catalogue=catalogue, headings=HEADINGS)
    return TrialTable(
        query=query,
        columns=columns,
        query_items=request.query_items,
        available_columns=available,
        picked=request.picked,
        panel_number=request.panel_number,
        last_search=request.last_search,
    )


def varied_parameters(experiment: Experiment) -> list[str]:
    """List the hyperparameters that an experiment varies, in the catalogue's order."""
    strategy = strategy_info(experiment.strategy)
    if strategy.needs_points:
        catalogue = experiment.catalogue
        return [name for name in catalogue if _differs(name, experiment)]
    space = experiment.space
    searched = {dimension.name for dimension in space.searched}
    return [name for name in space.catalogue if name in searched]


def _choose_columns(available: Sequence[Column], names: Collection[str]) -> tuple[Column, ...]:
    chosen = [column for column in available if column.name in names]
    return tuple(chosen)


def _differs(name: str, experiment: Experiment) -> bool:
    texts = set()
    for point in experiment.points:
        parameter = point.get(name)
        texts.add(str(parameter))
    return len(texts) > 1

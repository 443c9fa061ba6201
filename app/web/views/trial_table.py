"""The trial table of an experiment's page: query, columns and links."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from sqlalchemy import Row

from app.db.models import Experiment, Trial
from app.domain.filters.parsing import MAX_FILTER_LENGTH
from app.domain.filters.tokens import quote
from app.domain.search_space.parameters import Hyperparameter
from app.domain.strategies import strategy_info
from app.domain.terms import EVALUATED_PARTS, TrialState
from app.services.more_scores import score_of
from app.services.trial_listing import TrialQuery
from app.services.trials import duration
from app.web.views.picked_trials import (
    MAX_PICKED_TEXT,
    NOTHING_PICKED,
    PickedTrials,
    parse_picked,
)
from app.web.views.score_texts import SCORE_TEXTS

PAGE_SIZES = (25, 50, 100, 200)
FILTER_ITEMS = ("search", "last_search")
OUTSIDE_FORM = ("sort", "descending", "state", "tab", "trial", "x", "y")  # picked has a field


@dataclass(frozen=True)
class Column:
    """One column. `form`: how its values are written (number, percent, duration, count or text)."""

    name: str
    title: str
    form: str
    sort: str
    is_parameter: bool = False

    @property
    def is_right_aligned(self) -> bool:
        return self.form != "text"


NUMBER_COLUMN = Column("number", "trial", "count", "number")
STATE_COLUMN = Column("state", "state", "text", "state")
MEASURES = tuple(
    Column(name, title, form, name)
    for name, title, form in (
        ("objective", "objective", "number"),
        ("objective_se", "standard error of the objective", "number"),
        ("validation_rmse", "validation RMSE", "number"),
        ("test_rmse", "test RMSE", "number"),
        ("validation_mae", "validation MAE", "number"),
        ("test_mae", "test MAE", "number"),
        ("validation_skill", "skill on validation", "percent"),
        ("test_skill", "skill on test", "fraction"),  # in no tone: test decides nothing
        ("best_epoch", "best epoch", "count"),
        ("epochs_trained", "epochs trained", "count"),
        ("duration", "duration", "duration"),
    )
)
MORE_MEASURES = {  # the part and the name of each
    Column(f"{part}_{name}", f"{text.title} on {part}", text.form, f"{part}_{name}"): (part, name)
    for name, text in SCORE_TEXTS.items()
    for part in EVALUATED_PARTS
}
MORE_SCORES = {column.name: score for column, score in MORE_MEASURES.items()}
MEASURE_NAMES = frozenset(column.name for column in (*MEASURES, *MORE_MEASURES))
HEADINGS = {
    column.name: column.title for column in (NUMBER_COLUMN, STATE_COLUMN, *MEASURES, *MORE_MEASURES)
}
DEFAULT_MEASURES = ("objective", "validation_skill", "epochs_trained", "duration")
QueryItems = tuple[tuple[str, str], ...]  # names and texts of a URL's query, in order


@dataclass(frozen=True)
class TrialTable:
    """The table that a query asks for, and links that change one thing of the query.

    `columns`: those shown beside number and state; `available_columns`: all to choose from.
    """

    query: TrialQuery
    columns: tuple[Column, ...]
    query_items: QueryItems
    available_columns: tuple[Column, ...]
    picked: PickedTrials = NOTHING_PICKED

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns beside number and state."""
        names = [column.name for column in self.columns]
        return tuple(names)

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
    sort: Annotated[str, Query(max_length=60)] = "number",
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
    parameters = [_parameter_column(parameter) for parameter in catalogue.values()]
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


def cell_value(trial: Trial | Row[Any], name: str, now: datetime) -> object:
    """The value of a trial in a column. `now`: the database's time, for a running trial.

    trial: or what app.web.views.trial_csv reads of it.
    """
    if name == "duration":
        return duration(trial, now)
    if name in MORE_SCORES:
        part, score_name = MORE_SCORES[name]
        return score_of(trial.more_scores, part, score_name)
    if name in MEASURE_NAMES:
        return getattr(trial, name)
    return trial.parameters.get(name)


def _choose_columns(available: Sequence[Column], names: Collection[str]) -> tuple[Column, ...]:
    chosen = [column for column in available if column.name in names]
    return tuple(chosen)


def _parameter_column(parameter: Hyperparameter) -> Column:
    name = parameter.name
    is_numeric = parameter.kind in ("integer", "number")
    return Column(
        name=name,
        title=name,
        form="value" if is_numeric else "text",
        sort=f"parameters.{name}",
        is_parameter=True,
    )


def _differs(name: str, experiment: Experiment) -> bool:
    texts = set()
    for point in experiment.points:
        parameter = point.get(name)
        texts.add(str(parameter))
    return len(texts) > 1

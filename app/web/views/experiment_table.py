"""The list of experiments as its address asks for it, and links that change one thing of it."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from app.domain.baselines import name_naive
from app.services.experiment_listing import HIDDEN, NEWEST_FIRST, ExperimentQuery

ADDRESS = "/experiments"
QueryItems = tuple[tuple[str, str], ...]


class ListColumn(NamedTuple):
    """A column of the list. `sort`: "" where the list cannot be sorted by it."""

    title: str
    sort: str
    is_number: bool = False


COLUMNS = (
    ListColumn("Experiment", "name"),
    ListColumn("State", "state"),
    ListColumn("Trials", "trials"),
    ListColumn("Best on validation", "validation_rmse", is_number=True),
    ListColumn(name_naive(starts=True), "", is_number=True),
    ListColumn("Skill on validation", "validation_skill", is_number=True),
    ListColumn("Time", "seconds_used", is_number=True),
    ListColumn("Stored", "stored_bytes", is_number=True),
    ListColumn("Created", "created_at"),
)


@dataclass(frozen=True)
class ExperimentTable:
    """What the address asks for. `query_items`: its query, without what is empty."""

    query: ExperimentQuery
    page: int
    query_items: QueryItems
    columns: tuple[ListColumn, ...] = COLUMNS

    @property
    def address(self) -> str:
        """This very list, as forms lead back to it."""
        return self.link()

    @property
    def live_address(self) -> str:
        return f"{ADDRESS}/live?{urlencode(self.query_items)}"

    def link(self, **changes: str | None) -> str:
        """The list with parts of its query changed; None takes a part away."""
        items = [(name, text) for name, text in self.query_items if name not in changes]
        items += [(name, text) for name, text in changes.items() if text is not None]
        if not items:
            return ADDRESS
        return f"{ADDRESS}?{urlencode(items)}"

    def page_link(self, number: int) -> str:
        return self.link(page=str(number))

    def tag_link(self, tag: str) -> str:
        """Only those with a tag."""
        return self.link(tag=tag, page=None)

    def direction(self, column: ListColumn) -> str | None:
        """Whether the list is sorted by this column, and how: "ascending" or "descending"."""
        sort = self.query.sort
        if not column.sort or sort != column.sort:
            return None
        return "descending" if self.query.descending else "ascending"

    def sort_link(self, column: ListColumn) -> str:
        """Sort by a column; then in descending order; then with the newest first again."""
        direction = self.direction(column)
        if direction == "descending":
            return self.link(sort=None, descending=None, page=None)
        descending = "true" if direction == "ascending" else None
        return self.link(sort=column.sort, descending=descending, page=None)


def read_list(
    request: Request,
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
    search: Annotated[str, Query(max_length=200)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    tag: Annotated[str, Query(max_length=80)] = "",
    starred: bool = False,
    archived: Annotated[str, Query(max_length=20)] = HIDDEN,
    sort: Annotated[str, Query(max_length=40)] = NEWEST_FIRST,
    descending: bool = False,
) -> ExperimentTable:
    """Read the query of the list."""
    query = ExperimentQuery(search, state, tag, starred, archived, sort, descending)
    items = request.query_params.multi_items()
    filled = tuple((name, text) for name, text in items if text)
    return ExperimentTable(query, page, filled)


RequestedList = Annotated[ExperimentTable, Depends(read_list)]

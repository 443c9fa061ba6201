"""One page of a long list."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """The items of one page. `page` counts from 1, `total` counts the items of all pages."""

    items: list[Item]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        pages_needed = ceil(self.total / self.size)
        return max(1, pages_needed)

    def map(self, change: Callable[[Item], Other]) -> "Page[Other]":
        """The same page of other items."""
        items = [change(item) for item in self.items]
        return Page(
            items=items,
            total=self.total,
            page=self.page,
            size=self.size,
        )


def paged(session: Session, query: Select[Item], page: int, size: int, *options: Any) -> Page[Item]:
    """Run an ordered query for one page. `options`: how to load the items."""
    unordered = query.order_by(None).subquery()
    count_query = select(func.count()).select_from(unordered)
    total = session.scalar(count_query) or 0
    offset = (page - 1) * size
    one_page = query.options(*options).limit(size).offset(offset)
    items = session.scalars(one_page)
    return Page(list(items), total, page, size)

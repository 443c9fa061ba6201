"""One page of a long list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
Other = TypeVar("Other")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Items of one page; `number` counts from 1."""

    items: list[Item]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.size))

    def map(self, change: Callable[[Item], Other]) -> "Page[Other]":
        """The same page of other items."""
        return Page([change(item) for item in self.items], self.total, self.page, self.size)


def paged(session: Session, query: Select[Item], page: int, size: int, *options: Any) -> Page[Item]:
    """Run an ordered query for one page."""
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.scalars(query.options(*options).limit(size).offset((page - 1) * size))
    return Page(list(rows), total, page, size)

"""Rows by their ids. An id that no row can have finds none: a database cannot even look it up."""

from typing import TypeVar

from sqlalchemy.orm import Session

from app.db.models.base import Base
from app.domain.texts import read_count
from app.schemas import MAX_ID

Row = TypeVar("Row", bound=Base)


def is_possible_id(number: int) -> bool:
    """Whether a row can have this id."""
    return 0 < number <= MAX_ID


def read_id(text: str) -> int | None:
    """The id that a text from outside writes; None for what is no possible id."""
    number = read_count(text)
    if number is None or not is_possible_id(number):
        return None
    return number


def find_row(session: Session, table: type[Row], row_id: int) -> Row | None:
    """The row of a table that has this id; None where there is none."""
    if not is_possible_id(row_id):
        return None
    return session.get(table, row_id)

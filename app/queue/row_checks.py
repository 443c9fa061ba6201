"""Whether the columns of a row hold what their types say. SQLite stores anything in any column."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, Boolean, DateTime, Float, Integer, LargeBinary, String
from sqlalchemy import inspect as inspect_row
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.db.models import Base
from app.db.types import UNREADABLE_TIME
from app.domain.search_space.problems import excerpt

JSON_TYPES: Mapping[str, type] = {
    "space": dict,
    "parameters": dict,
    "dialect": dict,
    "more_scores": dict,
    "step_scores": dict,
    "points": list,
    "features": list,
    "notes": list,
    "dropped": list,
    "kept": list,
}


class Expected(NamedTuple):
    """What a column of some type holds when it is read, and how that is called."""

    types: tuple[type, ...]
    noun: str


EXPECTED: tuple[tuple[type[TypeEngine[Any]], Expected], ...] = (
    (JSON, Expected((dict, list), "JSON document")),
    (Boolean, Expected((bool,), "yes or no")),
    (Float, Expected((int, float), "number")),
    (Integer, Expected((int,), "whole number")),
    (DateTime, Expected((datetime,), "time")),
    (LargeBinary, Expected((bytes,), "binary value")),
    (String, Expected((str,), "text")),
)


class Damage(Exception):
    """One thing that cannot be read, in words."""


def find_row_damage(rows: Iterable[Base]) -> str | None:
    """Why one of these rows cannot be read, by itself; None where all of them can."""
    try:
        for row in rows:
            check_columns(row)
    except Damage as damage:
        return str(damage)
    return None


def check_columns(row: Base) -> None:
    """Whether each loaded column of a row holds what its type says."""
    state = inspect_row(row)
    for attribute in state.mapper.column_attrs:
        if attribute.key in state.unloaded:
            continue
        column = attribute.columns[0]
        value = getattr(row, attribute.key)
        if value is None and column.nullable:
            continue
        expected = _expected_in(column.name, column.type)
        if isinstance(value, expected.types) and value != UNREADABLE_TIME:
            continue
        table = row.__tablename__
        raise Damage(
            f"{table}.{column.name} holds {show_value(value)}, which is no {expected.noun}."
        )


def _expected_in(name: str, column_type: TypeEngine[Any]) -> Expected:
    if isinstance(column_type, TypeDecorator):
        column_type = column_type.impl_instance
    for kind, expected in EXPECTED:
        if isinstance(column_type, kind):
            if kind is JSON and name in JSON_TYPES:
                return Expected((JSON_TYPES[name],), expected.noun)
            return expected
    raise TypeError(f"No check for {column_type!r}")


def show_value(value: object) -> str:
    """What is stored in the place of something else, in quotes."""
    text = getattr(value, "text", value)  # of UnreadableJson
    if value == UNREADABLE_TIME:
        return "something"
    return f'"{excerpt(str(text))}"'

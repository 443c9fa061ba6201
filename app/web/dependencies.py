"""What handlers are given: sessions that read or write, and the settings."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database

MOST_FIELDS = 2000


def get_settings(request: Request) -> Settings:
    """The settings of this installation."""
    settings: Settings = request.app.state.settings
    return settings


def get_database(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database


def open_read_session(request: Request) -> Iterator[Session]:
    """A session whose changes are thrown away."""
    with request.app.state.database.read() as session:
        yield session


def open_write_session(request: Request) -> Iterator[Session]:
    """A session that is committed before the answer leaves."""
    with request.app.state.database.write() as session:
        yield session


async def get_texts(request: Request) -> dict[str, str]:
    """The text fields of a form."""
    form = await request.form(max_fields=MOST_FIELDS, max_files=0)
    return {name: value for name, value in form.items() if isinstance(value, str)}


CurrentSettings = Annotated[Settings, Depends(get_settings)]
CurrentDatabase = Annotated[Database, Depends(get_database)]
ReadSession = Annotated[Session, Depends(open_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(open_write_session, scope="function")]
Texts = Annotated[dict[str, str], Depends(get_texts)]

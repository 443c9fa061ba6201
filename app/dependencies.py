"""What handlers are given: sessions that read or write, and the settings."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from app.config import Settings


def get_settings(request: Request) -> Settings:
    """The settings of this installation."""
    settings: Settings = request.app.state.settings
    return settings


def get_reading(request: Request) -> Iterator[Session]:
    """A session whose changes are thrown away."""
    with request.app.state.database.read() as session:
        yield session


def get_writing(request: Request) -> Iterator[Session]:
    """A session that is committed before the answer leaves."""
    with request.app.state.database.write() as session:
        yield session


CurrentSettings = Annotated[Settings, Depends(get_settings)]
Reading = Annotated[Session, Depends(get_reading, scope="function")]
Writing = Annotated[Session, Depends(get_writing, scope="function")]

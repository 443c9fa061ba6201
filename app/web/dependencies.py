"""What route handlers depend on: settings, sessions that read or write, the fields of a form."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Query, Request
from sqlalchemy.orm import Session

from app.config import Settings
from app.db.engine import Database
from app.services.file_reader import FileReader
from app.web.deletion_timer import DeletionTimer

MAX_FORM_FIELDS = 2000
ONE_TIME_FIELD = "one_time_key"  # see app.web.one_time_keys


def get_settings(request: Request) -> Settings:
    """The settings of this installation."""
    settings: Settings = request.app.state.settings
    return settings


def get_database(request: Request) -> Database:
    """The database of this installation."""
    database: Database = request.app.state.database
    return database


def get_file_reader(request: Request) -> FileReader:
    """What reads the files of this installation."""
    file_reader: FileReader = request.app.state.file_reader
    return file_reader


def get_deletion_timer(request: Request) -> DeletionTimer:
    """What carries deletes out after a while."""
    deletion_timer: DeletionTimer = request.app.state.deletion_timer
    return deletion_timer


def open_read_session(request: Request) -> Iterator[Session]:
    """A session whose changes are thrown away."""
    with get_database(request).read() as session:
        yield session


def open_write_session(request: Request) -> Iterator[Session]:
    """A session that is committed before the response is sent."""
    with get_database(request).write() as session:
        yield session


async def read_text_fields(request: Request) -> dict[str, str]:
    """The text fields of a form, without its one-time key."""
    form = await request.form(max_fields=MAX_FORM_FIELDS, max_files=0)
    texts = {}
    for name, value in form.items():
        if isinstance(value, str) and name != ONE_TIME_FIELD:
            texts[name] = value
    return texts


CurrentSettings = Annotated[Settings, Depends(get_settings)]
CurrentDatabase = Annotated[Database, Depends(get_database)]
CurrentDeletionTimer = Annotated[DeletionTimer, Depends(get_deletion_timer)]
CurrentFileReader = Annotated[FileReader, Depends(get_file_reader)]
# With the scope "function" a session ends before the response is sent. Otherwise a browser could
# follow a redirect to a row that is not committed yet.
ReadSession = Annotated[Session, Depends(open_read_session, scope="function")]
WriteSession = Annotated[Session, Depends(open_write_session, scope="function")]
TextFields = Annotated[dict[str, str], Depends(read_text_fields)]
Step = Annotated[int, Query(description="rows ahead, from 1 to the experiment's horizon")]

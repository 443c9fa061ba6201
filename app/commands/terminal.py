"""What the commands share: their options, the console, and how they end when something is wrong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from app.backup.errors import BackupError
from app.config import Settings, TokenRequired
from app.db.private_files import close_to_others
from app.db.sqlite import sqlite_file
from app.db.upgrade import UpgradeError, upgrade_database

console = Console(soft_wrap=True)

DataOption = Annotated[Path | None, typer.Option(help="Folder of the database (FORETUNE_DATA).")]
HostOption = Annotated[str | None, typer.Option(help="Address to listen on (FORETUNE_HOST).")]
PortOption = Annotated[
    int | None, typer.Option(help="Port to listen on (FORETUNE_PORT).", min=0, max=65535)
]
SlotsOption = Annotated[
    int | None,
    typer.Option(
        help="Trials trained at once; 0: one per GPU, or per core without one (FORETUNE_SLOTS).",
        min=0,
    ),
]
SecondsOption = Annotated[
    float, typer.Option(min=1, help="Seconds of training that the sample search may take.")
]


def read_settings(**options: object) -> Settings:
    """The settings from the environment, and over them the options that were given."""
    chosen = {}
    for name, value in options.items():
        if value is not None:
            chosen[name] = value
    try:
        return Settings(**chosen)  # type: ignore[arg-type]
    except ValidationError as error:
        for details in error.errors():
            name = str(details["loc"][0])
            variable = f"[red]FORETUNE_{name.upper()}[/red]"
            message = details["msg"].removeprefix("Value error, ")
            console.print(f"{variable}: {message}", highlight=False)
        raise typer.Exit(2) from None


def prepare_database(settings: Settings) -> None:
    """Bring the database up to date, or exit and say why that cannot be done.

    One that others could read is closed to them first.
    """
    file = sqlite_file(settings.url)
    if file is not None and file.exists():
        for message in close_to_others(file):
            console.print(message, highlight=False)
    with exit_on_error():
        changes = upgrade_database(settings)
    if changes:
        console.print(changes, highlight=False)


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Print an error that the user can do something about in place of a traceback."""
    try:
        yield
    except (BackupError, TokenRequired, UpgradeError) as error:
        fail(str(error))


def fail(message: str) -> NoReturn:
    """Print a message in red and exit."""
    console.print(
        message,
        style="red",
        markup=False,
        highlight=False,
    )
    raise typer.Exit(1) from None

"""Commands about what is stored: status, backup, restore."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.backup import copying, restoring
from app.commands.terminal import (
    DataOption,
    console,
    exit_on_error,
    prepare_database,
    read_settings,
)
from app.db.driver import describe_wal_reset_bug, sqlite3
from app.db.engine import Database
from app.db.sqlite import sqlite_file
from app.db.upgrade import describe_location

if TYPE_CHECKING:
    from app.services.overviews import Overview
    from app.services.unreadable import UnreadableExperiment


def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    data: DataOption = None,
) -> None:
    """Copy the database to one file, while server and workers go on."""
    settings = read_settings(data=data)
    with exit_on_error(), console.status(f"Copying to {file} …"):
        message = copying.backup(settings, file, force)
    console.print(
        message,
        markup=False,
        highlight=False,
    )


def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `foretune backup` made.", dir_okay=False)
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the present database; a copy of it is kept.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Replace the database with a backup; an older one is upgraded."""
    settings = read_settings(data=data)
    with exit_on_error(), console.status(f"Restoring {file} …"):
        messages = restoring.restore(settings, file, force)
    console.print(
        *messages,
        sep="\n",
        markup=False,
        highlight=False,
    )


def status(data: DataOption = None) -> None:
    """Show what is in the database: workers, datasets and experiments."""
    from app.queue import workers
    from app.services import datasets, overviews
    from app.services.unreadable import checked_if_needed

    settings = read_settings(data=data)
    prepare_database(settings)
    with Database(settings.url).read() as session:
        alive = workers.alive(session, settings.lease_seconds)
        n_datasets = datasets.listing(session).total

        def make_table(is_checked: bool) -> Table:
            listed = overviews.listing(session, is_checked=is_checked)
            return _experiments_table(listed.items)

        table = checked_if_needed(make_table)
    location = describe_location(settings.url)
    summary = f"{location}: {len(alive)} workers, {n_datasets} datasets"
    console.print(summary, highlight=False)
    if sqlite_file(settings.url) is not None:
        warning = describe_wal_reset_bug(sqlite3.sqlite_version_info)
        if warning is not None:
            console.print(warning, style="yellow", highlight=False)
    console.print(table)


def _experiments_table(listed: "Sequence[Overview | UnreadableExperiment]") -> Table:
    from app.services.unreadable import UnreadableExperiment
    from app.web.formats import estimate, number

    table = Table("id", "experiment", "state", "trials", "best on validation", "time left")
    for overview in listed:
        if isinstance(overview, UnreadableExperiment):
            name = f"{overview.name}\nIt cannot be read: {overview.problem}"
            table.add_row(str(overview.id), escape(name), escape(overview.state))
            continue
        experiment = overview.experiment
        best_error = number(overview.best_error)
        if overview.best is not None:
            best_error = f"{overview.yardstick.name} {best_error}"
        table.add_row(
            str(experiment.id),
            escape(experiment.name),
            experiment.state,
            f"{overview.finished}/{overview.planned}",
            best_error,
            estimate(overview.eta_seconds),
        )
    return table

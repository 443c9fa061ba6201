"""The command line: foretune serve, worker, up, demo, import-csv, status, backup, trust, …"""

from typing import Annotated

import typer

from app.commands import data, importing, programs, running
from app.commands.terminal import console
from app.config import VERSION

main = typer.Typer(
    name="foretune",
    help=(
        "Launch and inspect tuning runs of neural forecasters.\n\n"
        "Settings come from FORETUNE_* variables; options given here win."
    ),
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
main.command()(running.serve)
main.command()(running.worker)
main.command()(running.up)
main.command()(running.demo)
main.command("import-csv")(importing.import_csv)
main.command()(data.backup)
main.command()(data.restore)
main.command()(data.status)
main.command()(programs.models)
main.command()(programs.trust)


@main.callback(invoke_without_command=True)
def show_version(
    version: Annotated[bool, typer.Option("--version", help="Show the version and exit.")] = False,
) -> None:
    """Launch and inspect tuning runs of neural forecasters."""
    if version:
        console.print(f"Foretune {VERSION}")
        raise typer.Exit


if __name__ == "__main__":
    main()

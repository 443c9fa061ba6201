"""The command line: foretune serve, worker, up, demo, import-csv, status, backup, restore."""

import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from app import backup as copies
from app.config import VERSION, Settings, TokenRequired
from app.db.engine import Database
from app.db.upgrade import UpgradeError, bring_up_to_date, place
from app.processes import Processes, environment_of, stop_on_signals, use_one_heap

main = typer.Typer(
    name="foretune",
    help="Launch and inspect tuning runs of neural forecasters.\n\nSettings come from FORETUNE_* variables; "
    "options given here win.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
console = Console(soft_wrap=True)

Data = Annotated[Path | None, typer.Option(help="Folder of the database (FORETUNE_DATA).")]
Host = Annotated[str | None, typer.Option(help="Address to listen on (FORETUNE_HOST).")]
Port = Annotated[
    int | None, typer.Option(help="Port to listen on (FORETUNE_PORT).", min=0, max=65535)
]
Slots = Annotated[
    int | None,
    typer.Option(help="Trials trained at once; 0: one per core (FORETUNE_SLOTS).", min=0),
]


@main.callback(invoke_without_command=True)
def version(
    version: Annotated[bool, typer.Option("--version", help="Say the version and stop.")] = False,
) -> None:
    """Launch and inspect tuning runs of neural forecasters."""
    if version:
        console.print(f"Foretune {VERSION}")
        raise typer.Exit


@main.command()
def serve(data: Data = None, host: Host = None, port: Port = None) -> None:
    """Run the web server alone. Trials wait until a worker runs."""
    os.environ |= {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }  # more threads only take cores from the slots

    import uvicorn

    from app.main import create_app, make_ready

    use_one_heap()
    settings = _prepared(_guarded(_settings(data=data, host=host, port=port)))
    _refuse_taken_port(settings)
    app = create_app(settings)
    make_ready(app)
    console.print(
        f"Foretune {VERSION} on [bold]{settings.entrance()}[/bold] (data in {settings.data}). Ctrl-C stops it."
    )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_level=settings.log_level if settings.log_level != "info" else "warning",
        timeout_graceful_shutdown=2,
        access_log=not settings.token,  # it would hold the token of the first visit
        timeout_keep_alive=15,  # seconds; finished pages ask every 5
        server_header=False,
    )


@main.command()
def worker(data: Data = None, slots: Slots = None) -> None:
    """Run a worker alone: it trains what waits in the database's queue."""
    settings = _prepared(_settings(data=data, slots=slots))
    command = [
        sys.executable,
        "-m",
        "worker",
    ]  # Python looks for its virtual environment by argv[0]
    os.execve(sys.executable, command, {**os.environ, **environment_of(settings)})


@main.command()
def up(data: Data = None, host: Host = None, port: Port = None, slots: Slots = None) -> None:
    """Run server and worker together until Ctrl-C, which ends both."""
    settings = _prepared(_guarded(_settings(data=data, host=host, port=port, slots=slots)))
    _refuse_taken_port(settings)
    stop_on_signals()
    with Processes() as processes:
        _start_both(processes, settings)
        _keep(processes)


@main.command()
def demo(data: Data = None, host: Host = None, port: Port = None, slots: Slots = None) -> None:
    """Run everything and the sample search: 12 networks on IBM's daily prices, then keep serving until Ctrl-C."""
    from app import demo as sample

    settings = _prepared(
        _guarded(_with_free_port(_settings(data=data, host=host, port=port, slots=slots)))
    )
    stop_on_signals()
    database = Database(settings.url)
    with Processes() as processes:
        try:
            experiment_id = sample.begin(database)
            _start_both(processes, settings)
            if not sample.wait_for_server(settings, processes):
                console.print("[red]The server did not start.[/red]")
                raise typer.Exit(1)
            page = settings.entrance(f"/experiments/{experiment_id}")
            console.print(f"Watch it live: [bold]{page}[/bold]")
            overview = sample.watch(database, experiment_id, processes, console)
            if overview is not None and overview.best is not None:
                console.print(
                    f"Done. The best network, its charts and its download: [bold]{page}[/bold]"
                )
        except KeyboardInterrupt:
            return
        _keep(processes)


@main.command("import-csv")
def import_csv(
    file: Annotated[
        Path, typer.Argument(help="The CSV.", exists=True, dir_okay=False, readable=True)
    ],
    name: Annotated[str | None, typer.Option(help="Name of the dataset; else the file's.")] = None,
    target: Annotated[str | None, typer.Option(help="Column to forecast; else recognised.")] = None,
    date: Annotated[str | None, typer.Option(help="Date column; else recognised.")] = None,
    missing: Annotated[
        str, typer.Option(help="Rows with missing values: refuse, drop or fill.")
    ] = "refuse",
    duplicates: Annotated[
        str, typer.Option(help="Repeated dates: refuse, first or last.")
    ] = "refuse",
    data: Data = None,
) -> None:
    """Save a CSV as a dataset."""
    from app.errors import Invalid
    from app.services import datasets

    settings = _prepared(_settings(data=data))
    try:
        with Database(settings.url).write() as session:
            dataset = datasets.create_from_csv(
                session,
                name=name or file.stem,
                filename=file.name,
                content=file.read_bytes(),
                target=target,
                date=date,
                missing=missing,
                duplicates=duplicates,
            )
            words = f"Dataset {dataset.id}: {dataset.rows:,} rows, target {dataset.target}."
            notes = [str(note) for note in dataset.notes]
    except Invalid as error:
        for problem in error.problems:
            console.print(f"[red]{problem.loc[0]}[/red]: {problem.message}", highlight=False)
        raise typer.Exit(1) from None
    console.print(words, *notes, sep="\n", highlight=False)


@main.command()
def backup(
    file: Annotated[Path, typer.Argument(help="Where the copy goes.", dir_okay=False)],
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    data: Data = None,
) -> None:
    """Copy the database to one file, while server and workers go on."""
    with _exit_on_error(), console.status(f"Copying to {file} …"):
        words = copies.backup(_settings(data=data), file, force)
    console.print(words, markup=False, highlight=False)


@main.command()
def restore(
    file: Annotated[
        Path, typer.Argument(help="A file that `foretune backup` made.", dir_okay=False)
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Replace what is there; it is kept beside.")
    ] = False,
    data: Data = None,
) -> None:
    """Put a backup in the place of the database; an older one is brought up to date."""
    with _exit_on_error(), console.status(f"Restoring {file} …"):
        said = copies.restore(_settings(data=data), file, force)
    console.print(*said, sep="\n", markup=False, highlight=False)


@main.command()
def status(data: Data = None) -> None:
    """Say what is in the database: workers, datasets and experiments."""
    from app.queue import workers
    from app.services import datasets, experiments
    from app.web.templating import duration, number

    settings = _prepared(_settings(data=data))
    with Database(settings.url).read() as session:
        alive = workers.alive(session, settings.lease_seconds)
        console.print(
            f"{place(settings.url)}: {len(alive)} workers, {datasets.listing(session).total} datasets",
            highlight=False,
        )
        table = Table("id", "experiment", "state", "trials", "best validation RMSE", "time left")
        for row in experiments.listing(session).items:
            best = number(row.best.validation_rmse) if row.best else "–"
            progress = f"{row.finished}/{row.planned}"
            experiment = row.experiment
            left = duration(row.eta_seconds)
            table.add_row(
                str(experiment.id), experiment.name, experiment.state, progress, best, left
            )
    console.print(table)


@contextmanager
def _exit_on_error() -> Iterator[None]:
    try:
        yield
    except (copies.BackupError, TokenRequired, UpgradeError) as error:
        console.print(str(error), style="red", markup=False, highlight=False)
        raise typer.Exit(1) from None


def _settings(**given: object) -> Settings:
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        for row in error.errors():
            console.print(
                f"[red]FORETUNE_{str(row['loc'][0]).upper()}[/red]: {row['msg']}", highlight=False
            )
        raise typer.Exit(2) from None


def _prepared(settings: Settings) -> Settings:
    with _exit_on_error():
        changed = bring_up_to_date(settings)
    if changed:
        console.print(changed, highlight=False)
    return settings


def _guarded(settings: Settings) -> Settings:
    with _exit_on_error():
        guarded = settings.with_token()
    if guarded is not settings:
        words = "Others can reach this server, so it asks for an access token: a new one each start unless FORETUNE_TOKEN"
        console.print(f"{words} says which.", highlight=False)
    return guarded


def _start_both(processes: Processes, settings: Settings) -> None:
    processes.start("server", ["app", "serve"], settings)
    processes.start(
        "worker", ["worker"], settings.model_copy(update={"token": ""})
    )  # it lets nobody in


def _keep(processes: Processes) -> None:
    try:
        name = processes.wait()
    except KeyboardInterrupt:
        return
    console.print(f"[red]The {name} has ended, so everything is stopped.[/red]")
    raise typer.Exit(1)


def _obstacle(host: str, port: int) -> OSError | None:
    """What keeps a server from listening there, None if nothing does."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as problem:
        return problem
    return None


def _refuse_taken_port(settings: Settings) -> None:
    problem = _obstacle(settings.host, settings.port)
    if problem is not None:
        _refuse_place(settings, problem)


def _refuse_place(settings: Settings, problem: OSError) -> NoReturn:
    if problem.errno == errno.EADDRINUSE:
        console.print(
            f"[red]Port {settings.port} is taken.[/red] Choose another with --port or FORETUNE_PORT."
        )
    else:
        where = f"{settings.host}, port {settings.port}"
        words = (
            f"Cannot listen on {where}: {problem.strerror}. Choose another with --host or --port."
        )
        console.print(words, style="red", markup=False, highlight=False)
    raise typer.Exit(1)


def _with_free_port(settings: Settings) -> Settings:
    for port in range(settings.port, min(settings.port + 50, 65536)):
        problem = _obstacle(settings.host, port)
        if problem is None:
            if port != settings.port:
                console.print(f"Port {settings.port} is taken, so this is port {port}.")
            return Settings(**{**settings.model_dump(), "port": port})
        if problem.errno != errno.EADDRINUSE:
            _refuse_place(settings, problem)
    console.print(f"[red]No port from {settings.port} on is free.[/red]")
    raise typer.Exit(1)


if __name__ == "__main__":
    main()

"""Commands that run until Ctrl-C: serve, worker, up, demo."""

import os
import socket
import sys
from functools import partial

import typer
from rich.markup import escape
from sqlalchemy.exc import DBAPIError

from app.commands.ports import require_free_port, with_free_port
from app.commands.terminal import (
    DataOption,
    HostOption,
    PortOption,
    SecondsOption,
    SlotsOption,
    console,
    exit_on_error,
    prepare_database,
    read_settings,
)
from app.config import VERSION, Settings
from app.db.engine import Database
from app.processes import (
    server_environment,
    stop_on_signals,
    use_one_heap,
    worker_environment,
)
from app.queue import workers
from app.supervision import Death, Processes

DEMO_SECONDS = 60.0  # of training
# The server multiplies no large matrices: more threads would only take cores from the slots.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def serve(data: DataOption = None, host: HostOption = None, port: PortOption = None) -> None:
    """Run the web server alone. Trials wait until a worker runs."""
    os.environ |= ONE_THREAD

    from app.main import create_app, prepare_server
    from app.web.server import run_server

    use_one_heap()
    settings = add_token(read_settings(data=data, host=host, port=port))
    prepare_database(settings)
    require_free_port(settings)
    app = create_app(settings)
    prepare_server(app)
    console.print(
        f"Foretune {VERSION} on [bold]{settings.entry_url()}[/bold] (data in {settings.data}). "
        "Ctrl-C stops it."
    )
    run_server(app, settings)


def worker(data: DataOption = None, slots: SlotsOption = None) -> None:
    """Run a worker alone: it trains what waits in the database's queue."""
    settings = read_settings(data=data, slots=slots)
    prepare_database(settings)
    # Python finds its virtual environment by argv[0], so that must be the whole path.
    command = [sys.executable, "-m", "worker"]
    os.execve(sys.executable, command, worker_environment(settings))


def up(
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    slots: SlotsOption = None,
) -> None:
    """Run server and worker together until Ctrl-C, which ends both."""
    settings = add_token(read_settings(data=data, host=host, port=port, slots=slots))
    prepare_database(settings)
    require_free_port(settings)
    stop_on_signals()
    with Processes(partial(report_death, settings)) as processes:
        start_server_and_worker(processes, settings)
        wait_for_end(processes)


def demo(
    data: DataOption = None,
    host: HostOption = None,
    port: PortOption = None,
    slots: SlotsOption = None,
    seconds: SecondsOption = DEMO_SECONDS,
) -> None:
    """Run everything and the default search on a sample, sea temperatures. Ctrl-C ends it."""
    settings = read_settings(data=data, host=host, port=port, slots=slots)
    settings = add_token(with_free_port(settings))
    prepare_database(settings)
    stop_on_signals()
    with Processes(partial(report_death, settings)) as processes:
        try:
            run_sample_search(processes, settings, seconds)
        except KeyboardInterrupt:
            return
        wait_for_end(processes)


def run_sample_search(processes: Processes, settings: Settings, seconds: float) -> None:
    """Start server and worker, and show the sample search until it has finished."""
    from app import demo as sample

    database = Database(settings.url)
    experiment_id = sample.start_search(database, seconds)
    start_server_and_worker(processes, settings)
    if not sample.wait_for_server(settings, processes):
        console.print("[red]The server did not start.[/red]")
        raise typer.Exit(1)
    page = settings.entry_url(f"/experiments/{experiment_id}")
    console.print(f"Watch it live: [bold]{page}[/bold]")
    overview = sample.watch_search(database, experiment_id, processes, console)
    if overview is not None and overview.best is not None:
        console.print(f"Done. The best network, its charts and its download: [bold]{page}[/bold]")


def add_token(settings: Settings) -> Settings:
    """Add an access token where others can reach the server, or exit and say why one is needed."""
    with exit_on_error():
        settings_with_token = settings.with_token()
    if settings_with_token is not settings:
        console.print(
            "Others can reach this server, so it asks for an access token: a new one each start "
            "unless FORETUNE_TOKEN says which.",
            highlight=False,
        )
    return settings_with_token


def start_server_and_worker(processes: Processes, settings: Settings) -> None:
    """Start both. The worker gets no access token, for it lets nobody in."""
    processes.start("server", ["app", "serve"], server_environment(settings))
    processes.start("worker", ["worker"], worker_environment(settings), restarts=True)


def report_death(settings: Settings, death: Death) -> None:
    """Say in the terminal and on the pages that a process died and is started again."""
    console.print(f"[yellow]{escape(death.text)}[/yellow]", highlight=False)
    database = Database(settings.url)
    try:
        with database.write() as session:
            workers.store_death(session, socket.gethostname(), death.pid, death.text)
    except (DBAPIError, OSError) as error:
        console.print(f"The pages do not say so: {escape(str(error))}", highlight=False)
    finally:
        database.close()


def wait_for_end(processes: Processes) -> None:
    """Wait for Ctrl-C, or exit with an error when a process ends by itself."""
    try:
        name = processes.wait()
    except KeyboardInterrupt:
        return
    console.print(f"[red]The {name} has ended, so everything is stopped.[/red]")
    raise typer.Exit(1)

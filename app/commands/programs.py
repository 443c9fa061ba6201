"""Commands about custom models: which there are, and which of their programs may run here."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from app.commands.terminal import DataOption, console, fail, prepare_database, read_settings
from app.config import Settings
from app.db.engine import Database
from app.db.upgrade import describe_location
from app.domain.custom.trust import (
    TrustedPrograms,
    hash_program,
    read_program,
)
from app.domain.texts import make_printable
from app.queue.programs import ExperimentProgram

MAX_SHOWN_LINES = 60

ExperimentArgument = Annotated[
    int, typer.Argument(help="The number of the experiment.", min=1, max=2**31 - 1)
]
AllOption = Annotated[bool, typer.Option("--all", help="Show every line of the program.")]


@dataclass(frozen=True)
class Excerpt:
    """What is shown of a program: a title and lines, and how many lines more there are."""

    title: str
    lines: list[str]
    hidden: int


def models(data: DataOption = None) -> None:
    """List the custom models in the folder models, and the programs that wait to be confirmed."""
    from app.queue import programs
    from app.services import custom_models

    settings = read_settings(data=data)
    prepare_database(settings)
    trusted = TrustedPrograms(settings.data)
    files = Table("file", "library or problem")
    for file in custom_models.list_files(settings.data):
        description = file.problem
        if file.custom_model is not None:
            description = file.custom_model.library
        files.add_row(f"{escape(make_printable(file.name))}.py", escape(description))
    console.print(f"In {trusted.folder}:", markup=False, highlight=False)
    console.print(files)
    waiting = Table("experiment", "program", "to look at it and confirm it")
    with Database(settings.url).read() as session:
        for program in programs.all_programs(session):
            if not trusted.is_trusted(program.source):
                name = f"{make_printable(program.name)}.py"
                command = f"foretune trust {program.experiment_id}"
                waiting.add_row(str(program.experiment_id), escape(name), command)
    if waiting.row_count:
        console.print("Programs of experiments that nobody has confirmed on this machine:")
        console.print(waiting)
    else:
        console.print("No program of an experiment waits to be confirmed.")


def trust(
    experiment: ExperimentArgument, show_all: AllOption = False, data: DataOption = None
) -> None:
    """Look at the program of an experiment and confirm that it may run on this machine."""
    settings = read_settings(data=data)
    prepare_database(settings)
    program = _load_program(settings, experiment)
    trusted = TrustedPrograms(settings.data)
    if trusted.is_trusted(program.source):
        console.print("Its program may run here already: there is nothing to confirm.")
        return
    excerpt = _make_excerpt(trusted, program, show_all)
    _show_program(settings, program, excerpt)
    question = "May this program run on this machine, now and in later experiments?"
    if excerpt.hidden:
        question = f"{excerpt.hidden} lines are not shown (--all shows them). {question}"
    if not typer.confirm(question, default=False):
        console.print("It does not run. Nothing was changed.")
        raise typer.Exit(1)
    try:
        trusted.trust(program.source, make_printable(program.name))
    except OSError as error:
        fail(f"{trusted.file} cannot be written: {error.strerror}.")
    console.print("Confirmed. Workers with this data folder begin with it in a moment.")


def _load_program(settings: Settings, experiment_id: int) -> ExperimentProgram:
    from app.errors import NotFound
    from app.queue import programs

    try:
        with Database(settings.url).read() as session:
            program = programs.program_of(session, experiment_id)
    except NotFound as error:
        fail(str(error))
    if program is None:
        console.print(f"Experiment {experiment_id} trains the built-in network: it has no program.")
        raise typer.Exit
    return program


def _make_excerpt(trusted: TrustedPrograms, program: ExperimentProgram, show_all: bool) -> Excerpt:
    """The program, or how it differs from the file of its name."""
    lines = program.source.splitlines()
    title = "Its lines:"
    file_lines = _lines_of_file(trusted, program.name)
    if file_lines is not None:
        lines = list(unified_diff(file_lines, lines, "in models", "in the experiment", lineterm=""))
        title = f"It differs from the {make_printable(program.name)}.py in {trusted.folder}:"
    shown = lines if show_all else lines[:MAX_SHOWN_LINES]
    return Excerpt(title, shown, hidden=len(lines) - len(shown))


def _lines_of_file(trusted: TrustedPrograms, name: str) -> list[str] | None:
    """The lines of the file in the folder models with this name; None where there is none."""
    for path in trusted.folder.glob("*.py"):
        if path.stem == name:
            try:
                return read_program(path).splitlines()
            except (OSError, ValueError):
                return None
    return None


def _show_program(settings: Settings, program: ExperimentProgram, excerpt: Excerpt) -> None:
    for line in _describe_program(settings, program, excerpt):
        console.print(line, markup=False, highlight=False)


def _describe_program(
    settings: Settings, program: ExperimentProgram, excerpt: Excerpt
) -> Iterator[str]:
    name = make_printable(program.name)
    title = make_printable(program.experiment_name)
    n_lines = len(program.source.splitlines())
    yield f"{name}.py of experiment {program.experiment_id}, {title}"
    yield f"from {describe_location(settings.url)}, created {program.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"{n_lines} lines, SHA-256 {hash_program(program.source)}"
    yield ""
    yield excerpt.title
    for line in excerpt.lines:
        yield f"  {make_printable(line.expandtabs())}"
    yield ""
    yield "It would run with your rights. Confirm only what you wrote, or have read to its end."

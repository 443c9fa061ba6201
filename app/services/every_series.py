"""A file of several series, each of which becomes a dataset of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.csv_reading.selection import CleaningOptions
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.several.keys import EVERY_SERIES
from app.domain.csv_reading.several.splitting import SeriesFile, split_file
from app.domain.csv_reading.table import read_table
from app.services.csv_fields import CsvAnswers
from app.services.csv_questions import find_questions
from app.services.preparation import (
    PreparedDataset,
    find_shape,
    prepare,
    prepare_csv,
    resolve_names,
    settle_dialect,
)

MAX_NAMED_PROBLEMS = 10
MAX_NAMED_SERIES = 5
UNUSABLE_FIELDS = {"file", "target"}  # at which a series is too short, or never changes


def is_every_series(settled: Mapping[str, Any]) -> bool:
    """Whether every series of the file is asked for, each as a dataset."""
    return tuple(settled.get("key") or ()) == (EVERY_SERIES,)


def prepare_each(
    content: bytes, settled: Mapping[str, Any] | None, cleaning: CleaningOptions
) -> list[PreparedDataset]:
    """The dataset of a file, or one for each of its series where all are asked for.

    A series that is too short or never changes is left out, and the others say so. Raises
    SeriesError with the problems of the series, and where none is left.
    """
    settled = dict(settled or {})
    if not is_every_series(settled):
        return [prepare_csv(content, settled, cleaning)]
    answers = resolve_names(content, CsvAnswers(settled, cleaning))
    files = split_file(content, settle_dialect(content, answers))
    prepared: list[PreparedDataset] = []
    unusable: dict[str, SeriesError] = {}
    doubtful: list[SeriesFile] = []
    for file in files:
        try:
            prepared.append(_prepare_file(file, answers))
        except SeriesError as error:
            fields = {problem.field for problem in error.problems}
            if fields <= UNUSABLE_FIELDS:
                unusable[file.name] = error
            else:
                doubtful.append(file)
    if doubtful:
        raise SeriesError(_list_problems(content, answers, doubtful))
    if not prepared:
        raise SeriesError(_shorten(_name_errors(unusable)))
    shape = find_shape(content)
    notes = _list_notes(len(files), unusable)
    return [replace(dataset, shape=shape, notes=[*notes, *dataset.notes]) for dataset in prepared]


def _prepare_file(file: SeriesFile, answers: CsvAnswers) -> PreparedDataset:
    """The dataset of one series. Raises SeriesError, also for doubts that nobody has settled."""
    table = read_table(file.content, file.dialect)
    problems = find_questions(table, {*answers.settled_fields, "key", "key_columns"})
    if problems:
        raise SeriesError(problems)
    prepared = prepare(table, answers.cleaning)
    return replace(prepared, series_name=file.name, source=file.content)


def _list_problems(
    content: bytes, answers: CsvAnswers, files: Sequence[SeriesFile]
) -> list[FileProblem]:
    """The problems of some series, with the numbers of the lines in the whole file."""
    errors = {}
    for file in files[:MAX_NAMED_SERIES]:
        settled = {
            **answers.settled,
            "key_columns": file.dialect.key_columns,
            "key": file.dialect.key,
        }
        try:
            prepare_csv(content, settled, answers.cleaning)
        except SeriesError as error:
            errors[file.name] = error
    more = len(files) - MAX_NAMED_SERIES
    problems = _name_errors(errors)
    if more > 0:
        problems.append(FileProblem("key", f"{more:,} more series have problems like these."))
    return _shorten(problems)


def _list_notes(n_series: int, unusable: Mapping[str, SeriesError]) -> list[str]:
    notes = [f"The file has {n_series:,} series; this is one of them."]
    if unusable:
        reasons = [f"{name[:40]} ({error})" for name, error in unusable.items()]
        shown = "; ".join(reasons[:MAX_NAMED_SERIES])
        more = len(reasons) - MAX_NAMED_SERIES
        if more > 0:
            shown += f"; and {more:,} more"
        notes.append(f"Of its series, these could not become datasets: {shown}.")
    return notes


def _name_errors(errors: Mapping[str, SeriesError]) -> list[FileProblem]:
    named = []
    for name, error in errors.items():
        for problem in error.problems:
            message = f"{name}: {problem.message}"
            named.append(problem._replace(message=message))
    return named


def _shorten(problems: Sequence[FileProblem]) -> list[FileProblem]:
    """The first problems, and how many more there are."""
    more = len(problems) - MAX_NAMED_PROBLEMS
    if more <= 0:
        return list(problems)
    message = f"There are {more:,} more problems like these, with other series."
    return [*problems[:MAX_NAMED_PROBLEMS], FileProblem("key", message)]

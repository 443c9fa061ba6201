"""A file of several series, each of which becomes a dataset of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.csv_reading.cleaning import CleaningOptions
from app.domain.csv_reading.findings import Finding
from app.domain.csv_reading.keys import EVERY_SERIES
from app.domain.csv_reading.series import FileProblem, SeriesError
from app.domain.csv_reading.table import read_table
from app.services.csv_fields import CsvAnswers
from app.services.preparation import PreparedDataset, prepare_csv, resolve_names, settle_dialect

MAX_NAMED_PROBLEMS = 10


def is_every_series(settled: Mapping[str, Any]) -> bool:
    """Whether every series of the file is asked for, each as a dataset."""
    return tuple(settled.get("key") or ()) == (EVERY_SERIES,)


def prepare_each(
    content: bytes, settled: Mapping[str, Any] | None, cleaning: CleaningOptions
) -> list[PreparedDataset]:
    """The dataset of a file, or one for each of its series where all are asked for.

    Raises SeriesError, with the problems of all series.
    """
    settled = dict(settled or {})
    if not is_every_series(settled):
        return [prepare_csv(content, settled, cleaning)]
    answers = resolve_names(content, CsvAnswers(settled, cleaning))
    prepared = []
    problems: list[FileProblem] = []
    for name in _list_series(content, answers):
        of_one_series = {**answers.settled, "key": (name,)}
        try:
            dataset = prepare_csv(content, of_one_series, answers.cleaning)
        except SeriesError as error:
            problems += _name_series(name, error.problems)
            continue
        prepared.append(replace(dataset, series_name=name))
    if problems:
        raise SeriesError(_shorten(problems))
    return prepared


def _list_series(content: bytes, answers: CsvAnswers) -> list[str]:
    """The names of the series. Raises SeriesError for a file that has none."""
    table = read_table(content, settle_dialect(content, answers))
    for finding in table.findings:
        if finding.field == "key":
            return _read_names(finding)
    message = "The file holds a single series: leave out the key."
    raise SeriesError.at("key", message)


def _read_names(finding: Finding) -> list[str]:
    """The series that can be chosen. Raises SeriesError where they are too many to have all."""
    values = [choice.value for choice in finding.choices]
    if EVERY_SERIES not in values:
        message = f"{finding.message} They are too many to become a dataset each."
        raise SeriesError([FileProblem("key", message, finding.choices)])
    return [value for value in values if not value.startswith(EVERY_SERIES)]


def _name_series(name: str, problems: Sequence[FileProblem]) -> list[FileProblem]:
    named = []
    for problem in problems:
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

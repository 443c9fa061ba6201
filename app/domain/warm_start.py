"""Results from before a search: read from pasted CSV, and checked against the search space."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite, nan

from app.domain.search_space.parameters import Parameters, Value, parse_value, value_problem
from app.domain.search_space.problems import excerpt
from app.domain.search_space.space import SearchSpace

OBJECTIVE = "objective"
MAX_RESULTS = 3000
MAX_LISTED_PROBLEMS = 5
PASTED_SEPARATORS = ("\t", ";")  # a comma, where the heading has none of these


@dataclass(frozen=True)
class EarlierResult:
    """Parameters that were tried elsewhere, and the objective they had there. Lower is better."""

    parameters: Parameters
    objective: float


@dataclass(frozen=True)
class PastedResults:
    """The results of a pasted CSV that are in the search space, and everything that is wrong.

    `ignored`: how many lines are outside the space or have no objective.
    """

    results: tuple[EarlierResult, ...] = ()
    ignored: int = 0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    """A line of a CSV; `number` counts from 1."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class _LineResult:
    """What a line says: a result, problems, or nothing where it is ignored."""

    result: EarlierResult | None = None
    problems: tuple[str, ...] = ()


class _MissingValueError(Exception):
    """A line has no value for a hyperparameter that the search varies."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def find_value_outside(space: SearchSpace, parameters: Parameters) -> str | None:
    """The first hyperparameter whose value is outside a space; None where the space has them all.

    `parameters`: complete ones of any space. The first hyperparameter of the catalogue stands for
    parameters that are incomplete or impossible together.
    """
    name = space.find_outside(parameters)
    if name is None and not space.contains(parameters):
        names = iter(space.catalogue)
        return next(names)
    return name


def parse_pasted_results(
    text: str, space: SearchSpace, ignored_columns: Collection[str] = ()
) -> PastedResults:
    """Results from CSV: a heading with hyperparameters and `objective`, then one result a line.

    Values that are fixed in the space may be missing. `ignored_columns` may be there, and are not
    read.
    """
    try:
        lines = _split_lines(text)
    except csv.Error as error:
        return PastedResults(problems=(f"This cannot be read as CSV: {error}.",))
    problems = _table_problems(lines, space, ignored_columns)
    if problems:
        return PastedResults(problems=_shorten(problems))
    names = _column_names(lines[0])
    results = []
    ignored = 0
    for line in lines[1:]:
        line_result = _read_line(line, names, space)
        problems += line_result.problems
        if line_result.result is None:
            ignored += 1
        else:
            results.append(line_result.result)
    return PastedResults(
        results=tuple(results),
        ignored=ignored,
        problems=_shorten(problems),
    )


def _split_lines(text: str) -> list[_Line]:
    """The lines that are not empty. Raises csv.Error."""
    if "\x00" in text:
        raise csv.Error("there are NUL characters in it")  # which no database stores
    text = text.lstrip("\ufeff")
    heading = text.lstrip("\ufeff \r\n").partition("\n")[0]
    reader = csv.reader(
        StringIO(text, newline=""),
        delimiter=_find_separator(heading),
        skipinitialspace=True,
    )
    lines = []
    for cells in reader:
        if "".join(cells).strip():
            lines.append(_Line(reader.line_num, cells))
    return lines


def _find_separator(heading: str) -> str:
    for separator in PASTED_SEPARATORS:
        if separator in heading:
            return separator
    return ","


def _column_names(heading: _Line) -> list[str]:
    return [cell.strip() for cell in heading.cells]


def _table_problems(
    lines: Sequence[_Line], space: SearchSpace, ignored_columns: Collection[str]
) -> list[str]:
    """What is wrong with the number of lines and with the heading."""
    if len(lines) < 2:
        return ["Paste a heading and at least one line of results below it."]
    result_count = len(lines) - 1
    if result_count > MAX_RESULTS:
        return [f"There are {result_count:,} results; the limit is {MAX_RESULTS:,}."]
    problems = _heading_problems(lines[0], space, ignored_columns)
    return list(problems)


def _heading_problems(
    heading: _Line, space: SearchSpace, ignored_columns: Collection[str]
) -> Iterator[str]:
    names = _column_names(heading)
    expected = {*space.catalogue, *ignored_columns, OBJECTIVE}
    names_before: set[str] = set()
    for column, name in enumerate(names, start=1):
        shown_name = excerpt(name)
        start = f'Line {heading.number}, column {column}: "{shown_name}"'
        if name not in expected:
            yield f'{start} is neither a hyperparameter nor "{OBJECTIVE}".'
        elif name in names_before:
            yield f"{start} is there twice."
        names_before.add(name)
    if OBJECTIVE not in names:
        yield f'Line {heading.number}: there is no column "{OBJECTIVE}".'


def _read_line(line: _Line, names: Sequence[str], space: SearchSpace) -> _LineResult:
    if len(line.cells) != len(names):
        count = len(line.cells)
        problem = f"Line {line.number} has {count} cells, but the heading has {len(names)}."
        return _LineResult(problems=(problem,))
    texts = _texts_by_name(line, names)
    values = _parse_values(texts, space)
    objective = _parse_objective(texts.get(OBJECTIVE))
    messages = _value_messages(values, space)
    if objective is not None and not isfinite(objective):
        shown_text = excerpt(texts[OBJECTIVE])
        messages[OBJECTIVE] = f'"{shown_text}" is not a number.'
    if messages or objective is None:
        return _refuse_line(line, messages)
    try:
        filled = _fill_in_fixed_values(space, values)
    except _MissingValueError as missing:
        message = "a value is needed, because this search varies it."
        return _refuse_line(line, {missing.name: message})
    parameters = space.with_defaults(filled)
    outside = find_value_outside(space, parameters)
    if outside is not None:
        return _LineResult()
    result = EarlierResult(parameters, objective)
    return _LineResult(result)


def _texts_by_name(line: _Line, names: Sequence[str]) -> dict[str, str]:
    """What the cells of a line contain, empty ones left out."""
    texts = {}
    for name, cell in zip(names, line.cells, strict=True):
        text = cell.strip()
        if text:
            texts[name] = text
    return texts


def _refuse_line(line: _Line, messages: Mapping[str, str]) -> _LineResult:
    """A line with a message for each of these columns."""
    problems = []
    for name, message in messages.items():
        problem = f'Line {line.number}, column "{name}": {message}'
        problems.append(problem)
    return _LineResult(problems=tuple(problems))


def _parse_values(texts: Mapping[str, str], space: SearchSpace) -> dict[str, Value]:
    values = {}
    for name, row in space.catalogue.items():
        if name in texts:
            values[name] = parse_value(row, texts[name])
    return values


def _value_messages(values: Mapping[str, Value], space: SearchSpace) -> dict[str, str]:
    """What is wrong with the values, by hyperparameter."""
    messages = {}
    for name, value in values.items():
        message = value_problem(space.catalogue[name], value)
        if message:
            messages[name] = message
    return messages


def _parse_objective(text: str | None) -> float | None:
    """The objective; None where it is missing, NaN where it is not a number."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return nan


def _fill_in_fixed_values(space: SearchSpace, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values of a line, and those that are fixed in the space. Raises _MissingValueError."""
    filled = {}
    for name, value in values.items():
        if name not in space.dimensions:
            filled[name] = value
    for name, dimension in space.dimensions.items():
        if name in values:
            filled[name] = values[name]
        elif space.is_active(name, filled):
            if dimension.is_searched:
                raise _MissingValueError(name)
            filled[name] = dimension.value_at(0)
    return filled


def _shorten(problems: Sequence[str]) -> tuple[str, ...]:
    """The first problems one by one, and the number of the others."""
    more = len(problems) - MAX_LISTED_PROBLEMS
    if more <= 0:
        return tuple(problems)
    first_problems = problems[:MAX_LISTED_PROBLEMS]
    return (*first_problems, f"There are {more} more like these.")

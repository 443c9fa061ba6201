"""Results from before a search: read from pasted tables, and checked against the search space."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite

from app.domain.pasting.cells import is_finished, is_missing, parse_cell
from app.domain.pasting.columns import MAX_LISTED_NAMES, Columns, find_columns
from app.domain.pasting.numbers import NumberFormat, UnclearNumbers, find_number_format
from app.domain.pasting.tables import MAX_RESULTS, Line, Table, TableError, read_table
from app.domain.search_space.membership import find_value_outside
from app.domain.search_space.parameters import Parameters, Value, value_problem
from app.domain.search_space.problems import excerpt
from app.domain.search_space.space import SearchSpace
from app.domain.terms import Objective

MAX_LISTED_PROBLEMS = 5


@dataclass(frozen=True)
class EarlierResult:
    """Parameters that were tried elsewhere, and the objective they had there. Lower is better."""

    parameters: Parameters
    objective: float


@dataclass(frozen=True)
class PastedResults:
    """The results of a pasted table that are in the search space, and everything that is wrong.

    `left_out`: how many lines do not count, by the reason in words.
    `notes`: what was taken for what, in words.
    """

    results: tuple[EarlierResult, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ignored(self) -> int:
        """How many lines do not count."""
        return sum(self.left_out.values())


@dataclass(frozen=True)
class _LineResult:
    """What a line says: a result, problems, or why it does not count."""

    result: EarlierResult | None = None
    problems: tuple[str, ...] = ()
    left_out: str = ""


class _MissingValueError(Exception):
    """A line has no value for a hyperparameter that the search varies."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def parse_pasted_results(
    text: str,
    space: SearchSpace,
    ignored_columns: Collection[str] = (),
    measure: Objective = Objective.RMSE,
) -> PastedResults:
    """Results from a table: names of hyperparameters and an objective, then one result a line.

    Values that are fixed in the space may be missing. `ignored_columns` may be there, and are not
    read. `measure`: what the experiment minimises.
    """
    try:
        table = read_table(text)
        problem = _table_problem(table)
        if problem:
            return PastedResults(problems=(problem,))
        columns = find_columns(table.names, space.catalogue, measure, ignored_columns)
        reader = _TableReader(table, columns, space, _find_format(table, columns))
    except (TableError, UnclearNumbers) as error:
        return PastedResults(problems=(str(error),))
    problems = reader.heading_problems()
    if problems:
        return PastedResults(problems=_shorten(problems))
    return reader.read()


def _table_problem(table: Table) -> str:
    """What is wrong with the number of lines; "" where nothing is."""
    result_count = len(table.rows)
    if not result_count:
        return "Paste a heading and at least one line of results below it."
    if result_count > MAX_RESULTS:
        return f"There are {result_count:,} results; the limit is {MAX_RESULTS:,}."
    return ""


def _find_format(table: Table, columns: Columns) -> NumberFormat:
    """How the numbers of the columns that are read are written. Raises UnclearNumbers."""
    positions = [*columns.names]
    if columns.objective is not None:
        positions.append(columns.objective)
    cells = []
    for row in table.rows[:MAX_RESULTS]:
        if len(row.cells) == len(table.names):
            cells += [row.cells[position] for position in positions]
    return find_number_format(cells)


@dataclass(frozen=True)
class _TableReader:
    """Reads the lines of a table whose columns are known."""

    table: Table
    columns: Columns
    space: SearchSpace
    number_format: NumberFormat

    def heading_problems(self) -> list[str]:
        """What is wrong with the names of the columns."""
        problems = [f"Line {self.table.line}: {problem}" for problem in self.columns.problems]
        if not self.table.line:
            problems = list(self.columns.problems)
        if not self.columns.names:
            names = ", ".join(_quote(name) for name in self.table.names[:MAX_LISTED_NAMES])
            searched = ", ".join(dimension.name for dimension in self.space.searched)
            problems.append(
                f"No column is called after a hyperparameter. The columns are {names}; "
                f"this search varies {searched}."
            )
        return problems

    def read(self) -> PastedResults:
        """The results of all lines."""
        results = []
        problems: list[str] = []
        left_out: Counter[str] = Counter()
        for row in self.table.rows:
            line_result = self._read_line(row)
            problems += line_result.problems
            if line_result.left_out:
                left_out[line_result.left_out] += 1
            if line_result.result is not None:
                results.append(line_result.result)
        return PastedResults(
            results=tuple(results),
            left_out=left_out,
            problems=_shorten(problems),
            notes=tuple(self._notes(left_out)),
        )

    def _notes(self, left_out: Mapping[str, int]) -> list[str]:
        """What was taken for what, and what was not read."""
        notes = []
        if self.columns.objective is not None:
            name = self.table.names[self.columns.objective]
            if name.lower() != "objective":
                notes.append(f"The objective is the column {_quote(name)}.")
        for name, hyperparameter in self.columns.other_names.items():
            notes.append(f'"{name}" is read as {hyperparameter}.')
        if self.number_format.decimal == ",":
            notes.append("Numbers have a decimal comma.")
        elif self.number_format.thousands:
            notes.append("Commas stand between thousands.")
        if self.columns.unused:
            names = self.columns.describe_unused()
            notes.append(f"Not used, as no hyperparameter is called so: {names}.")
        if left_out:
            reasons = [f"{count:,} {reason}" for reason, count in left_out.items()]
            notes.append(f"Left out: {', '.join(reasons)}.")
        return notes

    def _read_line(self, row: Line) -> _LineResult:
        count = len(row.cells)
        n_names = len(self.table.names)
        if count != n_names:
            problem = f"Line {row.number} has {count} cells, but the heading has {n_names}."
            return _LineResult(problems=(problem,))
        reason = self._why_unfinished(row)
        if reason:
            return _LineResult(left_out=reason)
        values = self._parse_values(row)
        messages = _value_messages(values, self.space)
        objective = None
        try:
            objective = self._objective_of(row)
        except ValueError:
            assert self.columns.objective is not None
            text = row.cells[self.columns.objective].strip()
            name = self.table.names[self.columns.objective]
            messages[name] = f"{_quote(text)} is not a number."
        if messages:
            return _refuse_line(row, messages)
        if objective is None:
            return _LineResult(left_out="without an objective that is a number")
        return self._check_space(row, values, objective)

    def _check_space(self, row: Line, values: Mapping[str, Value], objective: float) -> _LineResult:
        try:
            filled = _fill_in_fixed_values(self.space, values)
        except _MissingValueError as missing:
            message = "a value is needed, because this search varies it."
            return _refuse_line(row, {missing.name: message})
        parameters = self.space.with_defaults(filled)
        outside = find_value_outside(self.space, parameters)
        if outside is not None:
            return _LineResult(left_out=f"outside the search space ({outside})")
        return _LineResult(EarlierResult(parameters, objective))

    def _why_unfinished(self, row: Line) -> str:
        """Why a line is no result by its state, in words; "" where it is one."""
        if self.columns.state is None:
            return ""
        text = row.cells[self.columns.state].strip()
        if is_finished(text):
            return ""
        return f'in the state "{excerpt(text)}"'

    def _parse_values(self, row: Line) -> dict[str, Value]:
        values = {}
        for position, name in self.columns.names.items():
            text = row.cells[position]
            if not is_missing(text):
                values[name] = parse_cell(self.space.catalogue[name], text, self.number_format)
        return values

    def _objective_of(self, row: Line) -> float | None:
        """The objective; None where it is missing or infinite. Raises ValueError for a text."""
        assert self.columns.objective is not None
        text = row.cells[self.columns.objective].strip()
        if is_missing(text):
            return None
        number = float(self.number_format.plain(text))
        return number if isfinite(number) else None


def _quote(name: str) -> str:
    return f'"{excerpt(name)}"'


def _refuse_line(line: Line, messages: Mapping[str, str]) -> _LineResult:
    """A line with a message for each of these columns."""
    problems = []
    for name, message in messages.items():
        problem = f'Line {line.number}, column "{excerpt(name)}": {message}'
        problems.append(problem)
    return _LineResult(problems=tuple(problems))


def _value_messages(values: Mapping[str, Value], space: SearchSpace) -> dict[str, str]:
    """What is wrong with the values, by hyperparameter."""
    messages = {}
    for name, value in values.items():
        message = value_problem(space.catalogue[name], value)
        if message:
            messages[name] = message
    return messages


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

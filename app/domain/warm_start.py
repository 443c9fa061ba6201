"""Results that are known before a search begins: read from pasted CSV, and which of them lie in its search space."""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from math import isfinite

from app.domain.search_space.parameters import Parameters, Value, typed, value_problem
from app.domain.search_space.problems import named
from app.domain.search_space.space import SearchSpace

OBJECTIVE = "objective"
MOST_LINES = 3000
MOST_PROBLEMS = 5  # said one by one
SEPARATORS = ("\t", ";")  # where the heading has none of these, a comma


@dataclass(frozen=True)
class EarlierResult:
    """Parameters that were tried elsewhere, and the objective they had there. Lower is better."""

    parameters: Parameters
    objective: float


@dataclass(frozen=True)
class Pasted:
    """What a pasted CSV holds: results in the search space, how many others there are, and all that is wrong."""

    results: tuple[EarlierResult, ...] = ()
    ignored: int = 0
    problems: tuple[str, ...] = ()


def outside(space: SearchSpace, parameters: Parameters) -> str | None:
    """The first hyperparameter for which complete parameters do not lie in a space; None where they do."""
    for name, value in parameters.items():
        if name not in space.catalogue:
            return name
        if name in space.dimensions and space.is_active(name, parameters):
            if not space.dimensions[name].contains(value):
                return name
        elif value != space.catalogue[name].default:
            return name
    return None if space.contains(parameters) else next(iter(space.catalogue))


def read_pasted(text: str, space: SearchSpace, passed_over: Collection[str] = ()) -> Pasted:
    """Results from CSV: a heading with names of hyperparameters and `objective`, then a result a line.

    What is fixed in the space may be left out. `passed_over`: columns that may be there and say nothing. Lines that lie
    outside the space or have no objective are counted, not kept.
    """
    if "\x00" in text:  # which no database keeps
        return Pasted(problems=("This cannot be read as CSV: there are NUL characters in it.",))
    try:
        lines = _lines(text)
    except csv.Error as error:
        return Pasted(problems=(f"This cannot be read as CSV: {error}.",))
    if len(lines) < 2:
        return Pasted(problems=("Paste a heading and at least one line of results below it.",))
    if len(lines) - 1 > MOST_LINES:
        return Pasted(
            problems=(f"These are {len(lines) - 1:,} results, and {MOST_LINES:,} are the most.",)
        )
    heading = [cell.strip() for cell in lines[0][1]]
    wrong = [f"Line {lines[0][0]}{why}" for why in _heading_problems(heading, space, passed_over)]
    if wrong:
        return Pasted(problems=_first(wrong))
    found = [_read_line(number, cells, heading, space) for number, cells in lines[1:]]
    wrong = [problem for line in found for problem in line.problems]
    results = [line.result for line in found if line.result is not None]
    return Pasted(tuple(results), len(found) - len(results), _first(wrong))


@dataclass(frozen=True)
class _Line:
    """One line: a result, or neither a result nor problems where it does not count."""

    result: EarlierResult | None = None
    problems: tuple[str, ...] = ()


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """Lines with their numbers, from 1; empty ones are left out."""
    heading = text.lstrip("\ufeff \r\n").partition("\n")[0]
    separator = next((sign for sign in SEPARATORS if sign in heading), ",")
    reader = csv.reader(
        StringIO(text.lstrip("\ufeff"), newline=""), delimiter=separator, skipinitialspace=True
    )
    return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]


def _heading_problems(
    heading: Sequence[str], space: SearchSpace, passed_over: Collection[str]
) -> Iterator[str]:
    known = {*space.catalogue, *passed_over, OBJECTIVE}
    for place, name in enumerate(heading, start=1):
        if name not in known:
            yield f', column {place}: "{named(name)}" is neither a hyperparameter nor "{OBJECTIVE}".'
        elif name in heading[: place - 1]:
            yield f', column {place}: "{named(name)}" is there twice.'
    if OBJECTIVE not in heading:
        yield f': there is no column "{OBJECTIVE}".'


def _read_line(
    number: int, cells: Sequence[str], heading: Sequence[str], space: SearchSpace
) -> _Line:
    if len(cells) != len(heading):
        return _Line(
            problems=(f"Line {number} has {len(cells)} cells, and the heading has {len(heading)}.",)
        )
    texts = {name: cell.strip() for name, cell in zip(heading, cells, strict=True) if cell.strip()}
    given = {
        name: typed(row, texts[name]) for name, row in space.catalogue.items() if name in texts
    }
    wrong = [(name, value_problem(space.catalogue[name], value)) for name, value in given.items()]
    problems = [f'Line {number}, column "{name}": {why}' for name, why in wrong if why]
    objective = _objective(texts.get(OBJECTIVE))
    if objective is not None and not isfinite(objective):
        why = f'"{named(texts[OBJECTIVE])}" is not a number.'
        problems.append(f'Line {number}, column "{OBJECTIVE}": {why}')
    if problems or objective is None:
        return _Line(problems=tuple(problems))
    values, missing = _filled(space, given)
    if missing:
        why = (
            f'Line {number}, column "{missing}": a value is needed, because this search varies it.'
        )
        return _Line(problems=(why,))
    parameters = space.complete(values)
    return _Line(
        EarlierResult(parameters, objective) if outside(space, parameters) is None else None
    )


def _objective(text: str | None) -> float | None:
    """The number, None where there is none, NaN where it is something else."""
    if text is None:
        return None
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _filled(space: SearchSpace, given: Mapping[str, Value]) -> tuple[dict[str, Value], str | None]:
    """The values of a line and what is fixed in the space; and the first value that is searched and missing."""
    values = {name: value for name, value in given.items() if name not in space.dimensions}
    for name, dimension in space.dimensions.items():
        if name in given:
            values[name] = given[name]
        elif space.is_active(name, values):
            if dimension.is_searched:
                return values, name
            values[name] = dimension.value_at(0)
    return values, None


def _first(problems: Sequence[str]) -> tuple[str, ...]:
    more = len(problems) - MOST_PROBLEMS
    return (
        (*problems[:MOST_PROBLEMS], f"There are {more} more like these.")
        if more > 0
        else tuple(problems)
    )

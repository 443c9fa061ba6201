"""Other programs' forecasts on a board: uploaded as a CSV, scored on the rows they cover."""

from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Baseline, Board
from app.domain.baselines import BASELINES, BaselineResult, Floats, score_part
from app.domain.csv_reading.series import SeriesError
from app.domain.terms import EVALUATED_PARTS, Part
from app.errors import Conflict, FieldProblem, Invalid, NotFound
from app.queue import boards
from app.services import datasets
from app.services.datasets import MAX_FILENAME_LENGTH, clean
from app.services.file_reader import FileReader
from app.services.forecast_files import FIELD, ForecastFile, read_forecasts
from app.services.rows import find_row

MAX_NAME_LENGTH = 60
MIN_TEST_COVERAGE = 0.5  # of the rows of the test part
COVERAGE_DIGITS = 3  # of the fraction of a part's rows that have a forecast
MAX_OTHER_FORECASTS = 50  # on one board


def get_board(session: Session, board_id: int) -> Board:
    """One board. Raises NotFound."""
    board = find_row(session, Board, board_id)
    if board is None:
        raise NotFound(f"Board {board_id} not found.")
    return board


def get_baseline(session: Session, board_id: int, baseline_id: int) -> Baseline:
    """One baseline of a board. Raises NotFound."""
    baseline = find_row(session, Baseline, baseline_id)
    if baseline is None or baseline.board_id != board_id:
        raise NotFound(f"Board {board_id} has no baseline {baseline_id}.")
    return baseline


def add(
    session: Session,
    board: Board,
    *,
    name: str,
    filename: str,
    content: bytes,
    file_reader: FileReader | None = None,
) -> Baseline:
    """Store the forecasts of a CSV under a name, with their scores.

    Rows it does not cover have no forecast and are not scored. Raises Invalid with every problem.
    """
    name = clean(name, MAX_NAME_LENGTH + 1)
    problems = _check_name(session, board, name)
    if board.horizon > 1:
        problems.append(FieldProblem((FIELD,), _explain_horizon(board.horizon)))
        raise Invalid(problems)
    dataset = datasets.get(session, board.dataset_id)
    series = datasets.series(session, dataset)
    parts = boards.split_of(board).parts(len(series.dates))
    arguments = (content, series.dates, dataset.dialect.get("date_format"))
    try:
        if file_reader is None:
            file = read_forecasts(*arguments)
        else:
            file = file_reader.read(read_forecasts, *arguments)
        _require_test_rows(file, parts)
    except SeriesError as error:
        problems += [FieldProblem((FIELD,), problem.message) for problem in error.problems]
        raise Invalid(problems) from None
    if problems:
        raise Invalid(problems)
    result = _score(name, file, series.target_values, parts)
    baseline = boards.make_row(board.id, result, clean(filename, MAX_FILENAME_LENGTH) or FIELD)
    session.add(baseline)
    session.flush()
    return baseline


def delete(session: Session, baseline: Baseline) -> None:
    """Delete uploaded forecasts. Raises Conflict for a baseline that Foretune computed."""
    if baseline.filename is None:
        raise Conflict("Only forecasts that were uploaded can be deleted.")
    session.delete(baseline)


def _check_name(session: Session, board: Board, name: str) -> list[FieldProblem]:
    problem = ""
    if not name:
        problem = "Name the program that made these forecasts."
    elif len(name) > MAX_NAME_LENGTH:
        problem = f"The name may have up to {MAX_NAME_LENGTH} characters."
    elif name.lower() in _reserved_names():
        problem = "A baseline of Foretune has this name: choose another one."
    else:
        query = select(Baseline.name).where(
            Baseline.board_id == board.id, Baseline.filename.is_not(None)
        )
        names = session.scalars(query).all()
        if name in names:
            problem = "There are forecasts of this name: delete them first, or choose another name."
        elif len(names) >= MAX_OTHER_FORECASTS:
            problem = f"A board holds up to {MAX_OTHER_FORECASTS} uploads: delete one first."
    if not problem:
        return []
    return [FieldProblem(("name",), problem)]


def _explain_horizon(horizon: int) -> str:
    return (
        f"A file holds one forecast for each row, and here {horizon} rows are forecast from each "
        "origin. Forecasts of other programs can be compared one row ahead only."
    )


def _reserved_names() -> set[str]:
    names: set[str] = set()
    for info in BASELINES.values():
        names.update((info.name.lower(), info.title.lower()))
    return names


def _require_test_rows(file: ForecastFile, parts: dict[Part, range]) -> None:
    """Raise SeriesError where too few rows of the test part have a forecast."""
    test = parts[Part.TEST]
    n_covered = int(np.isfinite(file.predicted[test.start : test.stop]).sum())
    if n_covered < len(test) * MIN_TEST_COVERAGE:
        raise SeriesError.at(
            FIELD,
            f"Only {n_covered:,} of the {len(test):,} rows of the test part have a forecast in "
            "this file. At least half of them are needed.",
        )


def _score(
    name: str, file: ForecastFile, values: Floats, parts: dict[Part, range]
) -> BaselineResult:
    forecasts = {}
    scores = {}
    settings: dict[str, Any] = {"column": file.column}
    for part in EVALUATED_PARTS:
        rows = parts[part]
        predicted = file.predicted[rows.start : rows.stop]
        coverage = float(np.isfinite(predicted).mean())
        if coverage < 1:
            settings[f"{part.value}_coverage"] = round(coverage, COVERAGE_DIGITS)
        part_scores = score_part(values, rows, predicted)
        if part_scores is not None:
            forecasts[part] = predicted
            scores[part] = part_scores
    return BaselineResult(name, settings, forecasts, scores)

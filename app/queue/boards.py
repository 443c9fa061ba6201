"""Boards of baselines: requested with an experiment, computed once by a worker under a lease.

Each baseline is stored as soon as it is computed. A board whose worker fell silent is computed
again by another one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.db.models import Baseline, Board, Dataset
from app.db.types import DatabaseTime
from app.domain.baselines import BaselineResult
from app.domain.csv_reading.series import Series
from app.domain.split import Split
from app.domain.terms import Part
from app.errors import NotFound
from app.queue import jobs
from app.queue.errands import ErrandClaim, ErrandQueue
from app.queue.evaluations import forecast_columns, pack_future, score_columns
from app.queue.transitions import NOT_SYNCHRONIZED

BOARD_VERSION = 2  # raise it when the numbers of a baseline change
MAX_FINGERPRINT_DIGITS = 9  # of a fraction or a season length

BOARDS = ErrandQueue(
    Board,
    Board.id,
    (Board.finished_at.is_(None), Board.lease_token.is_(None)),
)


@dataclass(frozen=True)
class BoardJob:
    """What a board is computed from. horizon: rows ahead."""

    series: Series
    parts: dict[Part, range]
    season_lengths: tuple[float, ...]
    horizon: int


def board_fingerprint(
    dataset: Dataset, split: Split, season_lengths: Sequence[float], horizon: int = 1
) -> str:
    """The SHA-256 of everything that changes the numbers of a board.

    Datasets are told apart by their id too: a board goes when its dataset goes.
    """
    parts: list[object] = [
        BOARD_VERSION,
        dataset.id,
        dataset.fingerprint,
        [_rounded(fraction) for fraction in (split.train, split.validation, split.test)],
        [_rounded(length) for length in season_lengths],
    ]
    if horizon > 1:
        parts.append({"horizon": horizon})
    return sha256(json.dumps(parts).encode()).hexdigest()


def request(
    session: Session,
    dataset: Dataset,
    split: Split,
    season_lengths: Sequence[float],
    horizon: int = 1,
) -> Board:
    """The board of a dataset under a split: one that exists, or a new one to be computed.

    horizon: rows to forecast. One that could not be computed is requested anew.
    """
    fingerprint = board_fingerprint(dataset, split, season_lengths, horizon)
    board = session.scalar(select(Board).where(Board.fingerprint == fingerprint))
    if board is None:
        board = Board(
            fingerprint=fingerprint,
            dataset_id=dataset.id,
            train_fraction=split.train,
            validation_fraction=split.validation,
            test_fraction=split.test,
            season_lengths=list(season_lengths),
            horizon=horizon,
        )
        session.add(board)
    elif board.problem is not None:
        board.problem = None
        board.finished_at = None
    session.flush()
    return board


def claim(session: Session) -> ErrandClaim | None:
    """Take the next requested board that nobody is computing, under a lease."""
    return BOARDS.claim(session)


def load_job(session: Session, board_id: int) -> BoardJob:
    """What there is to compute. Raises NotFound when the board is gone."""
    board = session.get(Board, board_id)
    if board is None:
        raise NotFound("The dataset of these baselines has been deleted.")
    series = jobs.read_series(session, board.dataset_id)
    return BoardJob(
        series=series,
        parts=split_of(board).parts(len(series.values)),
        season_lengths=tuple(float(length) for length in board.season_lengths),
        horizon=board.horizon,
    )


def record(session: Session, token: str, result: BaselineResult) -> bool:
    """Store a baseline in place of an earlier one of its name. False where the lease is lost."""
    query = select(Board.id).where(Board.lease_token == token)
    board_id = session.scalar(query)
    if board_id is None:
        return False
    earlier = delete(Baseline).where(
        Baseline.board_id == board_id,
        Baseline.name == result.name,
        Baseline.filename.is_(None),
    )
    session.execute(earlier, execution_options=NOT_SYNCHRONIZED)
    session.add(make_row(board_id, result))
    session.flush()
    return True


def make_row(board_id: int, result: BaselineResult, filename: str | None = None) -> Baseline:
    """The row of a result."""
    future = None
    if result.future is not None:
        future = pack_future(result.future)
    return Baseline(
        board_id=board_id,
        name=result.name,
        filename=filename,
        settings=dict(result.settings),
        problem=result.problem,
        seconds=result.seconds,
        **score_columns(result.scores),
        future_forecast=future,
        **forecast_columns(result.forecasts),
    )


def complete(session: Session, token: str) -> None:
    """All baselines of a board are stored, if its lease still holds."""
    BOARDS.end(session, token, finished_at=DatabaseTime())


def fail(session: Session, token: str, problem: str) -> None:
    """Store why a board could not be computed, if its lease still holds."""
    BOARDS.end(session, token, finished_at=DatabaseTime(), problem=problem)


def split_of(board: Board) -> Split:
    """The split that a board belongs to."""
    return Split(board.train_fraction, board.validation_fraction, board.test_fraction)


def _rounded(number: float) -> float:
    return round(float(number), MAX_FINGERPRINT_DIGITS)

"""Boards as pages show them: the baselines of an experiment, and how a trial compares."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from math import isfinite

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cache import Cache
from app.db.models import Baseline, Board, Experiment, Trial
from app.domain.baselines import BASELINES
from app.domain.objectives import Yardstick
from app.domain.terms import EVALUATED_PARTS, Part
from app.domain.verdicts import ForecastGain, compare_forecasts
from app.errors import Conflict, NotFound
from app.queue.evaluations import SCORE_NAMES, unpack_forecast
from app.services import trials
from app.services.rows import is_possible_id

Floats = NDArray[np.float64]
Gains = Mapping[Part, ForecastGain | None]
MAX_GAINS = 500  # comparisons that are kept: pages ask for the same ones every second
MIN_COVERAGE = 0.95  # of the validation rows, for an upload to be the best baseline
UPLOADED_SIMPLICITY = 100  # another program's forecasts are the least simple
_GAINS: Cache[tuple[object, ...], Gains] = Cache(MAX_GAINS)


class BoardState(StrEnum):
    """How far the baselines of an experiment are."""

    WAITING = "waiting"  # no worker has begun to compute them
    COMPUTING = "computing"  # a worker computes them
    DONE = "done"  # all of them have scores or a problem
    FAILED = "failed"  # they could not be computed


@dataclass(frozen=True)
class BaselineView:
    """One baseline of a board: what it scores, or its problem.

    title: of one of ours, or the name under which another program's forecasts were uploaded.
    filename: of the CSV it was uploaded as, None for one of ours.
    """

    id: int
    name: str
    title: str
    filename: str | None
    settings: Mapping[str, object]
    problem: str | None
    seconds: float | None
    simplicity: int
    created_at: datetime
    validation_rmse: float | None
    validation_mae: float | None
    validation_mape: float | None
    validation_skill: float | None
    test_rmse: float | None
    test_mae: float | None
    test_mape: float | None
    test_skill: float | None
    more_scores: Mapping[str, object] | None = None  # as they are stored: see ScoreColumns
    horizon: int = 1

    @property
    def is_uploaded(self) -> bool:
        """Whether it is another program's."""
        return self.filename is not None


@dataclass(frozen=True)
class BoardView:
    """The baselines of an experiment's dataset and split, the best on validation first.

    problem: why they could not be computed, in words.
    """

    id: int
    fingerprint: str
    state: BoardState
    problem: str | None
    baselines: tuple[BaselineView, ...]

    @property
    def best(self) -> BaselineView | None:
        """The best on validation; None while none has been scored there. Test decides nothing."""
        ranked = self.ranked
        if not ranked:
            return None
        return ranked[0]

    @property
    def best_beside_naive(self) -> BaselineView | None:
        """The best, unless that is naive (last value), which pages show everywhere anyway."""
        best = self.best
        if best is None or best.name == "naive":
            return None
        return best

    @property
    def ranked(self) -> list[BaselineView]:
        """Those with a score on (nearly) all of validation, the best first."""
        return [baseline for baseline in self.baselines if _can_be_best(baseline)]

    @property
    def is_pending(self) -> bool:
        """Whether a worker still has to compute baselines, or does."""
        return self.state in (BoardState.WAITING, BoardState.COMPUTING)

    @property
    def version(self) -> str:
        """Changes whenever what charts draw of it does."""
        newest = max((baseline.id for baseline in self.baselines), default=0)
        return f"{len(self.baselines)}.{newest}"


@dataclass(frozen=True)
class BaselineLine:
    """The best baseline's forecast of one part, NaN where it has none."""

    baseline: BaselineView
    values: Floats


@dataclass(frozen=True)
class BoardGain:
    """How a trial compares with the best baseline, on each part where both have forecasts."""

    baseline: BaselineView
    gains: Gains


def load_board(session: Session, experiment: Experiment) -> BoardView | None:
    """The baselines that an experiment is compared with; None where it has no board."""
    if experiment.board_id is None:
        return None
    board = session.get(Board, experiment.board_id)
    if board is None:
        return None
    query = select(Baseline).where(Baseline.board_id == board.id)
    baselines = [_view_baseline(baseline, board.horizon) for baseline in session.scalars(query)]
    return BoardView(
        id=board.id,
        fingerprint=board.fingerprint,
        state=_state_of(board),
        problem=board.problem,
        baselines=tuple(sorted(baselines, key=partial(_rank, experiment.yardstick))),
    )


def find_board(experiment: Experiment) -> Board:
    """The board that other programs' forecasts are put on. Raises Conflict where there is none."""
    if experiment.board is None:
        raise Conflict("This experiment is from a version of Foretune without baselines.")
    return experiment.board


def find_baseline(session: Session, experiment: Experiment, baseline_id: int) -> Baseline:
    """One baseline of an experiment. Raises NotFound."""
    query = select(Baseline).where(
        Baseline.id == baseline_id,
        Baseline.board_id == experiment.board_id,
    )
    baseline = None
    if is_possible_id(baseline_id):
        baseline = session.scalar(query)
    if baseline is None:
        raise NotFound(f"Experiment {experiment.id} has no baseline {baseline_id} (any more).")
    return baseline


def load_line(
    session: Session, board: BoardView | None, part: Part, step: int = 1
) -> BaselineLine | None:
    """The forecast of the best baseline beside naive (last value), at one step ahead.

    None where there is none.
    """
    best = board.best_beside_naive if board else None
    if best is None:
        return None
    values = _load_forecast(session, best, part)
    if values is None or step > values.shape[1]:
        return None
    return BaselineLine(best, values[:, step - 1])


def compare_with_best(session: Session, board: BoardView | None, trial: Trial) -> BoardGain | None:
    """How a trial compares with the best baseline; None where either has no forecast."""
    if board is None or board.best is None or trial.validation_rmse is None:
        return None
    best = board.best
    yardstick = trial.experiment.yardstick
    key = (
        board.fingerprint,
        best.id,
        best.created_at,
        best.validation_rmse,
        trial.id,
        trial.created_at,
        trial.validation_rmse,
        yardstick.name,
    )
    gains = _GAINS.get_or_make(key, lambda: _compute_gains(session, best, trial))
    return BoardGain(best, gains)


def _compute_gains(session: Session, baseline: BaselineView, trial: Trial) -> Gains:
    gains = {}
    for part in EVALUATED_PARTS:
        gains[part] = _compute_gain(session, baseline, trial, part)
    return gains


def _compute_gain(
    session: Session, baseline: BaselineView, trial: Trial, part: Part
) -> ForecastGain | None:
    other = _load_forecast(session, baseline, part)
    if other is None:
        return None
    try:
        actual, predicted = trials.forecast_steps(session, trial, part)
    except NotFound:
        return None
    if other.shape != predicted.shape:
        return None
    return compare_forecasts(actual, predicted, other, trial.experiment.yardstick.info.measure)


def _load_forecast(session: Session, baseline: BaselineView, part: Part) -> Floats | None:
    """(stored origins, horizon)."""
    column = Baseline.validation_forecast
    if part == Part.TEST:
        column = Baseline.test_forecast
    query = select(column, Board.horizon).join(Board, Board.id == Baseline.board_id)
    content, horizon = session.execute(query.where(Baseline.id == baseline.id)).one()
    if content is None:
        return None
    return unpack_forecast(content, horizon)


def _state_of(board: Board) -> BoardState:
    if board.problem is not None:
        return BoardState.FAILED
    if board.finished_at is not None:
        return BoardState.DONE
    if board.lease_token is not None:
        return BoardState.COMPUTING
    return BoardState.WAITING


def _view_baseline(baseline: Baseline, horizon: int) -> BaselineView:
    info = BASELINES.get(baseline.name)
    scores = {}
    for part in EVALUATED_PARTS:
        for metric in SCORE_NAMES:
            name = f"{part}_{metric}"
            scores[name] = getattr(baseline, name)
    return BaselineView(
        id=baseline.id,
        name=baseline.name,
        title=info.title if info else baseline.name,
        filename=baseline.filename,
        settings=baseline.settings,
        problem=baseline.problem,
        seconds=baseline.seconds,
        simplicity=info.simplicity if info else UPLOADED_SIMPLICITY,
        created_at=baseline.created_at,
        more_scores=baseline.more_scores,
        horizon=horizon,
        **scores,
    )


def _has_score(baseline: BaselineView) -> bool:
    return baseline.validation_rmse is not None and isfinite(baseline.validation_rmse)


def _can_be_best(baseline: BaselineView) -> bool:
    """Whether it is scored on the rows of the others: an upload may leave the hard ones out."""
    coverage = baseline.settings.get("validation_coverage", 1.0)
    is_covered = isinstance(coverage, int | float) and coverage >= MIN_COVERAGE
    return _has_score(baseline) and is_covered


def _rank(yardstick: Yardstick, baseline: BaselineView) -> tuple[float, int, int]:
    """The best on validation first, the simpler of equal ones; those without a score last."""
    error = yardstick.of_part(baseline) if _has_score(baseline) else None
    return np.inf if error is None else error, baseline.simplicity, baseline.id

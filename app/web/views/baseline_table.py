"""The page of baselines: all their scores, with the best trial at its place among them."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from math import inf

from app.db.models import Trial
from app.domain.baselines import BASELINES
from app.domain.objectives import Yardstick
from app.services.boards import BaselineView, BoardView
from app.services.trials import duration
from app.web.views.board_text import describe_settings


@dataclass(frozen=True)
class ForecastRow:
    """A baseline or the best trial. scores: what has its validation_rmse and all the others.

    trial_id: None for a baseline.
    """

    title: str
    note: str
    problem: str | None
    scores: BaselineView | Trial
    seconds: float | None
    trial_id: int | None = None


def list_forecast_rows(
    board: BoardView | None, best: Trial | None, now: datetime, yardstick: Yardstick
) -> list[ForecastRow]:
    """The best on validation first; those without a score there last."""
    if board is None:
        return []
    rows = [_make_baseline_row(baseline) for baseline in board.baselines]
    if best is not None:
        row = ForecastRow(
            title=f"Trial {best.number}",
            note="the best network",
            problem=None,
            scores=best,
            seconds=duration(best, now),
            trial_id=best.id,
        )
        rows.append(row)
    return sorted(rows, key=partial(_rank, yardstick))


def _make_baseline_row(baseline: BaselineView) -> ForecastRow:
    words = []
    if baseline.name in BASELINES:
        words.append(BASELINES[baseline.name].description)
    if baseline.filename:
        words.append(f"Uploaded as {baseline.filename}.")
    settings = describe_settings(baseline.settings)
    if settings:
        words.append(f"Chosen: {settings}.")
    return ForecastRow(
        title=baseline.title,
        note=" ".join(words),
        problem=baseline.problem,
        scores=baseline,
        seconds=baseline.seconds,
    )


def _rank(yardstick: Yardstick, row: ForecastRow) -> float:
    error = yardstick.of_part(row.scores)
    if error is None:
        return inf
    return error

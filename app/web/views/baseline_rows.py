"""The baselines as rows of the trial table.

They stand above the trials, on every page of the table: sorted in among them, they would shift the
pages that the database cuts, and be out of sight on most of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.terms import Objective
from app.services.boards import BaselineView, BoardView
from app.services.more_scores import score_of
from app.web.views.board_text import describe_settings
from app.web.views.trial_table import MEASURE_NAMES, MORE_SCORES, Column, TrialTable

SCORE_NAMES = ("validation_rmse", "test_rmse", "validation_skill", "test_skill")


@dataclass(frozen=True)
class BaselineRow:
    """One baseline in the columns of the trial table.

    cells: the table's measures, each with its column and the content, None where it has none.
    note: its settings in words, or why it has no scores.
    """

    title: str
    note: str
    is_best: bool
    has_scores: bool
    cells: tuple[tuple[Column, object], ...]


def list_baseline_rows(board: BoardView, table: TrialTable, objective: str) -> list[BaselineRow]:
    """The baselines in the table's order where it is sorted by a score, else the best first."""
    ordered = _sort_baselines(board.baselines, table, objective)
    return [_make_row(baseline, board, table, objective) for baseline in ordered]


def _sort_baselines(
    baselines: Sequence[BaselineView], table: TrialTable, objective: str
) -> list[BaselineView]:
    name = _score_name(table.query.sort, objective)
    if name is None:
        return list(baselines)
    scored = [baseline for baseline in baselines if getattr(baseline, name) is not None]
    unscored = [baseline for baseline in baselines if getattr(baseline, name) is None]
    scored.sort(
        key=lambda baseline: float(getattr(baseline, name)),
        reverse=table.query.descending,
    )
    return scored + unscored


def _make_row(
    baseline: BaselineView, board: BoardView, table: TrialTable, objective: str
) -> BaselineRow:
    cells = []
    for column in table.columns:
        if column.name in MEASURE_NAMES:
            content = _cell_content(baseline, column.name, objective)
            cells.append((column, content))
    return BaselineRow(
        title=baseline.title,
        note=baseline.problem or describe_settings(baseline.settings),
        is_best=baseline == board.best,
        has_scores=baseline.validation_rmse is not None or baseline.test_rmse is not None,
        cells=tuple(cells),
    )


def _cell_content(baseline: BaselineView, name: str, objective: str) -> object:
    if name == "duration":
        return baseline.seconds
    if name in MORE_SCORES:
        part, more_score_name = MORE_SCORES[name]
        return score_of(baseline.more_scores, part, more_score_name)
    score_name = _score_name(name, objective)
    if score_name is None:
        return None
    return getattr(baseline, score_name)


def _score_name(name: str, objective: str) -> str | None:
    """The score of a baseline in a column of trials; None where it has no such score."""
    if name == "objective" and objective == Objective.RMSE:
        return "validation_rmse"
    if name in SCORE_NAMES:
        return name
    return None

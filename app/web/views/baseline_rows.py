"""The baselines as rows of the trial table.

They stand above the trials, on every page of the table: sorted in among them, they would shift the
pages that the database cuts, and be out of sight on most of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.objectives import Yardstick
from app.services.boards import BaselineView, BoardView
from app.services.more_scores import score_of
from app.web.views.board_text import describe_settings
from app.web.views.trial_columns import MEASURE_NAMES, MORE_SCORES, Column
from app.web.views.trial_table import TrialTable

SCORE_NAMES = (
    "validation_rmse",
    "test_rmse",
    "validation_mae",
    "test_mae",
    "validation_skill",
    "test_skill",
)
OBJECTIVE = "objective"


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


def list_baseline_rows(
    board: BoardView, table: TrialTable, yardstick: Yardstick
) -> list[BaselineRow]:
    """The baselines in the table's order where it is sorted by a score, else the best first."""
    ordered = _sort_baselines(board.baselines, table, yardstick)
    return [_make_row(baseline, board, table, yardstick) for baseline in ordered]


def _sort_baselines(
    baselines: Sequence[BaselineView], table: TrialTable, yardstick: Yardstick
) -> list[BaselineView]:
    name = table.query.sort
    if name not in (OBJECTIVE, *SCORE_NAMES):
        return list(baselines)
    scored = []
    unscored = []
    for baseline in baselines:
        score = _find_score(baseline, name, yardstick)
        if score is None:
            unscored.append(baseline)
        else:
            scored.append((score, baseline))
    scored.sort(key=lambda pair: pair[0], reverse=table.query.descending)
    return [baseline for _, baseline in scored] + unscored


def _make_row(
    baseline: BaselineView, board: BoardView, table: TrialTable, yardstick: Yardstick
) -> BaselineRow:
    cells = []
    for column in table.columns:
        if column.name in MEASURE_NAMES:
            content = _cell_content(baseline, column.name, yardstick)
            cells.append((column, content))
    return BaselineRow(
        title=baseline.title,
        note=baseline.problem or describe_settings(baseline.settings),
        is_best=baseline == board.best,
        has_scores=baseline.validation_rmse is not None or baseline.test_rmse is not None,
        cells=tuple(cells),
    )


def _cell_content(baseline: BaselineView, name: str, yardstick: Yardstick) -> object:
    if name == "duration":
        return baseline.seconds
    if name in MORE_SCORES:
        part, more_score_name = MORE_SCORES[name]
        return score_of(baseline.more_scores, part, more_score_name)
    return _find_score(baseline, name, yardstick)


def _find_score(baseline: BaselineView, name: str, yardstick: Yardstick) -> float | None:
    """The score of a baseline in a column of trials; None where it has no such score."""
    if name == OBJECTIVE and yardstick.info.is_error:
        return yardstick.of_part(baseline)
    if name in SCORE_NAMES:
        score: float | None = getattr(baseline, name)
        return score
    return None

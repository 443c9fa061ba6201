"""All that an experiment's page says of its baselines: the winner, the rows, how far they are."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.db.models import Experiment, Trial
from app.services import boards
from app.web.views.baseline_rows import BaselineRow, list_baseline_rows
from app.web.views.board_text import BoardVerdict, describe_board, describe_verdict
from app.web.views.trial_table import TrialTable


@dataclass(frozen=True)
class BoardSection:
    """The baselines of an experiment on its page.

    verdict: the best trial against the best baseline, None while either is missing. note: that
    baselines are still being computed, or why they could not be; else "". version: changes
    whenever what charts draw of them does.
    """

    verdict: BoardVerdict | None
    note: str
    rows: list[BaselineRow]
    version: str


def make_board_section(
    session: Session, experiment: Experiment, best: Trial | None, table: TrialTable
) -> BoardSection | None:
    """The baselines of an experiment; None for one without a board."""
    board = boards.load_board(session, experiment)
    if board is None:
        return None
    verdict = None
    if best is not None:
        gain = boards.compare_with_best(session, board, best)
        verdict = describe_verdict(board, best, gain, experiment.yardstick)
    return BoardSection(
        verdict=verdict,
        note=describe_board(board),
        rows=list_baseline_rows(board, table, experiment.yardstick),
        version=board.version,
    )

"""The errors of the best baselines as level lines through a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.objectives import Yardstick
from app.services.boards import BoardView
from app.web.charts import figures
from app.web.charts.figures import Trace

COLOURS = ("chart-5", "chart-6")
NAIVE = "naive"  # drawn in every chart without the board


@dataclass(frozen=True)
class Level:
    """One baseline's error on the validation part."""

    title: str
    error: float


def list_levels(board: BoardView | None, yardstick: Yardstick) -> list[Level]:
    """The best baselines beside the naive one, the best first: as many as have a colour."""
    if board is None:
        return []
    levels = []
    for baseline in board.ranked:
        error = yardstick.of_part(baseline)
        if baseline.name != NAIVE and error is not None:
            levels.append(Level(baseline.title, error))
    return levels[: len(COLOURS)]


def level_traces(levels: Sequence[Level], first_x: float, last_x: float) -> list[Trace]:
    """Draw one line for each level."""
    traces = []
    for level, colour in zip(levels, COLOURS, strict=False):
        trace = figures.line_trace(
            x=[first_x, last_x],
            y=[level.error, level.error],
            name=level.title,
            colour=colour,
            width=1.6,
            dash="dash",
        )
        traces.append(trace)
    return traces

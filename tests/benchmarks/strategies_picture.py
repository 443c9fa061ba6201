"""Draws what tests.benchmarks.strategies found: `python -m tests.benchmarks.strategies_picture`."""

import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tests.benchmarks.picture import shoot
from tests.benchmarks.strategies import BUDGETS, FIGURES, PARALLEL

COLOURS = {
    "random": "#b7791f", "tpe": "#0f766e", "gp": "#6d28d9", "optuna-tpe": "#2563eb",
    "hyperopt-tpe": "#be123c", "gp_minimize": "#111827", "talos-reduction": "#9ca3af",
}  # fmt: skip
TRIALS = [*BUDGETS[:3], PARALLEL, BUDGETS[3]]


def figure(kept: dict[str, Any]) -> go.Figure:
    """Medians over the seeds, a part for each task: full lines are ours, dotted ones the libraries'."""
    tasks = sorted({name.split()[0] for name in kept})
    drawn = make_subplots(1, len(tasks), subplot_titles=tasks)
    named: set[str] = set()
    for name, by_seed in sorted(kept.items()):
        task, _, search = name.partition(" ")
        if search not in COLOURS:
            continue
        line = {
            "color": COLOURS[search],
            "dash": "solid" if search in ("random", "tpe", "gp") else "dot",
        }
        medians = np.median(list(by_seed.values()), axis=0)
        drawn.add_scatter(
            x=TRIALS, y=medians, name=search, legendgroup=search, line=line,
            showlegend=search not in named, row=1, col=1 + tasks.index(task),
        )  # fmt: skip
        named.add(search)
    drawn.update_layout(
        template="simple_white",
        width=1200,
        height=440,
        margin={"l": 50, "r": 20, "t": 80, "b": 50},
        title="Best value after so many trials, median over the seeds (lower is better)",
    )
    drawn.update_xaxes(title="trials", tickvals=TRIALS)
    return drawn


def main() -> None:
    """Draw the picture beside the figures."""
    kept = json.loads((FIGURES / "strategies.json").read_text())
    shoot(figure(kept), FIGURES / "strategies.png")


if __name__ == "__main__":
    main()

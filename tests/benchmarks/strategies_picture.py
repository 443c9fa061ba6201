"""Draw the figures of the strategies: `python -m tests.benchmarks.strategies_picture`."""

import json

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from tests.benchmarks.picture import save_figure
from tests.benchmarks.strategies import FIGURES, STORED_BUDGETS, STRATEGY_FIGURES, Curves

SOLID = ("random", "tpe", "gp")  # ours
COLOURS = {
    "random": "#b7791f",
    "tpe": "#0f766e",
    "gp": "#6d28d9",
    "optuna-tpe": "#2563eb",
    "hyperopt-tpe": "#be123c",
    "gp_minimize": "#111827",
    "talos-reduction": "#9ca3af",
}


def draw_strategies(curves: Curves) -> go.Figure:
    """Medians over the seeds, a subplot for each task: ours are solid, the libraries' dotted."""
    tasks = sorted({key.split()[0] for key in curves})
    figure = make_subplots(1, len(tasks), subplot_titles=tasks)
    in_legend: set[str] = set()
    for key, by_seed in sorted(curves.items()):
        task, _, search = key.partition(" ")
        if search not in COLOURS:
            continue
        dash = "solid" if search in SOLID else "dot"
        figure.add_scatter(
            x=STORED_BUDGETS,
            y=np.median(list(by_seed.values()), axis=0),
            name=search,
            legendgroup=search,
            line={"color": COLOURS[search], "dash": dash},
            showlegend=search not in in_legend,
            row=1,
            col=1 + tasks.index(task),
        )
        in_legend.add(search)
    figure.update_layout(
        template="simple_white",
        width=1200,
        height=440,
        margin={"l": 50, "r": 20, "t": 80, "b": 50},
        title="Best value after so many trials, median over the seeds (lower is better)",
    )
    figure.update_xaxes(title="trials", tickvals=STORED_BUDGETS)
    return figure


def main() -> None:
    """Draw the picture beside the figures."""
    curves = json.loads(STRATEGY_FIGURES.read_text())
    save_figure(draw_strategies(curves), FIGURES / "strategies.png")


if __name__ == "__main__":
    main()

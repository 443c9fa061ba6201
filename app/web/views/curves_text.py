"""Which curves the chart of all losses shows, in words."""

from app.domain.texts import join_words
from app.services.trial_curves import CurveReport


def describe_curves(report: CurveReport) -> str:
    """How many of how many curves are drawn, and what they show."""
    n_drawn = len(report.curves)
    if report.n_trials == 0:
        return "No trial has trained an epoch yet."
    if n_drawn == report.n_trials:
        shown = "The only trial." if n_drawn == 1 else f"All {n_drawn} trials."
    else:
        kinds = [f"the {report.n_best} best"]
        if report.n_running:
            kinds.append(f"{report.n_running} running")
        kinds.append("an even selection of the others")
        shown = f"{n_drawn} of {report.n_trials:,} trials: {join_words(kinds)}."
    if report.is_loss:
        return shown
    return (
        f"{shown} Validation RMSE in the units of the CSV, because losses of different targets or "
        "scalings cannot be compared."
    )

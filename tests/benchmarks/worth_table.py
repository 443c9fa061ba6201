"""The runs of tests.benchmarks.worth as Markdown: who is first on which series."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from app.domain.baselines import BASELINES
from tests.benchmarks.tables import table
from tests.benchmarks.worth_series import WorthSeries

CLOSE = 1.01  # within 1 % of the first counts as first
Run = Mapping[str, Any]


def describe_run(run: Run) -> str:
    """One line on a run that has ended."""
    names = ", ".join(f"{member['weight']:.2f} {member['name']}" for member in run["members"])
    return (
        f"{run['series']} ({run['search']}, seed {run['seed']}): delivered {names}; test RMSE "
        f"{run['delivered']['test']:.5g}, {run['search_seconds']:.0f} s of search, "
        f"{run['delivery_seconds'] or 0:.0f} s of delivery"
    )


def to_markdown(runs: Sequence[Run], series: Mapping[str, WorthSeries]) -> str:
    """A line for each run of the default search, and a sentence on how often it was first."""
    earlier = {run["series"]: run for run in runs if run["search"] != "default"}
    head = ("test RMSE", "delivered", "best trial", "2026-11-27")
    titles = [info.title for info in BASELINES.values()]
    rows = []
    n_first = 0
    n_worse_than_naive = 0
    default_runs = [run for run in runs if run["search"] == "default"]
    for run in default_runs:
        rank = rank_of_delivered(run)
        n_first += is_first(run)
        n_worse_than_naive += is_worse_than_naive(run)
        before = earlier.get(run["series"])
        rows.append(
            [
                f"{run['series']}, seed {run['seed']}",
                f"**{_number(run['delivered']['test'])}**",
                _number(run["single"] and run["single"]["test"]),
                _number(before and before["single"] and before["single"]["test"]),
                *(_number(_test_rmse(run, name)) for name in BASELINES),
                f"{rank}",
            ]
        )
    text = table((*head, *titles, "rank"), rows)
    if default_runs:
        text += (
            f"\nFirst, or within 1 % of the first, in {n_first} of {len(default_runs)} runs; more "
            f"than 1 % worse than naive in {n_worse_than_naive}.\n"
        )
    text += _describe_elsewhere(series)
    return text


def rank_of_delivered(run: Run) -> int:
    """1 is the best of the delivered model and the baselines, by test RMSE."""
    delivered = run["delivered"]["test"]
    better = [rmse for rmse in _test_rmses(run) if rmse < delivered]
    return 1 + len(better)


def is_first(run: Run) -> bool:
    """Whether the delivered model is first or within 1 % of the first."""
    best = min(_test_rmses(run))
    return bool(run["delivered"]["test"] <= CLOSE * best)


def is_worse_than_naive(run: Run) -> bool:
    """Whether the delivered model is more than 1 % worse than "tomorrow = today"."""
    naive = _test_rmse(run, "naive")
    return naive is not None and bool(run["delivered"]["test"] > CLOSE * naive)


def _test_rmses(run: Run) -> list[float]:
    rmses = [_test_rmse(run, name) for name in BASELINES]
    return [rmse for rmse in rmses if rmse is not None]


def _test_rmse(run: Run, name: str) -> float | None:
    baseline = run["baselines"].get(name)
    if baseline is None:
        return None
    rmse = baseline["test"]
    if rmse is None or not isfinite(rmse):
        return None
    return float(rmse)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4g}"


def _describe_elsewhere(series: Mapping[str, WorthSeries]) -> str:
    lines = []
    for one in series.values():
        if one.elsewhere:
            figures = ", ".join(f"{name} {value:g}" for name, value in one.elsewhere.items())
            lines.append(f"- {one.name}: {figures}")
    if not lines:
        return ""
    return "\nElsewhere, fitted on the first nine tenths:\n\n" + "\n".join(lines) + "\n"

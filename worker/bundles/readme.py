"""The README of a bundle."""

from pathlib import Path

from worker.bundles.contents import BundleContents

TEMPLATE = Path(__file__).parent / "files" / "README.md"
METRICS = ("rmse", "mae", "mape", "skill")


def render_readme(contents: BundleContents) -> str:
    """The README in Markdown."""
    metrics = contents.trial["metrics"]
    rows = []
    for name in METRICS:
        validation = _format_score(metrics["validation"][name])
        test = _format_score(metrics["test"][name])
        rows.append(f"| {name} | {validation} | {test} |")
    return TEMPLATE.read_text(encoding="utf-8").format(
        title=contents.title,
        comparison=_compare_with_naive(metrics["test"]["skill"]),
        target=contents.windows["target"],
        columns=", ".join(contents.windows["columns"]),
        min_rows=contents.windows["time_steps"] + 1,
        best_epoch=contents.trial["best_epoch"],
        metrics="\n".join(rows),
    )


def _compare_with_naive(skill: float | None) -> str:
    if skill is None:
        return "There is no naive forecast of the test part to compare it with."
    if skill > 0:
        return f'On the test part it beats "tomorrow = today": its error is {skill:.1%} smaller.'
    return (
        f'On the test part it does not beat "tomorrow = today": its error is {-skill:.1%} larger.'
    )


def _format_score(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}"

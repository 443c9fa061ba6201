"""The README of a bundle."""

from pathlib import Path

from worker.bundles.contents import BundleContents

TEMPLATE = Path(__file__).parent / "files" / "README.md"
METRICS = ("rmse", "mae", "mape", "skill")


def render_readme(contents: BundleContents) -> str:
    """The README in Markdown."""
    windows = contents.windows
    metrics = contents.trial["metrics"]
    validation_scores = metrics["validation"]
    test_scores = metrics["test"]
    rows = []
    for name in METRICS:
        validation = _format_score(validation_scores[name])
        test = _format_score(test_scores[name])
        rows.append(f"| {name} | {validation} | {test} |")
    template = TEMPLATE.read_text(encoding="utf-8")
    return template.format(
        title=contents.title,
        comparison=_compare_with_naive(test_scores["skill"]),
        target=windows["target"],
        columns=", ".join(windows["columns"]),
        min_rows=windows["time_steps"] + 1,
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

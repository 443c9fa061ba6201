"""The README of a bundle."""

from pathlib import Path

import pandas as pd

from app.domain.baselines import BASELINES, name_naive, title_in_sentence
from app.domain.calendar_inputs import are_numbers
from app.domain.texts import join_words, write_percentage
from worker.bundles.contents import BundleContents
from worker.bundles.members import BaselineMember, BundleMember, NetworkMember

TEMPLATE = Path(__file__).parent / "files" / "README.md"
METRICS = ("rmse", "mae", "mape", "skill")


def render_readme(contents: BundleContents) -> str:
    """The README in Markdown."""
    metrics = contents.record["metrics"]
    validation_scores = metrics["validation"]
    test_scores = metrics["test"]
    naive = name_naive()
    rows = []
    for name in METRICS:
        validation = _format_score(validation_scores[name])
        test = _format_score(test_scores[name])
        rows.append(f"| {name} | {validation} | {test} |")
    template = TEMPLATE.read_text(encoding="utf-8")
    return template.format(
        title=contents.title,
        comparison=_compare_with_naive(test_scores["skill"], naive),
        naive=naive,
        target=contents.series.target,
        what_comes_next=_describe_next_rows(contents.horizon),
        widths=_describe_widths(contents),
        compared_steps=_describe_compared_steps(contents.horizon),
        columns=", ".join(contents.series.columns),
        known_ahead=_describe_known_ahead(contents),
        min_rows=contents.rows_before_forecast,
        continues=_describe_last_fitted_row(contents),
        members=_describe_members(contents),
        model_files=_describe_model_files(contents),
        metrics="\n".join(rows),
    )


def _describe_next_rows(horizon: int) -> str:
    if horizon == 1:
        return "the next value"
    return f"the next {horizon} values"


def _describe_widths(contents: BundleContents) -> str:
    """How the bands were measured, in words."""
    is_known = all(width is not None for widths in contents.bands.values() for width in widths)
    measured = "the half-width of each step's band is a quantile of its last errors there"
    if is_known:
        return measured
    return f"{measured}. Where there are too few errors for that, the columns are empty"


def _describe_compared_steps(horizon: int) -> str:
    if horizon == 1:
        return ""
    return f": every stored forecast, at each of its {horizon} steps"


def _describe_known_ahead(contents: BundleContents) -> str:
    """What the CSV has to hold of the rows to come; nothing where nothing is known ahead."""
    names = contents.settings["known_ahead"]
    if not names:
        return ""
    rows = "the next row" if contents.horizon == 1 else f"the next {contents.horizon} rows"
    return (
        f"\nIts last rows are {rows}, in which {join_words(names)} are filled in and"
        f" {contents.series.target} is left empty."
    )


def _describe_last_fitted_row(contents: BundleContents) -> str:
    """What the CSV has to hold where a member goes on from a certain row; else nothing."""
    names = []
    date = ""
    for member in contents.members:
        if isinstance(member, BaselineMember) and member.last_fitted_date is not None:
            names.append(title_in_sentence(member.name))
            date = member.last_fitted_date
    if not names:
        return ""
    row = f"the row of {pd.Timestamp(date)}"
    if are_numbers(contents.series.dates):
        row = f"row {contents.test_rows.start} of that CSV, and all rows before it"
    return (
        f"It also needs {row}, and every row after it: that is the last row which"
        f" {join_words(names)} saw when fitted, and where the forecast goes on. Only later rows are"
        " predicted.\n\n"
    )


def _describe_members(contents: BundleContents) -> str:
    """A table of the members with their weights; nothing where a network is alone."""
    if contents.is_single and contents.has_network:
        return ""
    reason = contents.record.get("reason") or "A prediction is the weighted mean of the members."
    lines = [str(reason), "", "| member | weight | what it is |", "|---|---|---|"]
    for member in contents.members:
        what = _describe_member(member, is_alone=contents.is_single)
        lines.append(f"| {member.name} | {member.weight:.2f} | {what} |")
    return "\n".join(lines) + "\n\n"


def _describe_member(member: BundleMember, *, is_alone: bool) -> str:
    if isinstance(member, NetworkMember):
        return f"the network in `{member.folder(is_alone=is_alone)}`"
    info = BASELINES[member.name]
    return f"{info.title}. {info.description}"


def _describe_model_files(contents: BundleContents) -> str:
    """Lines of the table of files."""
    if not contents.has_network:
        return ""
    if contents.is_single:
        epoch = contents.record.get("best_epoch")
        weights = ""
        if epoch is not None:
            weights = f" with the weights of epoch {epoch}"
        return f"| `model.keras` | the network: plain Keras layers{weights} |\n"
    return "| `members/` | the networks: plain Keras layers, a folder each |\n"


def _compare_with_naive(skill: float | None, naive: str) -> str:
    if skill is None:
        return "There is no naive forecast of the test part to compare it with."
    difference = write_percentage(abs(skill))
    if skill > 0:
        return f"On the test part it beats {naive}: its error is {difference} smaller."
    return f"On the test part it does not beat {naive}: its error is {difference} larger."


def _format_score(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}"

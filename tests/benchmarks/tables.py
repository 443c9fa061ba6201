"""Figures as Markdown, for the README."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]


def to_markdown(figures: Mapping[str, Report]) -> str:
    """The tables of every benchmark that has figures, each with a line about what made them."""
    sections = []
    for name, make_tables in TABLES.items():
        if name in figures:
            report = figures[name]
            sections.append(make_tables(report) + describe_origin(name, report["made"]))
    return "\n".join(sections)


def describe_origin(name: str, made: Mapping[str, str]) -> str:
    """A line that says what made the figures."""
    return f"\n*{name}: {made['machine']}, {made['date']}, `{made['command']}`*\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, with all columns but the first aligned to the right."""
    lines = [_line(head), "|---|" + "---:|" * (len(head) - 1)]
    lines += [_line(row) for row in rows]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def engine_table(report: Report) -> str:
    """One training step against `model.fit`."""
    head = (
        "one thread",
        "model.fit, ms a step",
        "Foretune, ms",
        "times as fast",
        "wanted",
        "to the floor",
        "losses differ by",
    )
    return table(head, map(_step_row, report["steps"]))


def _step_row(row: Report) -> list[str]:
    milliseconds = row["ms_per_step"]
    difference = "dropout is drawn"
    if row["loss_difference"]:
        difference = f"{row['loss_difference']['native']:.0e}"
    return [
        row["case"],
        f"{milliseconds['fit']:.2f}",
        f"{milliseconds['native']:.2f}",
        f"**{row['times_as_fast']['native']:.1f}**",
        f"{row['wanted']:g}" if row["wanted"] else "",
        f"{row['native_to_floor']:.2f}",
        difference,
    ]


def grid_table(report: Report) -> str:
    """The grid of 81, sampled, against plain Keras."""
    head = (
        "the grid of 81, seconds an epoch",
        "plain Keras, all cores",
        f"Foretune, each of {report['slots']} slots",
    )
    rows = []
    for row in report["pairs"]:
        pair = f"batch_size {row['batch_size']}, time_steps {row['time_steps']}"
        rows.append([pair, f"{row['keras']:.1f}", f"{row['foretune']:.1f}"])
    total = [
        "**the whole grid**",
        f"{report['keras_hours']:.1f} hours",
        f"**{report['foretune_minutes']:.0f} minutes**",
    ]
    return table(head, [*rows, total])


def overhead_tables(report: Report) -> str:
    """Where a trial's time goes, and how much memory processes take."""
    return _time_table(report["time"]) + "\n" + _memory_table(report)


def _time_table(times: Report) -> str:
    total = times["training"] + times["outside"]
    steps = {"epochs": times["training"], **times["steps"]}
    rows = []
    for step, milliseconds in steps.items():
        rows.append([step, f"{milliseconds:.0f} ms", f"{milliseconds / total:.1%}"])
    rows.append(
        ["**outside the epochs**", f"{times['outside']:.0f} ms", f"**{times['share']:.1%}**"]
    )
    return table(("a trial of about a second", "time", "share"), rows)


def _memory_table(report: Report) -> str:
    slot = report["slot"]
    trials = slot["trials"]
    rows = [
        [f"a slot after {int(trials * 0.1)} trials", f"{slot['early']:.0f} MB"],
        [f"a slot after {int(trials)} trials", f"{slot['late']:.0f} MB"],
    ]
    for strategy, megabytes in report["worker"].items():
        rows.append([f"the worker after a search by {strategy}", f"{megabytes:.0f} MB"])
    return table(("memory", "size"), rows)


def search_tables(report: Report) -> str:
    """Whole searches against the grid, a table for each task."""
    head = (
        "seconds",
        "epochs trained",
        "best / grid's best",
        "of the grid's time until within 5 %",
        "time left after 3 trials, said / true",
    )
    tables = []
    for task in report["tasks"]:
        tables.append(table((task["task"], *head), map(_search_row, task["searches"])))
    return "\n".join(tables)


def _search_row(row: Report) -> list[str]:
    estimates = [f"{ratio:.2f}" for ratio in row["eta_ratio"] if ratio is not None]
    return [
        row["search"],
        f"{row['seconds']:.0f}",
        f"{row['epochs_trained']:.0f}",
        f"{row['best_to_grid']:.3f}",
        _describe_fractions(row),
        " ".join(estimates) or "not said",
    ]


def _describe_fractions(row: Report) -> str:
    """The median if all seeds came within 5 % or none did, else the fraction of each that did."""
    fractions = row["shares"]
    reached = [f"{fraction:.1%}" for fraction in fractions if fraction is not None]
    if 0 < len(reached) < len(fractions):
        return f"{', '.join(reached)} (in {len(reached)} of {len(fractions)} seeds)"
    median = row["share_of_time"]
    return "not reached" if median is None else f"{median:.1%}"


TABLES: dict[str, Callable[[Report], str]] = {
    "engine": engine_table,
    "grid": grid_table,
    "overhead": overhead_tables,
    "searches": search_tables,
}

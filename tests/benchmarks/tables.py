"""Figures as Markdown, for the README."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any


def markdown(found: Mapping[str, Any]) -> str:
    """Every benchmark that has figures, each under what made them."""
    sections = [
        _section(name, draw(found[name]), found[name]["made"])
        for name, draw in TABLES.items()
        if name in found
    ]
    return "\n".join(sections)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, numbers to the right."""
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def engine(report: Mapping[str, Any]) -> str:
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
    return table(head, (_step(row) for row in report["steps"]))


def _step(row: Mapping[str, Any]) -> Sequence[str]:
    step, apart = row["ms_per_step"], row["loss_difference"]
    return (
        row["case"], f"{step['fit']:.2f}", f"{step['native']:.2f}", f"**{row['times_as_fast']['native']:.1f}**",
        f"{row['wanted']:g}" if row["wanted"] else "", f"{row['native_to_floor']:.2f}",
        f"{apart['native']:.0e}" if apart else "dropout is drawn",
    )  # fmt: skip


def grid(report: Mapping[str, Any]) -> str:
    """The grid of 81, sampled, against plain Keras."""
    head = (
        "the grid of 81, seconds an epoch",
        "plain Keras, all cores",
        f"Foretune, each of {report['slots']} slots",
    )
    rows = [(f"batch_size {row['batch_size']}, time_steps {row['time_steps']}", f"{row['keras']:.1f}",
             f"{row['foretune']:.1f}") for row in report["pairs"]]  # fmt: skip
    total = (
        "**the whole grid**",
        f"{report['keras_hours']:.1f} hours",
        f"**{report['foretune_minutes']:.0f} minutes**",
    )
    return table(head, [*rows, total])


def overhead(report: Mapping[str, Any]) -> str:
    """Where a trial's time goes, and what processes weigh."""
    time, slot = report["time"], report["slot"]
    whole = time["training"] + time["outside"]
    rows = [
        (step, f"{spent:.0f} ms", f"{spent / whole:.1%}") for step, spent in time["steps"].items()
    ]
    rows = [("epochs", f"{time['training']:.0f} ms", f"{time['training'] / whole:.1%}"), *rows]
    rows.append(("**outside the epochs**", f"{time['outside']:.0f} ms", f"**{time['share']:.1%}**"))
    weights = [(f"a slot after {int(slot['trials'] * part)} trials", f"{slot[name]:.0f} MB")
               for part, name in ((0.1, "early"), (1, "late"))]  # fmt: skip
    weights += [
        (f"the worker after a search by {name}", f"{size:.0f} MB")
        for name, size in report["worker"].items()
    ]
    return (
        table(("a trial of about a second", "time", "share"), rows)
        + "\n"
        + table(("memory", "size"), weights)
    )


def searches(report: Mapping[str, Any]) -> str:
    """Whole searches against the grid."""
    head = (
        "seconds",
        "epochs trained",
        "best / grid's best",
        "of the grid's time until within 5 %",
        "time left after 3 trials, said / true",
    )
    return "\n".join(
        table((task["task"], *head), map(_search, task["searches"])) for task in report["tasks"]
    )


def _search(row: Mapping[str, Any]) -> Sequence[str]:
    reached = [share for share in row["shares"] if share is not None]
    share = f"{row['share_of_time']:.1%}" if row["share_of_time"] is not None else "not reached"
    if 0 < len(reached) < len(row["shares"]):
        shares = ", ".join(f"{one:.1%}" for one in reached)
        share = f"{shares} (in {len(reached)} of {len(row['shares'])} seeds)"
    said = [ratio for ratio in row["eta_ratio"] if ratio is not None]
    return (
        row["search"], f"{row['seconds']:.0f}", f"{row['epochs_trained']:.0f}", f"{row['best_to_grid']:.3f}", share,
        " ".join(f"{ratio:.2f}" for ratio in said) or "not said",
    )  # fmt: skip


def _section(name: str, body: str, made: Mapping[str, str]) -> str:
    return f"{body}\n*{name}: {made['machine']}, {made['date']}, `{made['command']}`*\n"


TABLES = {"engine": engine, "grid": grid, "overhead": overhead, "searches": searches}

"""The timeline of an experiment in words."""

from app.services.timelines import Timeline
from app.services.wording import count_nouns


def name_rows(timeline: Timeline) -> list[str]:
    """What stands before each row: the slot, and the worker where there are several."""
    workers = list(dict.fromkeys(row.worker_id for row in timeline.rows if row.worker_id))
    names: list[str] = []
    for row in timeline.rows:
        if row.slot is None:
            number = sum(name.startswith("no slot") for name in names) + 1
            names.append(f"no slot stored, {number}")
        elif len(workers) < 2:
            names.append(f"slot {row.slot}")
        else:
            worker = workers.index(row.worker_id or "") + 1
            names.append(f"worker {worker}, slot {row.slot}")
    return names


def describe_timeline(timeline: Timeline) -> list[str]:
    """Say what a bar is, and what is left out or not known."""
    runs = timeline.runs
    if not runs:
        return ["No trial has begun yet."]
    sentences = ["One row per worker and slot, one bar per trial from its start to its end."]
    if len(runs) < timeline.n_begun:
        trials = count_nouns(timeline.n_begun, "trial")
        sentences.append(f"The latest {len(runs):,} of {trials} are drawn.")
    n_packed = sum(len(row.runs) for row in timeline.rows if row.slot is None)
    if n_packed:
        trials = count_nouns(n_packed, "trial")
        sentences.append(
            f"The slot of {trials} is not stored: they are packed into as few rows as possible."
        )
    return sentences

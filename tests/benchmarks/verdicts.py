"""What a soak measured, judged: slopes of memory, growth of file handles, speed of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

WARM_UP = 0.2  # of the time: imports, caches and the first slots
MEMORY_SLOPE = 1.0  # MB a minute
PAGE_SECONDS = 0.150
SPARE_HANDLES = 2  # connections that happen to be open


@dataclass(frozen=True)
class Sample:
    """One look at the processes."""

    minute: float
    memory: Mapping[str, float]
    handles: Mapping[str, int]
    database: float
    server_seconds: float
    load: float  # of the whole machine, others' work with it


def slope(minutes: Sequence[float], values: Sequence[float]) -> float:
    """Least squares: growth of the values a minute."""
    return float(np.polyfit(np.array(minutes), np.array(values), 1)[0])


def judged(
    samples: Sequence[Sample], taken: Mapping[str, Sequence[float]], problems: Sequence[str]
) -> dict[str, Any]:
    """Figures, and each bound with whether it holds."""
    warm = samples[int(len(samples) * WARM_UP) :]
    minutes = [sample.minute for sample in warm]
    bounds: dict[str, Any] = {}
    handles: dict[str, list[float]] = {}
    for name in ("server", "worker"):  # a slot grows by design, and is replaced after 25 trials
        grown = slope(minutes, [sample.memory[name] for sample in warm])
        bounds[f"memory of the {name}, MB a minute"] = _bound(grown, MEMORY_SLOPE)
    for name in ("server", "worker"):
        first, last = (
            float(np.median([sample.handles[name] for sample in part])) for part in _ends(warm)
        )
        bounds[f"file handles of the {name}, growth"] = _bound(last - first, SPARE_HANDLES)
        handles[name] = [first, last]
    for kind in ("pages", "fragments"):
        bounds[f"p95 of {kind}, seconds"] = _bound(
            float(np.percentile(taken[kind], 95)), PAGE_SECONDS
        )
    bounds["requests that failed"] = _bound(len(problems), 0)
    return {
        "bounds": bounds,
        "memory": {
            name: [round(warm[at].memory[name]) for at in (0, -1)] for name in warm[0].memory
        },
        "handles": handles,
        "slots_slope": slope(minutes, [sample.memory["slots"] for sample in warm]),
        "database": [round(warm[0].database, 1), round(warm[-1].database, 1)],
        "answers": {
            kind: {"count": len(times), **_quantiles(times)}
            for kind, times in taken.items()
            if times
        },
        "server_milliseconds_per_answer": 1000
        * samples[-1].server_seconds
        / max(1, sum(map(len, taken.values()))),
        "load": [
            round(found, 1)
            for found in np.percentile([sample.load for sample in warm], [0, 50, 100])
        ],
        "problems": list(problems[:20]),
    }


def shown(figures: Mapping[str, Any]) -> str:
    """The figures as a table in Markdown."""
    head = f"{figures['minutes']:g} minutes, {figures['pages']} live pages, {figures['trials']:,} trials ended."
    rows = [
        f"| {name} | {row['measured']:.3g} | {row['bound']:g} | {'yes' if row['holds'] else 'NO'} |"
        for name, row in figures["bounds"].items()
    ]
    more = [
        f"{kind}: {row['count']:,} answers, median {row['p50'] * 1000:.0f} ms, p95 {row['p95'] * 1000:.0f} ms, "
        f"longest {row['max'] * 1000:.0f} ms"
        for kind, row in figures["answers"].items()
    ]
    more += [f"{name}: {first} to {last} MB" for name, (first, last) in figures["memory"].items()]
    more += [
        f"{name}: {first:g} to {last:g} file handles"
        for name, (first, last) in figures["handles"].items()
    ]
    low, usual, high = figures["load"]
    more.append(f"server: {figures['server_milliseconds_per_answer']:.1f} ms of CPU an answer")
    more.append(f"load of the machine: {low} to {high}, median {usual}")
    more += [
        f"database: {figures['database'][0]} to {figures['database'][1]} MB",
        *figures["problems"],
    ]
    return "\n".join(
        [head, "", "| measured | value | at most | holds |", "|---|---|---|---|", *rows, "", *more]
    )


def _ends(samples: Sequence[Sample]) -> tuple[Sequence[Sample], Sequence[Sample]]:
    part = max(1, len(samples) // 5)
    return samples[:part], samples[-part:]


def _bound(measured: float, bound: float) -> dict[str, Any]:
    return {"measured": measured, "bound": bound, "holds": bool(measured <= bound)}


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times, [50, 95])
    return {"p50": float(p50), "p95": float(p95), "max": float(max(times))}

"""What a soak test measured against its limits: memory, file handles, and speed of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

MAX_P95_SECONDS = 0.150
MAX_HANDLE_GROWTH = 2  # connections that happen to be open
END_FRACTION = 5  # the start and the end of the samples are a fifth each
MAX_LISTED_PROBLEMS = 20


@dataclass(frozen=True)
class MemoryLimit:
    """How fast memory may grow, in MB a minute, once imports, caches and slots have warmed up."""

    warm_up_minutes: float
    max_slope: float


LONG_RUN = MemoryLimit(warm_up_minutes=10.0, max_slope=0.1)
SHORT_RUN = MemoryLimit(warm_up_minutes=1.0, max_slope=3.0)  # caches still fill meanwhile
MIN_MINUTES_OF_LONG_RUN = 30.0


@dataclass(frozen=True)
class Sample:
    """The processes at one moment."""

    minute: float
    memory: Mapping[str, float]  # MB of server, worker and slots
    handles: Mapping[str, int]  # open files of server and worker
    database: float  # MB
    server_seconds: float  # of CPU
    load: float  # of the whole machine, the work of others included


def slope(minutes: Sequence[float], values: Sequence[float]) -> float:
    """Growth of the values a minute: the median over all pairs of values (Theil and Sen).

    Memory goes up and down with every search and every answer. A few values that stick out do not
    move a median, as they would the line of least squares.
    """
    estimate = stats.theilslopes(values, minutes)
    return float(estimate.slope)


def limit_for(minutes: float) -> MemoryLimit:
    """What memory may do in a run of so many minutes."""
    if minutes < MIN_MINUTES_OF_LONG_RUN:
        return SHORT_RUN
    return LONG_RUN


def summarise_soak(
    samples: Sequence[Sample],
    seconds: Mapping[str, Sequence[float]],
    problems: Sequence[str],
    limit: MemoryLimit = LONG_RUN,
) -> dict[str, Any]:
    """The figures, and each limit with whether it holds, in the form of figures/soak.json.

    `seconds` are those of the answers, by kind: pages, charts and fragments.
    """
    warm = [sample for sample in samples if sample.minute >= limit.warm_up_minutes]
    minutes = [sample.minute for sample in warm]
    handles = {name: _handles_at_ends(warm, name) for name in ("server", "worker")}
    answers = sum(map(len, seconds.values()))
    load = np.percentile([sample.load for sample in warm], [0, 50, 100])
    return {
        "bounds": {
            **_memory_limits(warm, limit),
            **_handle_limits(handles),
            **_speed_limits(seconds),
            "requests that failed": _limit(len(problems), 0),
        },
        "memory": _memory_at_ends(warm),
        "memory_by_minute": _memory_by_minute(samples),
        "handles": handles,
        "slots_slope": slope(minutes, [sample.memory["slots"] for sample in warm]),
        "database": [round(warm[0].database, 1), round(warm[-1].database, 1)],
        "answers": {kind: _quantiles(times) for kind, times in seconds.items() if times},
        "server_milliseconds_per_answer": 1000 * samples[-1].server_seconds / max(1, answers),
        "load": [round(value, 1) for value in load],
        "problems": list(problems[:MAX_LISTED_PROBLEMS]),
    }


def _memory_limits(samples: Sequence[Sample], limit: MemoryLimit) -> dict[str, Any]:
    """Slots are left out: a slot grows by design, and is replaced after 25 trials."""
    minutes = [sample.minute for sample in samples]
    limits = {}
    for name in ("server", "worker"):
        growth = slope(minutes, [sample.memory[name] for sample in samples])
        limits[f"memory of the {name}, MB a minute"] = _limit(growth, limit.max_slope)
    return limits


def _handle_limits(handles: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    limits = {}
    for name, (first, last) in handles.items():
        limits[f"file handles of the {name}, growth"] = _limit(last - first, MAX_HANDLE_GROWTH)
    return limits


def _speed_limits(seconds: Mapping[str, Sequence[float]]) -> dict[str, Any]:
    limits = {}
    for kind in ("pages", "fragments"):
        p95 = float(np.percentile(seconds[kind], 95))
        limits[f"p95 of {kind}, seconds"] = _limit(p95, MAX_P95_SECONDS)
    return limits


def _limit(measured: float, bound: float) -> dict[str, Any]:
    return {"measured": measured, "bound": bound, "holds": bool(measured <= bound)}


def _handles_at_ends(samples: Sequence[Sample], name: str) -> list[float]:
    """Median open files in the first fifth and in the last fifth of the samples."""
    count = max(1, len(samples) // END_FRACTION)
    ends = (samples[:count], samples[-count:])
    return [float(np.median([sample.handles[name] for sample in part])) for part in ends]


def _memory_at_ends(samples: Sequence[Sample]) -> dict[str, list[int]]:
    """MB in the first and in the last sample."""
    first = samples[0].memory
    last = samples[-1].memory
    return {name: [round(first[name]), round(last[name])] for name in first}


def _memory_by_minute(samples: Sequence[Sample]) -> dict[str, list[float]]:
    """Median MB of server and worker in each minute, for whoever wants to see the curve."""
    curves: dict[str, list[float]] = {"server": [], "worker": []}
    last_minute = int(samples[-1].minute)
    for minute in range(last_minute + 1):
        within = [sample for sample in samples if int(sample.minute) == minute]
        if not within:
            continue
        for name, curve in curves.items():
            median = np.median([sample.memory[name] for sample in within])
            curve.append(round(float(median), 1))
    return curves


def _quantiles(times: Sequence[float]) -> dict[str, float]:
    p50, p95 = np.percentile(times, [50, 95])
    return {"count": len(times), "p50": float(p50), "p95": float(p95), "max": float(max(times))}


def to_markdown(figures: Mapping[str, Any]) -> str:
    """The figures as a table and a few lines."""
    summary = (
        f"{figures['minutes']:g} minutes, {figures['pages']} live pages, "
        f"{figures['trials']:,} trials ended."
    )
    lines = [summary, "", "| measured | value | at most | holds |", "|---|---|---|---|"]
    for name, row in figures["bounds"].items():
        holds = "yes" if row["holds"] else "NO"
        lines.append(f"| {name} | {row['measured']:.3g} | {row['bound']:g} | {holds} |")
    return "\n".join([*lines, "", *_detail_lines(figures)])


def _detail_lines(figures: Mapping[str, Any]) -> list[str]:
    """What has no limit: answers, memory, file handles, load, database, problems."""
    lines = []
    for kind, row in figures["answers"].items():
        lines.append(
            f"{kind}: {row['count']:,} answers, median {row['p50'] * 1000:.0f} ms, "
            f"p95 {row['p95'] * 1000:.0f} ms, longest {row['max'] * 1000:.0f} ms"
        )
    for name, (first, last) in figures["memory"].items():
        lines.append(f"{name}: {first} to {last} MB")
    for name, (first, last) in figures["handles"].items():
        lines.append(f"{name}: {first:g} to {last:g} file handles")
    lines.append(f"server: {figures['server_milliseconds_per_answer']:.1f} ms of CPU an answer")
    lowest, median, highest = figures["load"]
    lines.append(f"load of the machine: {lowest} to {highest}, median {median}")
    first, last = figures["database"]
    lines.append(f"database: {first} to {last} MB")
    return [*lines, *figures["problems"]]

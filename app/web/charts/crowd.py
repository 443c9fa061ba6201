"""The trials of a long search in one chart: where most of them lie, and the records."""

from dataclasses import dataclass

import numpy as np

from app.services.search_history import Crowd
from app.web.charts import figures
from app.web.charts.figures import Trace

MAX_BUCKETS = 120  # of trial numbers, in each of which the trials are summed up
BUCKET_WIDTHS = (1, 2, 5)  # and ten, hundred, … times as many trials: seldom a width changes
CROWD_PAUSE_SECONDS = 10  # between two drawings: one more trial hardly changes the picture
MIN_IN_BUCKET = 5  # trials; quantiles of fewer say nothing
QUANTILES = (0.1, 0.5, 0.9)
BAND_NAME = "10 to 90 % of the trials"
BAND_COLOUR = "chart-crowd"
MEDIAN_NAME = "median trial"
RECORD_MARKER = {"color": "chart-4", "symbol": "star-diamond", "size": 9}


@dataclass(frozen=True)
class Spread:
    """Quantiles of the objectives by bucket; `numbers`: the trial number in a bucket's middle."""

    numbers: list[float]
    low: list[float]
    median: list[float]
    high: list[float]


def measure_spread(crowd: Crowd) -> Spread:
    """The 10, 50 and 90 % quantiles in buckets of trial numbers of equal width."""
    last_number = int(crowd.numbers[-1]) if len(crowd.numbers) else crowd.first_number
    width = bucket_width(last_number - crowd.first_number + 1)
    buckets = (crowd.numbers - crowd.first_number) // width
    starts = np.flatnonzero(np.diff(buckets, prepend=-1))
    spread = Spread([], [], [], [])
    for bucket, objectives in zip(
        buckets[starts], np.split(crowd.objectives, starts[1:]), strict=False
    ):
        if len(objectives) < MIN_IN_BUCKET:
            continue
        low, median, high = np.quantile(objectives, QUANTILES).tolist()
        spread.numbers.append(float(crowd.first_number + bucket * width + (width - 1) / 2))
        spread.low.append(low)
        spread.median.append(median)
        spread.high.append(high)
    return spread


def bucket_width(n_trials: int) -> int:
    """The smallest width of 1, 2 or 5 times a power of ten that makes few enough buckets."""
    scale = 1
    while True:
        for factor in BUCKET_WIDTHS:
            width = factor * scale
            if n_trials <= width * MAX_BUCKETS:
                return width
        scale *= 10


def spread_traces(spread: Spread) -> list[Trace]:
    """The band of most trials and their median."""
    bottom = figures.line_trace(spread.numbers, spread.low, BAND_NAME, BAND_COLOUR, width=0)
    bottom |= {"legendgroup": BAND_NAME, "showlegend": False, "hoverinfo": "skip"}
    del bottom["hovertemplate"]
    top = figures.line_trace(spread.numbers, spread.high, BAND_NAME, BAND_COLOUR, width=0)
    top |= {
        "legendgroup": BAND_NAME,
        "fill": "tonexty",
        "fillcolor": BAND_COLOUR,
        "hoverinfo": "skip",
    }
    del top["hovertemplate"]
    median = figures.line_trace(spread.numbers, spread.median, MEDIAN_NAME, "chart-1", width=1.5)
    median["hovertemplate"] = "about trial %{x:.0f}, median: %{y:.6g}<extra></extra>"
    return [bottom, top, median]


def best_so_far_trace(crowd: Crowd, last_number: int) -> Trace:
    """The best so far as a staircase."""
    numbers = [record.number for record in crowd.records]
    objectives = [record.objective for record in crowd.records]
    trace = figures.line_trace(
        [*numbers, last_number], [*objectives, objectives[-1]], "best so far", "chart-4"
    )
    trace["line"]["shape"] = "hv"
    trace["hoverinfo"] = "skip"
    del trace["hovertemplate"]
    return trace


def record_trace(crowd: Crowd) -> Trace:
    """The trials that lowered the best so far."""
    trace = figures.marker_trace(
        [record.number for record in crowd.records],
        [record.objective for record in crowd.records],
        "records",
        RECORD_MARKER,
        "trial %{x}: %{y:.6g}<extra>best so far</extra>",
    )
    trace["customdata"] = [record.trial_id for record in crowd.records]
    return trace

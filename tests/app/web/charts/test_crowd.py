"""The chart of a search of thousands of trials."""

import json

import numpy as np
import pytest

from app.domain.terms import TrialState
from app.services.search_history import Crowd, Record
from app.services.trials import ObjectivePoint
from app.web.charts.crowd import MAX_BUCKETS, bucket_width, measure_spread
from app.web.charts.trials import objective_figure
from tests.app.web.charts.colours import with_real_colours


def make_crowd(n_trials: int) -> Crowd:
    """Objectives that grow from 1 to 2 within every hundred trials."""
    numbers = np.arange(1, n_trials + 1)
    objectives = 1 + (numbers - 1) % 100 / 99
    records = [Record(11, 1, 1.0), Record(17, 7, 0.5)]
    return Crowd(1, numbers, objectives, records)


@pytest.mark.parametrize(
    ("n_trials", "width"), [(1, 1), (120, 1), (121, 2), (10_000, 100), (50_000, 500)]
)
def test_buckets_are_few_and_their_width_is_round(n_trials, width):
    assert bucket_width(n_trials) == width
    assert n_trials / bucket_width(n_trials) <= MAX_BUCKETS


def test_a_bucket_is_the_spread_of_its_trials():
    spread = measure_spread(make_crowd(10_003))

    assert spread.numbers[:2] == [50.5, 150.5]
    assert len(spread.numbers) == 100  # the last three trials are too few for a bucket
    assert spread.low[0] == pytest.approx(1.1, abs=0.01)
    assert spread.median[0] == pytest.approx(1.5, abs=0.01)
    assert spread.high[0] == pytest.approx(1.9, abs=0.01)


def test_a_long_search_is_a_band_its_records_and_its_latest_trials():
    points = [
        ObjectivePoint(number, number, TrialState.COMPLETED, 1.5, 0.5)
        for number in range(9_701, 10_001)
    ]

    drawn = objective_figure(points, 2.5, "rmse", crowd=make_crowd(10_000))

    figure = with_real_colours(drawn)
    traces = {trace.name: trace for trace in figure.data}
    assert len(traces["completed"].x) == 300
    assert traces["10 to 90 % of the trials"].fill == "tonexty"
    assert list(traces["best so far"].x) == [1, 7, 10_000]
    assert list(traces["records"].customdata) == [11, 17]
    assert list(traces["naive (last value)"].x) == [1, 10_000]
    assert figure.data[-1].name == "records"  # above all others, so that a click finds them
    assert len(json.dumps(drawn)) < 30_000
    assert drawn["layout"]["meta"] == {"redraw-seconds": 10}


def test_a_long_search_keeps_its_close_up():
    crowd = make_crowd(10_000)
    crowd.objectives[5] = 1e6
    points = [ObjectivePoint(10_000, 10_000, TrialState.COMPLETED, 1.5, 0.5)]

    figure = objective_figure(points, None, "rmse", crowd=crowd)

    low, high = figure["layout"]["meta"]["close-up"]
    assert low < 1.0
    assert 2.0 < high < 10.0

"""A soak test finds what grows or is slow, and passes what does not."""

import random

import pytest

from tests.benchmarks.soak import LIGHT_LOAD, run_soak
from tests.benchmarks.soak_report import (
    LONG_RUN,
    SHORT_RUN,
    Sample,
    limit_for,
    slope,
    summarise_soak,
    to_markdown,
)

QUICK = {"pages": [0.02] * 100, "fragments": [0.01] * 100}
SHORT_MINUTES = 2.0


def make_samples(memory=0.0, handles=0.0, warm_up=0.0, minutes=70, noise=0.0):
    """A run in which the server's memory and file handles grow so much a minute.

    `warm_up` is memory, in MB, that comes once, after three minutes.
    """
    generator = random.Random(1)
    samples = []
    for minute in range(minutes):
        warm_up_memory = warm_up if minute > 3 else 0
        wave = noise * generator.random()
        server_memory = 150 + memory * minute + warm_up_memory + wave
        sample = Sample(
            minute,
            memory={"server": server_memory, "worker": 90.0, "slots": 500.0},
            handles={"server": 20 + int(handles * minute), "worker": 12},
            database=5.0,
            server_seconds=minute * 0.5,
            load=2.0,
        )
        samples.append(sample)
    return samples


def broken_limits(seconds=QUICK, problems=(), **growth):
    bounds = summarise_soak(make_samples(**growth), seconds, problems, LONG_RUN)["bounds"]
    return [name for name, row in bounds.items() if not row["holds"]]


def test_what_stays_flat_holds():
    assert broken_limits() == []
    assert broken_limits(memory=0.09) == []
    assert broken_limits(warm_up=40.0) == []
    assert broken_limits(noise=5.0) == []


def test_what_grows_does_not_hold():
    assert broken_limits(memory=0.11) == ["memory of the server, MB a minute"]
    assert broken_limits(memory=0.2, noise=5.0) == ["memory of the server, MB a minute"]
    assert broken_limits(handles=0.1) == ["file handles of the server, growth"]


def test_a_few_values_that_stick_out_do_not_move_the_slope():
    minutes = list(range(60))
    values = [150.0 + 0.05 * minute for minute in minutes]
    values[-5:] = [400.0] * 5

    assert slope(minutes, values) == pytest.approx(0.05, abs=0.01)


def test_slow_and_failed_answers_do_not_hold():
    slow = {**QUICK, "pages": [0.02] * 94 + [0.2] * 6}

    assert broken_limits(slow) == ["p95 of pages, seconds"]
    assert broken_limits(problems=["500 /experiments"]) == ["requests that failed"]


def test_only_a_long_run_has_the_strict_limit():
    assert limit_for(70) == LONG_RUN
    assert limit_for(SHORT_MINUTES) == SHORT_RUN


def test_the_table_says_what_does_not_hold():
    figures = summarise_soak(make_samples(memory=2.0), QUICK, [], LONG_RUN)

    report = to_markdown({"minutes": 70, "pages": 20, "trials": 1234, **figures})

    assert "| memory of the server, MB a minute | 2 | 0.1 | NO |" in report
    assert "1,234 trials" in report


@pytest.mark.slow
def test_two_minutes_under_open_pages_leave_the_memory_as_it_is():
    figures = run_soak(SHORT_MINUTES, LIGHT_LOAD)

    bounds = figures["bounds"]
    for name in ("server", "worker"):
        row = bounds[f"memory of the {name}, MB a minute"]
        assert row["holds"], to_markdown(figures)
    assert bounds["requests that failed"]["holds"], to_markdown(figures)
    assert figures["trials"] > 0

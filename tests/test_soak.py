"""A soak's verdict: it finds what grows, and lets pass what does not."""

from tests.benchmarks.verdicts import Sample, judged, shown

QUICK = {"pages": [0.02] * 100, "fragments": [0.01] * 100}


def samples(memory=0.0, handles=0.0, warm_up=0.0):
    """Thirty minutes of a server that grows by so many MB and file handles a minute."""
    rows = []
    for minute in range(30):
        server_memory = 150 + memory * minute
        if minute > 3:
            server_memory += warm_up
        megabytes = {"server": server_memory, "worker": 90.0, "slots": 500.0}
        file_handles = {"server": 20 + int(handles * minute), "worker": 12}
        rows.append(Sample(minute, megabytes, file_handles, 5.0, minute * 0.5, 2.0))
    return rows


def broken_bounds(responses=QUICK, failures=(), **growth):
    bounds = judged(samples(**growth), responses, list(failures))["bounds"]
    return [name for name, bound in bounds.items() if not bound["holds"]]


def test_what_stays_flat_holds():
    assert broken_bounds() == []
    assert broken_bounds(memory=0.9) == []
    assert broken_bounds(warm_up=40.0) == []


def test_what_grows_does_not_hold():
    assert broken_bounds(memory=1.1) == ["memory of the server, MB a minute"]
    assert broken_bounds(handles=0.2) == ["file handles of the server, growth"]


def test_slow_and_failed_answers_do_not_hold():
    slow = {**QUICK, "pages": [0.02] * 94 + [0.2] * 6}

    assert broken_bounds(slow) == ["p95 of pages, seconds"]
    assert broken_bounds(failures=["500 /experiments"]) == ["requests that failed"]


def test_the_table_says_what_does_not_hold():
    figures = {"minutes": 30, "pages": 20, "trials": 1234, **judged(samples(memory=2.0), QUICK, [])}

    assert "| memory of the server, MB a minute | 2 | 1 | NO |" in shown(figures)
    assert "1,234 trials" in shown(figures)

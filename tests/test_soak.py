"""The report of a soak test finds what grows or is slow, and passes what does not."""

from tests.benchmarks.soak_report import Sample, summarise_soak, to_markdown

QUICK = {"pages": [0.02] * 100, "fragments": [0.01] * 100}


def make_samples(memory=0.0, handles=0.0, warm_up=0.0):
    """Half an hour in which the server's memory and file handles grow so much a minute.

    `warm_up` is memory, in MB, that comes once, after three minutes.
    """
    samples = []
    for minute in range(30):
        warm_up_memory = warm_up if minute > 3 else 0
        server_memory = 150 + memory * minute + warm_up_memory
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
    bounds = summarise_soak(make_samples(**growth), seconds, problems)["bounds"]
    return [name for name, row in bounds.items() if not row["holds"]]


def test_what_stays_flat_holds():
    assert broken_limits() == []
    assert broken_limits(memory=0.9) == []
    assert broken_limits(warm_up=40.0) == []


def test_what_grows_does_not_hold():
    assert broken_limits(memory=1.1) == ["memory of the server, MB a minute"]
    assert broken_limits(handles=0.2) == ["file handles of the server, growth"]


def test_slow_and_failed_answers_do_not_hold():
    slow = {**QUICK, "pages": [0.02] * 94 + [0.2] * 6}

    assert broken_limits(slow) == ["p95 of pages, seconds"]
    assert broken_limits(problems=["500 /experiments"]) == ["requests that failed"]


def test_the_table_says_what_does_not_hold():
    figures = summarise_soak(make_samples(memory=2.0), QUICK, [])

    report = to_markdown({"minutes": 30, "pages": 20, "trials": 1234, **figures})

    assert "| memory of the server, MB a minute | 2 | 1 | NO |" in report
    assert "1,234 trials" in report

"""A soak's verdict: it finds what grows, and lets pass what does not."""

from tests.benchmarks.verdicts import Sample, judged, shown

QUICK = {"pages": [0.02] * 100, "fragments": [0.01] * 100}


def samples(memory=0.0, handles=0.0, warm_up=0.0):
    return [
        Sample(
            minute,
            {
                "server": 150 + memory * minute + (warm_up if minute > 3 else 0),
                "worker": 90.0,
                "slots": 500.0,
            },
            {"server": 20 + int(handles * minute), "worker": 12},
            5.0,
            minute * 0.5,
            2.0,
        )
        for minute in range(30)
    ]


def broken(*given, **named):
    bounds = judged(samples(**named), *(given or (QUICK, [])))["bounds"]
    return [name for name, row in bounds.items() if not row["holds"]]


def test_what_stays_flat_holds():
    assert broken() == []
    assert broken(memory=0.9) == []
    assert broken(warm_up=40.0) == []


def test_what_grows_does_not_hold():
    assert broken(memory=1.1) == ["memory of the server, MB a minute"]
    assert broken(handles=0.2) == ["file handles of the server, growth"]


def test_slow_and_failed_answers_do_not_hold():
    slow = {**QUICK, "pages": [0.02] * 94 + [0.2] * 6}
    assert broken(slow, []) == ["p95 of pages, seconds"]
    assert broken(QUICK, ["500 /experiments"]) == ["requests that failed"]


def test_the_table_says_what_does_not_hold():
    figures = {"minutes": 30, "pages": 20, "trials": 1234, **judged(samples(memory=2.0), QUICK, [])}
    assert "| memory of the server, MB a minute | 2 | 1 | NO |" in shown(figures)
    assert "1,234 trials" in shown(figures)

"""The timeline of an experiment in words."""

from app.services.timelines import Row, Timeline
from app.web.views.timeline_text import describe_timeline, name_rows
from tests.app.services.test_timelines import make_run

RUNS = (make_run(1, 0, 4), make_run(2, 5, 9))


def test_rows_are_named_after_slots_and_after_workers_where_there_are_several():
    of_one = Timeline((Row("a", 1, RUNS), Row("a", 2, RUNS)), 4)
    of_two = Timeline((Row("a", 1, RUNS), Row("b", 1, RUNS), Row(None, None, RUNS)), 6)

    assert name_rows(of_one) == ["slot 1", "slot 2"]
    assert name_rows(of_two) == ["worker 1, slot 1", "worker 2, slot 1", "no slot stored, 1"]


def test_what_is_not_drawn_and_what_is_not_known_is_said():
    text = " ".join(describe_timeline(Timeline((Row(None, None, RUNS),), 1500)))

    assert "The latest 2 of 1,500 trials are drawn." in text
    assert "The slot of 2 trials is not stored" in text
    assert describe_timeline(Timeline((), 0)) == ["No trial has begun yet."]
    assert len(describe_timeline(Timeline((Row("a", 1, RUNS),), 2))) == 1
